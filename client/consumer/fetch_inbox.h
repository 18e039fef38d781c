// FetchInbox: what streams and the fetching loop tell the thread that polls.
//
// What: a queue of events, each about one partition, and the wake-up of Poll.
// Units: bytes, offsets. Empty case: Take gives nothing after the timeout.
// Thread: Put and Wake any; Take by one thread at a time.
// Errors: none.
// Always true: events of a partition keep their order. What waits is bounded
//   by the fetch credit.
#ifndef BARNABAS_CLIENT_CONSUMER_FETCH_INBOX_H_
#define BARNABAS_CLIENT_CONSUMER_FETCH_INBOX_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "client/consumer/consumer_options.h"
#include "client/consumer/fetch_credit.h"
#include "client/rpc/frame_codec.h"

namespace barnabas::client {

using ReceivedFetch = rpc::Received<rpc::FetchResponseView>;

struct FetchEvent {
  ConsumerPartition partition;
  // Which assignment or seek it belongs to; older ones are stale.
  uint64_t token = 0;
  // Reading began, or went on, here.
  std::optional<int64_t> started_at;
  // As of this event; -1 unknown.
  int64_t high_watermark = -1;
  // Records, and where their bytes go back to.
  std::shared_ptr<ReceivedFetch> frame;
  std::shared_ptr<FetchCredit> credit;
  // The partition needs the caller.
  absl::Status trouble;
};

class FetchInbox {
 public:
  void Put(FetchEvent event) {
    absl::MutexLock lock(&mutex_);
    events_.push_back(std::move(event));
    arrived_.Signal();
  }

  void Wake() {
    absl::MutexLock lock(&mutex_);
    woken_ = true;
    arrived_.Signal();
  }

  // All events, after waiting for the first, a wake-up, or the timeout.
  // `woken` tells of a wake-up, once.
  std::deque<FetchEvent> Take(absl::Duration timeout, bool* woken) {
    absl::MutexLock lock(&mutex_);
    if (events_.empty() && !woken_ && timeout > absl::ZeroDuration()) {
      arrived_.WaitWithTimeout(&mutex_, timeout);
    }
    *woken = std::exchange(woken_, false);
    return std::exchange(events_, {});
  }

 private:
  absl::Mutex mutex_;
  absl::CondVar arrived_;
  std::deque<FetchEvent> events_ ABSL_GUARDED_BY(mutex_);
  bool woken_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace barnabas::client

#endif  // BARNABAS_CLIENT_CONSUMER_FETCH_INBOX_H_
