// StreamWriter: the writes and the one Finish of a server's stream.
//
// What: queues messages for a gRPC reactor (bidi or server stream), writes
//   them one after the other, and finishes when told, behind what is queued.
//   Reads go through it too, since none may begin once the stream finished.
// Units: messages. Empty case: nothing queued: idle.
// Thread: any; a mutex inside. The reactor passes OnWriteDone on.
// Errors: a failed write means that the caller has gone: the rest is dropped
//   and the stream finished.
// Always true: at most one write is under way; Finish reaches gRPC exactly
//   once, never beside a write, and nothing is started after it.
#ifndef BARNABAS_CONTROLLER_SERVICE_STREAM_WRITER_H_
#define BARNABAS_CONTROLLER_SERVICE_STREAM_WRITER_H_

#include <grpcpp/support/status.h>

#include <cstddef>
#include <deque>
#include <optional>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"

namespace barnabas::controller {

template <typename Reactor, typename Message>
class StreamWriter {
 public:
  explicit StreamWriter(Reactor* reactor) : reactor_(reactor) {}

  // Dropped once the stream is to finish.
  void Write(Message message) {
    absl::MutexLock lock(&mutex_);
    if (finish_.has_value()) return;
    queue_.push_back(std::move(message));
    if (queue_.size() == 1) reactor_->StartWrite(&queue_.front());
  }

  // The first status counts.
  void Finish(const grpc::Status& status) {
    absl::MutexLock lock(&mutex_);
    if (finish_.has_value()) return;
    finish_ = status;
    if (queue_.empty()) reactor_->Finish(*finish_);
  }

  // How many are still queued.
  size_t OnWriteDone(bool ok) {
    absl::MutexLock lock(&mutex_);
    queue_.pop_front();
    if (!ok) {
      queue_.clear();
      if (!finish_.has_value()) finish_ = grpc::Status::CANCELLED;
    }
    if (!queue_.empty()) {
      reactor_->StartWrite(&queue_.front());
    } else if (finish_.has_value()) {
      reactor_->Finish(*finish_);
    }
    return queue_.size();
  }

  // Bidi reactors: reads the next message, unless the stream is to finish.
  template <typename Request>
  void Read(Request* into) {
    absl::MutexLock lock(&mutex_);
    if (!finish_.has_value()) reactor_->StartRead(into);
  }

  size_t queued() const {
    absl::MutexLock lock(&mutex_);
    return queue_.size();
  }

 private:
  Reactor* const reactor_;

  mutable absl::Mutex mutex_;
  // The first one is being written.
  std::deque<Message> queue_ ABSL_GUARDED_BY(mutex_);
  std::optional<grpc::Status> finish_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace barnabas::controller

#endif  // BARNABAS_CONTROLLER_SERVICE_STREAM_WRITER_H_
