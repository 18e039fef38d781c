// Tally: how many images were made, and how often each invariant was checked.
//
// What: counts by kind of image and by name of invariant; a table for people.
// Units: counts. Empty case: all zero. Thread: one test. Errors: none.
#ifndef BARNABAS_TESTS_STORAGE_CRASH_TALLY_H_
#define BARNABAS_TESTS_STORAGE_CRASH_TALLY_H_

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "tests/storage/crash/cuts.h"

namespace barnabas::crash {

// An invariant that does not hold.
struct Violation {
  std::string invariant;
  std::string what;
};

class Tally {
 public:
  void CountImage(ImageKind kind) {
    ++images_[static_cast<size_t>(kind)];
    ++total_;
  }
  // Equal to one that was looked at before.
  void CountRepeated() { ++repeated_; }
  void CountCheck(std::string_view invariant) {
    ++checks_[std::string(invariant)];
  }

  int64_t total() const { return total_; }
  int64_t repeated() const { return repeated_; }
  int64_t images(ImageKind kind) const {
    return images_[static_cast<size_t>(kind)];
  }
  int64_t checks(std::string_view invariant) const {
    const auto found = checks_.find(std::string(invariant));
    return found == checks_.end() ? 0 : found->second;
  }
  // One line a kind, one line an invariant.
  std::string Table() const;

 private:
  std::array<int64_t, kImageKinds> images_ = {};
  std::map<std::string, int64_t> checks_;
  int64_t total_ = 0;
  int64_t repeated_ = 0;
};

}  // namespace barnabas::crash

#endif  // BARNABAS_TESTS_STORAGE_CRASH_TALLY_H_
