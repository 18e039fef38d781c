// LongPolls: many polls that wait at the end of a topic.
//
// What: so many calls of Consumer.Poll at once, over few connections; each is
//   begun again as soon as it is answered.
// Units: counts. Empty case: none at all are gathered at once.
// Thread: Start, Gathered, Stop by one thread; the rest is gRPC's.
// Errors: status() is the first call that failed; it is not begun again.
// Always true: no call is under way when Stop returns.
#ifndef BARNABAS_TOOLS_CLI_BENCH_LONG_POLLS_H_
#define BARNABAS_TOOLS_CLI_BENCH_LONG_POLLS_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"

namespace barnabas::cli {

class LongPolls {
 public:
  struct Options {
    // "host:port" of the leader of the topic's partitions.
    std::string endpoint;
    std::string topic;
    int64_t count = 0;
  };

  explicit LongPolls(Options options);
  LongPolls(const LongPolls&) = delete;
  LongPolls& operator=(const LongPolls&) = delete;
  // Stops.
  ~LongPolls();

  void Start();
  // Whether every poll reached the broker: each one's first asks without
  // waiting.
  bool Gathered() const;
  void Stop();

  absl::Status status() const;
  // After the first of each.
  int64_t answers() const;

 private:
  class Call;

  // True if the call is to be begun again.
  bool OnAnswer(bool first, const absl::Status& status);

  const Options options_;

  mutable absl::Mutex mutex_;
  std::vector<std::unique_ptr<Call>> calls_;
  absl::Status status_ ABSL_GUARDED_BY(mutex_);
  int64_t gathered_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t answers_ ABSL_GUARDED_BY(mutex_) = 0;
  int64_t under_way_ ABSL_GUARDED_BY(mutex_) = 0;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace barnabas::cli

#endif  // BARNABAS_TOOLS_CLI_BENCH_LONG_POLLS_H_
