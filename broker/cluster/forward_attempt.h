// ForwardAttempt: one try of a forwarded call, while it is under way.
//
// What: lets the loop end it when the controller that it was sent to hangs.
// Units: none. Empty case: nothing is ended before Begin and after End.
// Thread: Begin, End and Cancel from any; `timer` and `answered` belong to the
//   loop. Errors: none.
#ifndef BARNABAS_BROKER_CLUSTER_FORWARD_ATTEMPT_H_
#define BARNABAS_BROKER_CLUSTER_FORWARD_ATTEMPT_H_

#include <grpcpp/client_context.h>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "storage/env/event_loop.h"

namespace barnabas::broker {

class ForwardAttempt {
 public:
  // `context` is valid until End.
  void Begin(grpc::ClientContext* context) {
    absl::MutexLock lock(&mutex_);
    context_ = context;
  }
  void End() {
    absl::MutexLock lock(&mutex_);
    context_ = nullptr;
  }
  void Cancel() {
    absl::MutexLock lock(&mutex_);
    if (context_ != nullptr) context_->TryCancel();
  }

  env::TimerId timer = 0;
  bool answered = false;

 private:
  absl::Mutex mutex_;
  grpc::ClientContext* context_ ABSL_GUARDED_BY(mutex_) = nullptr;
};

}  // namespace barnabas::broker

#endif  // BARNABAS_BROKER_CLUSTER_FORWARD_ATTEMPT_H_
