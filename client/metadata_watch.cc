#include "client/metadata_watch.h"

#include <grpcpp/client_context.h>
#include <grpcpp/support/client_callback.h>

#include <utility>

#include "barnabas/v1/discovery.grpc.pb.h"

namespace barnabas::client {
namespace {

// A stream that ends sooner was not wanted there; asking at once would only
// make the next one.
constexpr absl::Duration kLived = absl::Seconds(1);

}  // namespace

// Keeps itself alive until gRPC is done with it; `watch_` is of the loop.
class MetadataWatch::Call final
    : public grpc::ClientReadReactor<v1::WatchMetadataResponse>,
      public std::enable_shared_from_this<MetadataWatch::Call> {
 public:
  Call(MetadataWatch* watch, std::shared_ptr<env::EventLoop> loop,
       std::shared_ptr<grpc::Channel> channel)
      : loop_(std::move(loop)),
        stub_(v1::Discovery::NewStub(std::move(channel))),
        watch_(watch) {}

  void Begin(v1::WatchMetadataRequest request) {
    self_ = shared_from_this();
    request_ = std::move(request);
    stub_->async()->WatchMetadata(&context_, &request_, this);
    StartRead(&response_);
    StartCall();
  }

  // Nothing is told any more.
  void Leave() {
    watch_ = nullptr;
    context_.TryCancel();
  }

  void OnReadDone(bool ok) override {
    if (!ok) return;
    loop_->PostAlways([self = shared_from_this()] {
      if (self->watch_ != nullptr) self->watch_->Heard(self.get());
    });
    StartRead(&response_);
  }

  void OnDone(const grpc::Status& status) override {
    loop_->PostAlways([self = std::move(self_)] {
      if (self->watch_ != nullptr) self->watch_->Ended(self.get());
    });
  }

 private:
  const std::shared_ptr<env::EventLoop> loop_;
  const std::unique_ptr<v1::Discovery::Stub> stub_;
  grpc::ClientContext context_;
  v1::WatchMetadataRequest request_;
  v1::WatchMetadataResponse response_;
  MetadataWatch* watch_;
  std::shared_ptr<Call> self_;
};

void MetadataWatch::Follow(const std::string& endpoint,
                           const std::set<std::string>& topics,
                           int64_t version) {
  if (call_ != nullptr && topics == topics_) return;
  Stop();
  if (topics.empty()) return;
  topics_ = topics;
  v1::WatchMetadataRequest request;
  request.set_after_version(version);
  for (const std::string& topic : topics) request.add_topics(topic);
  opened_ = deps_.loop->clock().Monotonic();
  call_ =
      std::make_shared<Call>(this, deps_.loop, deps_.channels->Get(endpoint));
  call_->Begin(std::move(request));
}

void MetadataWatch::Stop() {
  if (call_ == nullptr) return;
  call_->Leave();
  call_ = nullptr;
}

void MetadataWatch::Heard(const Call* call) {
  if (call == call_.get()) deps_.on_change();
}

void MetadataWatch::Ended(const Call* call) {
  if (call != call_.get()) return;
  call_ = nullptr;
  if (deps_.loop->clock().Monotonic() - opened_ >= kLived) deps_.on_change();
}

}  // namespace barnabas::client
