#include "broker/service/metadata_board.h"

#include "proto/types/error.h"

namespace barnabas::broker {

void MetadataBoard::Followed(const image::ClusterImage& image,
                             const image::ImageChanges& changes) {
  absl::MutexLock lock(&mutex_);
  followed_.push_back({image, changes});
}

void MetadataBoard::Applied(LogIndex version) {
  absl::MutexLock lock(&mutex_);
  while (!followed_.empty() && followed_.front().image.version() <= version) {
    const Step& step = followed_.front();
    image_ = step.image;
    for (MetadataWatcher* watcher : watchers_) {
      watcher->OnChange(step.image, step.changes);
    }
    followed_.pop_front();
  }
}

absl::StatusOr<image::ClusterImage> MetadataBoard::Watch(
    MetadataWatcher* watcher) {
  absl::MutexLock lock(&mutex_);
  if (watchers_.size() >= kWatchersMax) {
    return MakeError(ErrorCode::kOverloaded, "too many watch the metadata",
                     "ask for it instead, or watch at another broker");
  }
  watchers_.insert(watcher);
  return image_;
}

void MetadataBoard::Unwatch(MetadataWatcher* watcher) {
  absl::MutexLock lock(&mutex_);
  watchers_.erase(watcher);
}

}  // namespace barnabas::broker
