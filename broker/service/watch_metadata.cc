#include "broker/service/watch_metadata.h"

#include <cstddef>
#include <deque>
#include <memory>
#include <optional>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "client/rpc/status_bridge.h"
#include "metadata/view/watch_view.h"
#include "proto/types/error.h"
#include "proto/types/limits.h"

namespace barnabas::broker {
namespace {

// Frames that wait for a slow watcher.
constexpr size_t kFramesMax = 256;

class WatchCall : public grpc::ServerWriteReactor<v1::WatchMetadataResponse>,
                  public MetadataWatcher,
                  public DrainableStream,
                  public std::enable_shared_from_this<WatchCall> {
 public:
  WatchCall(MetadataBoard* board, OpenStreams* streams)
      : board_(board), streams_(streams) {
    options_.listener = "client";
  }

  void Begin(const v1::WatchMetadataRequest& request) {
    self_ = shared_from_this();
    streams_->Add(self_);
    StartSendInitialMetadata();
    if (request.topics_size() > kItemsPerCallMax) {
      End(MakeError(ErrorCode::kLimitExceeded, "too many topics are named",
                    "watch all topics, or fewer"));
      return;
    }
    options_.topics = {request.topics().begin(), request.topics().end()};
    absl::StatusOr<image::ClusterImage> begin = board_->Watch(this);
    {
      absl::MutexLock lock(&mutex_);
      begun_ = true;
      if (!begin.ok()) {
        end_ = begin.status();
      } else {
        image_ = *begin;
        lagging_ = !request.has_after_version() ||
                   request.after_version() != image_.version().value();
      }
    }
    WriteOn();
  }

  // The board's lock is held.
  void OnChange(const image::ClusterImage& image,
                const image::ImageChanges& changes) override {
    {
      absl::MutexLock lock(&change_mutex_);
      changes_.emplace_back(image, changes);
      if (changes_.size() > kFramesMax) {
        changes_.erase(changes_.begin(), changes_.end() - 1);
        missed_ = true;
      }
    }
    WriteOn();
  }

  void OnWriteDone(bool ok) override {
    {
      absl::MutexLock lock(&mutex_);
      writing_ = false;
      if (!ok && !end_.has_value()) {
        end_ = absl::CancelledError("the caller is gone");
      }
    }
    WriteOn();
  }
  void GoAway() override {
    End(MakeError(ErrorCode::kShuttingDown, "the broker is stopping",
                  "watch at another broker"));
  }
  void OnCancel() override { End(absl::CancelledError("the caller is gone")); }
  void OnDone() override {
    board_->Unwatch(this);
    streams_->Remove(this);
    const std::shared_ptr<WatchCall> self = std::move(self_);
  }

 private:
  using Change = std::pair<image::ClusterImage, image::ImageChanges>;

  void End(const absl::Status& status) {
    {
      absl::MutexLock lock(&mutex_);
      if (!end_.has_value()) end_ = status;
    }
    WriteOn();
  }

  std::optional<v1::WatchMetadataResponse> NextFrame()
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (std::exchange(lagging_, false)) {
      return view::WatchSnapshot(image_, options_);
    }
    while (true) {
      Change change;
      {
        absl::MutexLock lock(&change_mutex_);
        if (changes_.empty()) return std::nullopt;
        change = std::move(changes_.front());
        changes_.pop_front();
        if (std::exchange(missed_, false)) lagging_ = true;
      }
      image_ = change.first;
      std::optional<v1::WatchMetadataResponse> frame =
          std::exchange(lagging_, false)
              ? view::WatchSnapshot(image_, options_)
              : view::WatchStep(image_, change.second, options_);
      if (frame.has_value()) return frame;
    }
  }

  void WriteOn() {
    absl::MutexLock lock(&mutex_);
    // Changes that come before the beginning is known wait for it.
    if ((!begun_ && !end_.has_value()) || writing_ || finished_) return;
    if (end_.has_value()) {
      finished_ = true;
      Finish(rpc::ToGrpc(*end_));
      return;
    }
    std::optional<v1::WatchMetadataResponse> frame = NextFrame();
    if (!frame.has_value()) return;
    outgoing_ = *std::move(frame);
    writing_ = true;
    StartWrite(&outgoing_);
  }

  MetadataBoard* const board_;
  OpenStreams* const streams_;
  view::WatchOptions options_;
  std::shared_ptr<WatchCall> self_;

  // Order: the board's lock, mutex_, change_mutex_.
  absl::Mutex mutex_;
  image::ClusterImage image_ ABSL_GUARDED_BY(mutex_);
  bool begun_ ABSL_GUARDED_BY(mutex_) = false;
  bool lagging_ ABSL_GUARDED_BY(mutex_) = false;
  bool writing_ ABSL_GUARDED_BY(mutex_) = false;
  bool finished_ ABSL_GUARDED_BY(mutex_) = false;
  std::optional<absl::Status> end_ ABSL_GUARDED_BY(mutex_);
  v1::WatchMetadataResponse outgoing_;

  absl::Mutex change_mutex_;
  std::deque<Change> changes_ ABSL_GUARDED_BY(change_mutex_);
  bool missed_ ABSL_GUARDED_BY(change_mutex_) = false;
};

}  // namespace

grpc::ServerWriteReactor<v1::WatchMetadataResponse>* StartWatch(
    MetadataBoard* board, OpenStreams* streams,
    const v1::WatchMetadataRequest& request) {
  auto call = std::make_shared<WatchCall>(board, streams);
  call->Begin(request);
  return call.get();
}

}  // namespace barnabas::broker
