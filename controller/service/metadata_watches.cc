#include "controller/service/metadata_watches.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "client/rpc/status_bridge.h"
#include "controller/service/stream_writer.h"
#include "metadata/view/watch_view.h"
#include "proto/types/error.h"
#include "proto/types/limits.h"

namespace barnabas::controller {
namespace {

absl::Status Stopping() {
  return MakeError(ErrorCode::kShuttingDown, "this controller is stopping",
                   "watch another node");
}

}  // namespace

class MetadataWatches::Watch final
    : public Reactor,
      public std::enable_shared_from_this<Watch> {
 public:
  Watch(MetadataWatches* owner, v1::WatchMetadataRequest request)
      : owner_(owner), request_(std::move(request)), writer_(this) {
    options_.topics.insert(request_.topics().begin(), request_.topics().end());
  }

  void Begin() {
    self_ = shared_from_this();
    Post([this] { Admit(); });
  }

  void OnWriteDone(bool ok) override {
    if (writer_.OnWriteDone(ok) > 0) return;
    Post([this] { CatchUp(); });
  }
  void OnCancel() override { writer_.Finish(grpc::Status::CANCELLED); }
  void OnDone() override {
    Post([this] { owner_->watches_.erase(shared_from_this()); });
    // May destroy this.
    const std::shared_ptr<Watch> self = std::move(self_);
  }

  // On the loop.
  void Tell(const image::ClusterImage& image,
            const image::ImageChanges& changes) {
    if (behind_) return;
    if (writer_.queued() >= kFramesMax) {
      behind_ = true;
      return;
    }
    auto frame = view::WatchStep(image, changes, options_);
    if (frame.has_value()) writer_.Write(*std::move(frame));
  }

  void End(const absl::Status& status) { writer_.Finish(rpc::ToGrpc(status)); }

 private:
  template <typename Work>
  void Post(Work work) {
    owner_->loop_->PostAlways([self = shared_from_this(), work] { work(); });
  }

  void Admit() {
    const absl::Status status = owner_->Check(request_);
    if (!status.ok()) return End(status);
    owner_->watches_.insert(shared_from_this());
    const image::ClusterImage& image = owner_->driver_->core().committed();
    if (request_.has_after_version() &&
        request_.after_version() == image.version().value()) {
      return;
    }
    writer_.Write(view::WatchSnapshot(image, options_));
  }

  void CatchUp() {
    if (!behind_) return;
    behind_ = false;
    writer_.Write(
        view::WatchSnapshot(owner_->driver_->core().committed(), options_));
  }

  MetadataWatches* const owner_;
  const v1::WatchMetadataRequest request_;
  view::WatchOptions options_;
  StreamWriter<Reactor, v1::WatchMetadataResponse> writer_;
  // Until gRPC is done.
  std::shared_ptr<Watch> self_;

  // Frames were dropped; a snapshot is due. Of the loop.
  bool behind_ = false;
};

MetadataWatches::MetadataWatches(env::EventLoop* loop, ActiveDriver* driver)
    : loop_(loop), driver_(driver) {}

void MetadataWatches::Start() {
  driver_->Subscribe([this](const CommittedStep& step) { OnCommitted(step); });
}

void MetadataWatches::Stop() {
  stopped_ = true;
  for (const std::shared_ptr<Watch>& watch : watches_) watch->End(Stopping());
}

MetadataWatches::Reactor* MetadataWatches::Open(
    const v1::WatchMetadataRequest& request) {
  auto watch = std::make_shared<Watch>(this, request);
  watch->Begin();
  return watch.get();
}

absl::Status MetadataWatches::Check(
    const v1::WatchMetadataRequest& request) const {
  if (stopped_) return Stopping();
  if (watches_.size() >= kWatchesMax) {
    return MakeError(ErrorCode::kOverloaded,
                     absl::StrCat(kWatchesMax, " watchers are served already"),
                     "watch another node");
  }
  if (request.topics_size() > kItemsPerCallMax) {
    return MakeError(ErrorCode::kLimitExceeded,
                     absl::StrCat(request.topics_size(),
                                  " topics are more than ", kItemsPerCallMax),
                     "name fewer, or none to watch all");
  }
  if (driver_->core().committed().version() < LogIndex(0)) {
    return MakeError(ErrorCode::kControllerNotAvailable,
                     "this controller is still replaying its log", "try again");
  }
  return absl::OkStatus();
}

void MetadataWatches::OnCommitted(const CommittedStep& step) {
  if (watches_.empty()) return;
  for (const std::shared_ptr<Watch>& watch : watches_) {
    watch->Tell(step.after, step.changes);
  }
}

}  // namespace barnabas::controller
