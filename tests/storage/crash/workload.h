// Workload: what a node does to its data directory, one letter a step.
//
// What: runs steps on a LogDirectory of several logs and keeps the NodeModel
//   true before, within and after each of them. A workload is a string, so a
//   failure can be printed, run again and shortened:
//     a append            A append large, any codec   e next leader epoch
//     s start a flush     f finish it (or run one)    g next minute
//     t truncate a little T truncate much             m move the start
//     b begin beyond end  k retention                 w clean stop and start
//     n new partition     d delete one                u set one aside
// Units: none. Empty case: no steps: a formatted directory of two logs.
// Thread: one test.
// Errors: those of the storage; then Restart.
#ifndef BARNABAS_TESTS_STORAGE_CRASH_WORKLOAD_H_
#define BARNABAS_TESTS_STORAGE_CRASH_WORKLOAD_H_

#include <cstdint>
#include <map>
#include <memory>
#include <random>
#include <string>

#include "absl/status/status.h"
#include "storage/env/file.h"
#include "storage/log/log_directory.h"
#include "tests/storage/crash/log_driver.h"
#include "tests/storage/crash/node_model.h"
#include "tests/support/fake_clock.h"

namespace barnabas::crash {

class Workload {
 public:
  Workload(env::FileSystem* files, uint64_t seed, NodeModel* model);

  // Makes the directory, its identity and a file of someone else's.
  absl::Status Format();
  // Opens the directory and all logs, makes the first ones.
  absl::Status Open();
  absl::Status Step(char step);

  // Gives everything up as a killed process does.
  void Abandon();
  // Opens anew after that, with what is found.
  absl::Status Restart();

  const env::Clock& clock() const { return clock_; }
  const std::map<TopicPartition, std::unique_ptr<LogDriver>>& drivers() const {
    return drivers_;
  }

  // `count` steps as a node takes them: appends and flushes mostly.
  static std::string DrawSteps(uint64_t seed, int count);

 private:
  LogDriver* DrawDriver();
  absl::Status OpenDirectory();
  absl::Status OpenLog(const TopicPartition& partition, bool is_new);
  absl::Status NewPartition();
  absl::Status StopAndStart();
  absl::Status Remove(bool set_aside);

  // Constant after construction.
  env::FileSystem* const files_;
  NodeModel* const model_;

  // State.
  support::FakeClock clock_;
  std::mt19937_64 random_;
  std::unique_ptr<log::LogDirectory> directory_;
  std::map<TopicPartition, std::unique_ptr<LogDriver>> drivers_;
  uint64_t topics_ = 0;
  int64_t broker_epoch_ = 0;
};

}  // namespace barnabas::crash

#endif  // BARNABAS_TESTS_STORAGE_CRASH_WORKLOAD_H_
