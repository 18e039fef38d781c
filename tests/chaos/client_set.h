// ClientSet: what the clients of a run share.
//
// What: where the cluster is, which logs there are, the clock of the history,
//   and a bell that ends waits when the run is over.
// Units: nanoseconds of the clock. Empty case: no logs, nothing to do.
// Thread: any. Errors: none.
#ifndef BARNABAS_TESTS_CHAOS_CLIENT_SET_H_
#define BARNABAS_TESTS_CHAOS_CLIENT_SET_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "client/client_options.h"
#include "storage/env/system_clock.h"
#include "tests/chaos/history.h"
#include "tests/chaos/history_file.h"

namespace barnabas::chaos {

struct ClientSet {
  client::ClientOptions options;
  // A log's number in the history is its place here.
  std::vector<LogFacts> logs;
  HistoryFile* file = nullptr;
  const env::SystemClock* clock = nullptr;

  int64_t NowNs() const { return absl::ToInt64Nanoseconds(clock->Monotonic()); }
};

// Rings once; whoever waits goes on.
class Bell {
 public:
  void Ring() {
    absl::MutexLock lock(&mutex_);
    rung_ = true;
  }
  bool Rung() const {
    absl::MutexLock lock(&mutex_);
    return rung_;
  }
  // True once it rang; waits at most `patience`.
  bool Await(absl::Duration patience) const {
    absl::MutexLock lock(&mutex_);
    return mutex_.AwaitWithTimeout(absl::Condition(&rung_), patience);
  }

 private:
  mutable absl::Mutex mutex_;
  bool rung_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace barnabas::chaos

#endif  // BARNABAS_TESTS_CHAOS_CLIENT_SET_H_
