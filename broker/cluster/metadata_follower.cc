#include "broker/cluster/metadata_follower.h"

#include <glog/logging.h>

#include <atomic>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "barnabas/internal/v1/controller.pb.h"
#include "broker/cluster/applied_waiters.h"
#include "client/rpc/backoff.h"
#include "client/rpc/byte_stream.h"
#include "client/rpc/frame_codec.h"
#include "metadata/image/cluster_delta.h"
#include "metadata/image/image_diff.h"
#include "metadata/image/snapshot_bytes.h"
#include "proto/types/error.h"
#include "proto/types/status_macros.h"

namespace barnabas::broker {
namespace {

constexpr char kMethod[] = "/barnabas.internal.v1.Controller/FollowMetadata";
// The controller sends something every quarter of a second, if only its
// committed end.
constexpr absl::Duration kSilenceMax = absl::Milliseconds(1250);
// Hundred times what the largest cluster needs.
constexpr size_t kSnapshotBytesMax = size_t{1} << 30;

class StreamFollower final : public MetadataFollower,
                             public rpc::ByteStreamEvents {
 public:
  StreamFollower(const Options& options, const Deps& deps)
      : options_(options), deps_(deps), waiters_(deps.loop) {}

  ~StreamFollower() override { Stop(); }

  void Subscribe(Subscriber subscriber) override {
    subscribers_.push_back(std::move(subscriber));
  }
  void Start() override { Dial(); }
  void Stop() override;

  image::ClusterImage image() const override {
    absl::MutexLock lock(&mutex_);
    return image_;
  }
  LogIndex committed_end() const override {
    return LogIndex(committed_end_.load(std::memory_order_acquire));
  }
  void WhenApplied(LogIndex version, absl::Duration timeout,
                   absl::AnyInvocable<void(const absl::Status&)> done) override;

  void OnMessage(grpc::ByteBuffer message) override;
  void OnWritten() override {}
  void OnClosed(const absl::Status& status) override;

 private:
  void Dial();
  void Watch();
  void CancelTimers();
  absl::Status Take(const internal::v1::FollowMetadataResponse& response);
  absl::Status TakePiece(const internal::v1::ImagePiece& piece);
  absl::Status Publish(const image::ImageChanges& changes,
                       const image::ClusterImage& next);
  absl::Status CheckCluster(const image::ClusterImage& image) const;
  void Refuse(const absl::Status& status);

  const Options options_;
  const Deps deps_;

  std::vector<Subscriber> subscribers_;
  std::unique_ptr<rpc::ByteStream> stream_;
  std::string endpoint_;
  // The pieces that came so far.
  std::string snapshot_;
  int attempt_ = 0;
  bool refused_ = false;
  env::TimerId watch_timer_ = 0;
  env::TimerId retry_timer_ = 0;
  AppliedWaiters waiters_;
  std::atomic<int64_t> committed_end_ = 0;

  // Written on the loop, read by any thread.
  mutable absl::Mutex mutex_;
  image::ClusterImage image_ ABSL_GUARDED_BY(mutex_);
};

void StreamFollower::Stop() {
  CancelTimers();
  stream_ = nullptr;
  waiters_.Stop();
}

void StreamFollower::CancelTimers() {
  for (env::TimerId* timer : {&watch_timer_, &retry_timer_}) {
    if (*timer != 0) deps_.loop->Cancel(*timer);
    *timer = 0;
  }
}

void StreamFollower::WhenApplied(
    LogIndex version, absl::Duration timeout,
    absl::AnyInvocable<void(const absl::Status&)> done) {
  deps_.loop->PostAlways(
      [this, version, timeout, done = std::move(done)]() mutable {
        waiters_.Wait(version, timeout, std::move(done));
      });
}

void StreamFollower::Dial() {
  endpoint_ = deps_.controllers->Current();
  snapshot_.clear();
  stream_ = rpc::ByteStream::Open(deps_.channels->Get(endpoint_), kMethod,
                                  deps_.loop, this);
  internal::v1::FollowMetadataRequest request;
  request.set_cluster_id(options_.cluster_id.ToString());
  request.set_node_id(options_.node.value());
  request.set_begin(image().version().Next().value());
  stream_->Write(rpc::WriteMessage(request));
  stream_->CloseWrites();
  Watch();
}

void StreamFollower::Watch() {
  if (watch_timer_ != 0) deps_.loop->Cancel(watch_timer_);
  watch_timer_ = deps_.loop->After(kSilenceMax, [this] {
    watch_timer_ = 0;
    LOG(WARNING) << "No metadata from controller " << endpoint_ << " for "
                 << kSilenceMax << "; dialling again.";
    stream_->Cancel();
  });
}

void StreamFollower::OnMessage(grpc::ByteBuffer message) {
  if (refused_) return;
  Watch();
  internal::v1::FollowMetadataResponse response;
  absl::Status status = rpc::ReadMessage(message, &response);
  if (status.ok()) status = Take(response);
  if (status.ok()) {
    attempt_ = 0;
    return;
  }
  const ErrorCode code = CodeOf(status);
  if (code == ErrorCode::kUnsupportedFormat ||
      code == ErrorCode::kInconsistentClusterId ||
      code == ErrorCode::kCorruptLog) {
    return Refuse(status);
  }
  LOG(ERROR) << "Metadata from controller " << endpoint_
             << " cannot be used: " << status.message();
  stream_->Cancel();
}

absl::Status StreamFollower::Take(
    const internal::v1::FollowMetadataResponse& response) {
  if (response.has_snapshot()) return TakePiece(response.snapshot());
  const image::ClusterImage before = image();
  image::ClusterDelta delta(before);
  for (const internal::v1::CommittedEntry& entry : response.entries()) {
    const LogIndex offset(entry.offset());
    // Told twice, after a reconnection.
    if (offset <= delta.version()) continue;
    if (offset != delta.version().Next()) {
      return MakeError(ErrorCode::kProtocolError,
                       absl::StrCat("offset ", offset.value(), " follows ",
                                    delta.version().value()));
    }
    RETURN_IF_ERROR(delta.Replay(entry.entry(), offset, Term(entry.term())));
  }
  committed_end_.store(response.committed_end(), std::memory_order_release);
  if (delta.version() == before.version()) return absl::OkStatus();
  return Publish(delta.changes(), delta.Apply());
}

absl::Status StreamFollower::TakePiece(const internal::v1::ImagePiece& piece) {
  snapshot_ += piece.piece();
  if (snapshot_.size() > kSnapshotBytesMax) {
    return MakeError(
        ErrorCode::kLimitExceeded,
        absl::StrCat("a snapshot of more than ", kSnapshotBytesMax, " bytes"));
  }
  if (!piece.last()) return absl::OkStatus();
  const std::string bytes = std::exchange(snapshot_, "");
  ASSIGN_OR_RETURN(const image::ClusterImage next, image::ReadSnapshot(bytes));
  const image::ClusterImage before = image();
  if (next.version() <= before.version()) return absl::OkStatus();
  return Publish(image::ChangesBetween(before, next), next);
}

absl::Status StreamFollower::Publish(const image::ImageChanges& changes,
                                     const image::ClusterImage& next) {
  RETURN_IF_ERROR(CheckCluster(next));
  {
    absl::MutexLock lock(&mutex_);
    image_ = next;
  }
  for (const Subscriber& subscriber : subscribers_) subscriber(changes, next);
  waiters_.Applied(next.version());
  return absl::OkStatus();
}

absl::Status StreamFollower::CheckCluster(
    const image::ClusterImage& image) const {
  if (image.cluster_id() == options_.cluster_id) return absl::OkStatus();
  return MakeError(
      ErrorCode::kInconsistentClusterId,
      absl::StrCat("controller ", endpoint_, " belongs to cluster ",
                   image.cluster_id().ToString(), ", this broker to ",
                   options_.cluster_id.ToString()),
      "correct cluster.controllers in the node file");
}

void StreamFollower::OnClosed(const absl::Status& closed) {
  CancelTimers();
  if (refused_) return;
  const absl::Status status =
      closed.ok() ? MakeError(ErrorCode::kControllerNotAvailable,
                              "controller " + endpoint_ + " ended the stream")
                  : closed;
  deps_.controllers->Failed(endpoint_, status);
  if (CodeOf(status) == ErrorCode::kInconsistentClusterId) {
    return Refuse(status);
  }
  if (attempt_ == 0) {
    LOG(WARNING) << "Following metadata of controller " << endpoint_
                 << " ended: " << status.message();
  }
  const absl::Duration delay =
      rpc::BackoffDelay(rpc::BackoffRange(), attempt_++, options_.seed);
  retry_timer_ = deps_.loop->After(delay, [this] {
    retry_timer_ = 0;
    Dial();
  });
}

void StreamFollower::Refuse(const absl::Status& status) {
  refused_ = true;
  CancelTimers();
  stream_->Cancel();
  if (options_.on_refused) options_.on_refused(status);
}

}  // namespace

std::unique_ptr<MetadataFollower> MetadataFollower::Make(const Options& options,
                                                         const Deps& deps) {
  return std::make_unique<StreamFollower>(options, deps);
}

}  // namespace barnabas::broker
