// LiveCall: a handle by which a call may be cancelled until it is over.
//
// What: gRPC takes a call's context away behind OnDone; a timer that wants to
//   end the call must not touch it after that.
// Units: none. Empty case: none; a handle is made with its call.
// Thread: any.
// Errors: none. Cancelling a call that is over does nothing.
#ifndef BARNABAS_BROKER_SERVICE_LIVE_CALL_H_
#define BARNABAS_BROKER_SERVICE_LIVE_CALL_H_

#include <grpcpp/server_context.h>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace barnabas::broker {

class LiveCall {
 public:
  explicit LiveCall(grpc::CallbackServerContext* call) : call_(call) {}

  // Ends the call at once; what waits to be written is lost.
  void Cancel() {
    absl::MutexLock lock(&mutex_);
    if (call_ != nullptr) call_->TryCancel();
  }
  // From OnDone.
  void Over() {
    absl::MutexLock lock(&mutex_);
    call_ = nullptr;
  }

 private:
  // Taken with no other lock behind it.
  absl::Mutex mutex_;
  grpc::CallbackServerContext* call_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace barnabas::broker

#endif  // BARNABAS_BROKER_SERVICE_LIVE_CALL_H_
