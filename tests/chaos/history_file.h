// HistoryFile: where the clients of a run write what happens to them.
//
// What: appends lines; counts what is acknowledged and lets the run wait for
//   more of it.
// Units: records; absl::Duration. Empty case: an empty file.
// Thread: any. Errors: a file that cannot be written fails the run by CHECK.
// Always true: a line is whole; lines of one client stand in its order.
#ifndef BARNABAS_TESTS_CHAOS_HISTORY_FILE_H_
#define BARNABAS_TESTS_CHAOS_HISTORY_FILE_H_

#include <cstdint>
#include <fstream>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "tests/chaos/history.h"
#include "tests/chaos/json_line.h"

namespace barnabas::chaos {

class HistoryFile {
 public:
  explicit HistoryFile(const std::string& path);

  void Add(const JsonLine& line);
  // The outcome of one record; also counts.
  void AddTold(int32_t producer, int64_t number, const Sent& sent,
               const std::string& why_not);

  int64_t acknowledged() const;
  // Waits for `count` acknowledgements more than `since`; false after
  // `patience`, or when something failed for good.
  bool AwaitAcknowledged(int64_t since, int64_t count,
                         absl::Duration patience) const;
  // Why the first record failed; empty if none did.
  std::string first_failure() const;

  // All lines are on the file system.
  void Flush();
  const std::string& path() const { return path_; }

 private:
  const std::string path_;
  mutable absl::Mutex mutex_;
  std::ofstream file_ ABSL_GUARDED_BY(mutex_);
  int64_t acknowledged_ ABSL_GUARDED_BY(mutex_) = 0;
  std::string first_failure_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace barnabas::chaos

#endif  // BARNABAS_TESTS_CHAOS_HISTORY_FILE_H_
