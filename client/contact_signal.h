// ContactSignal: how making a client waits for its first contact.
//
// What: the loop tells the outcome of every attempt to reach the cluster; the
//   thread that makes the client waits for the first good one.
// Units: absl::Duration. Empty case: nothing told: BROKER_NOT_AVAILABLE.
// Thread: any. Errors: Wait gives the last failure when time is up.
#ifndef BARNABAS_CLIENT_CONTACT_SIGNAL_H_
#define BARNABAS_CLIENT_CONTACT_SIGNAL_H_

#include <optional>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "storage/env/clock.h"
#include "storage/env/event_loop.h"

namespace barnabas::client {

class ContactSignal {
 public:
  void Tell(const absl::Status& status);
  absl::Status Wait(absl::Duration timeout, const env::Clock& clock);

 private:
  absl::Mutex mutex_;
  absl::CondVar signal_;
  std::optional<absl::Status> told_ ABSL_GUARDED_BY(mutex_);
};

// Runs `task` on the loop and waits for it. Not to be called on the loop.
void RunOnLoop(env::EventLoop* loop, env::Task task);

}  // namespace barnabas::client

#endif  // BARNABAS_CLIENT_CONTACT_SIGNAL_H_
