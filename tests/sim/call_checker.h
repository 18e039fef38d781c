// CallChecker: what callers of controllers were told, and whether it is so.
//
// What: topics that were answered as made must be there (R7), those that were
//   answered as not made must not (G5); an answer to a read shows everything
//   that was answered before the read began (R18).
// Units: metadata versions. Empty case: nobody called.
// Thread: the scheduler's. Errors: told to the ControllerChecker.
#ifndef BARNABAS_TESTS_SIM_CALL_CHECKER_H_
#define BARNABAS_TESTS_SIM_CALL_CHECKER_H_

#include <algorithm>
#include <cstdint>
#include <set>
#include <string>

#include "metadata/image/cluster_image.h"
#include "proto/types/offsets.h"
#include "tests/sim/controller_checker.h"

namespace barnabas::sim {

class CallChecker {
 public:
  explicit CallChecker(ControllerChecker* checker) : checker_(checker) {}

  // A change was answered; its effects are in that version of the metadata.
  void OnAnswered(LogIndex version) {
    answered_ = std::max(answered_, version);
  }
  // What a read that begins now must show at least.
  LogIndex answered() const { return answered_; }
  void OnRead(LogIndex begun_at, LogIndex shown);

  void OnTopicMade(const std::string& name) { made_.insert(name); }
  // The answer said that nothing was done.
  void OnTopicRefused(const std::string& name) { refused_.insert(name); }
  // Asked to be deleted, with whatever outcome.
  void OnTopicRemoval(const std::string& name) { doubtful_.insert(name); }
  void CheckMade(const image::ClusterImage& image);
  int64_t made() const { return static_cast<int64_t>(made_.size()); }
  int64_t reads() const { return reads_; }

 private:
  ControllerChecker* const checker_;

  LogIndex answered_{-1};
  int64_t reads_ = 0;
  std::set<std::string> made_;
  std::set<std::string> refused_;
  std::set<std::string> doubtful_;
};

}  // namespace barnabas::sim

#endif  // BARNABAS_TESTS_SIM_CALL_CHECKER_H_
