#include "client/rpc/byte_stream.h"

#include <grpcpp/client_context.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/client_callback.h>
#include <grpcpp/support/sync_stream.h>

#include <deque>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "client/rpc/status_bridge.h"

namespace barnabas::rpc {
namespace {

// gRPC calls a connection that broke in the middle by several names. None of
// them is the server's verdict, which would carry details.
absl::Status ClosingStatus(const grpc::Status& status) {
  const bool broke = status.error_code() == grpc::StatusCode::INTERNAL ||
                     status.error_code() == grpc::StatusCode::UNKNOWN;
  if (broke && status.error_details().empty()) {
    return absl::Status(absl::StatusCode::kUnavailable, status.error_message());
  }
  return FromGrpc(status);
}

// What the loop knows of a stream; the reactor only posts to it.
struct LoopSide {
  // Null once the owner is gone.
  ByteStreamEvents* events = nullptr;
  size_t pending_writes = 0;
};

// Lives from Open until gRPC has nothing more to say. A read is always under
// way until one fails, so the call cannot end, and the reactor not go, before
// OnReadDone(false) took the lock.
class Reactor final
    : public grpc::ClientBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer> {
 public:
  Reactor(std::shared_ptr<grpc::Channel> channel,
          std::shared_ptr<env::EventLoop> loop,
          std::shared_ptr<LoopSide> loop_side,
          std::shared_ptr<ByteStreamTap> tap)
      : stub_(std::move(channel)),
        loop_(std::move(loop)),
        loop_side_(std::move(loop_side)),
        tap_(std::move(tap)) {}

  void Start(const std::string& method, std::shared_ptr<Reactor> self) {
    self_ = std::move(self);
    stub_.PrepareBidiStreamingCall(&context_, method, grpc::StubOptions(),
                                   this);
    StartRead(&incoming_);
    StartCall();
  }

  void Write(grpc::ByteBuffer message) {
    absl::MutexLock lock(&mutex_);
    if (ended_ || closing_) return PostWritten();
    queue_.push_back(std::move(message));
    if (queue_.size() == 1) StartWrite(&queue_.front());
  }

  void CloseWrites() {
    absl::MutexLock lock(&mutex_);
    if (ended_ || closing_) return;
    closing_ = true;
    if (queue_.empty()) StartWritesDone();
  }

  void Cancel() { context_.TryCancel(); }

  void OnReadDone(bool ok) override {
    if (!ok) {
      absl::MutexLock lock(&mutex_);
      ended_ = true;
      return;
    }
    grpc::ByteBuffer message;
    message.Swap(&incoming_);
    if (tap_ == nullptr || !tap_->Take(&message)) {
      loop_->PostAlways(
          [side = loop_side_, message = std::move(message)]() mutable {
            if (side->events != nullptr) {
              side->events->OnMessage(std::move(message));
            }
          });
    }
    StartRead(&incoming_);
  }

  void OnWriteDone(bool ok) override {
    grpc::ByteBuffer written;
    absl::MutexLock lock(&mutex_);
    written.Swap(&queue_.front());
    queue_.pop_front();
    PostWritten();
    if (ended_ || !ok) {
      for (; !queue_.empty(); queue_.pop_front()) PostWritten();
      ended_ = true;
      return;
    }
    if (!queue_.empty()) {
      StartWrite(&queue_.front());
    } else if (closing_) {
      StartWritesDone();
    }
  }

  void OnDone(const grpc::Status& status) override {
    loop_->PostAlways([side = loop_side_, status] {
      if (side->events != nullptr)
        side->events->OnClosed(ClosingStatus(status));
    });
    // May destroy this.
    const std::shared_ptr<Reactor> self = std::move(self_);
  }

 private:
  void PostWritten() {
    loop_->PostAlways([side = loop_side_] {
      --side->pending_writes;
      if (side->events != nullptr) side->events->OnWritten();
    });
  }

  grpc::TemplatedGenericStub<grpc::ByteBuffer, grpc::ByteBuffer> stub_;
  const std::shared_ptr<env::EventLoop> loop_;
  const std::shared_ptr<LoopSide> loop_side_;
  const std::shared_ptr<ByteStreamTap> tap_;
  grpc::ClientContext context_;
  std::shared_ptr<Reactor> self_;
  grpc::ByteBuffer incoming_;

  absl::Mutex mutex_;
  // The first one is being written.
  std::deque<grpc::ByteBuffer> queue_ ABSL_GUARDED_BY(mutex_);
  // No more writes are taken; half-close when the queue is empty.
  bool closing_ ABSL_GUARDED_BY(mutex_) = false;
  // Reads or writes failed: the call is ending.
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;
};

class ReactorStream final : public ByteStream {
 public:
  ReactorStream(std::shared_ptr<Reactor> reactor,
                std::shared_ptr<LoopSide> loop_side)
      : reactor_(std::move(reactor)), loop_side_(std::move(loop_side)) {}

  ~ReactorStream() override {
    loop_side_->events = nullptr;
    reactor_->Cancel();
  }

  void Write(grpc::ByteBuffer message) override {
    ++loop_side_->pending_writes;
    reactor_->Write(std::move(message));
  }
  void CloseWrites() override { reactor_->CloseWrites(); }
  void Cancel() override { reactor_->Cancel(); }
  size_t pending_writes() const override { return loop_side_->pending_writes; }

 private:
  const std::shared_ptr<Reactor> reactor_;
  const std::shared_ptr<LoopSide> loop_side_;
};

}  // namespace

std::unique_ptr<ByteStream> ByteStream::Open(
    std::shared_ptr<grpc::Channel> channel, const std::string& method,
    std::shared_ptr<env::EventLoop> loop, ByteStreamEvents* events,
    std::shared_ptr<ByteStreamTap> tap) {
  auto loop_side = std::make_shared<LoopSide>();
  loop_side->events = events;
  auto reactor = std::make_shared<Reactor>(std::move(channel), std::move(loop),
                                           loop_side, std::move(tap));
  reactor->Start(method, reactor);
  return std::make_unique<ReactorStream>(std::move(reactor),
                                         std::move(loop_side));
}

}  // namespace barnabas::rpc
