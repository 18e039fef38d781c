// MetadataBoard: tells watchers what changed, once the broker obeys it.
//
// What: takes (image, changes) from the metadata follower, holds them back
//   until the partitions obey the image, and hands them to every watcher in
//   order.
// Units: versions are offsets of the metadata log.
// Empty case: without watchers changes are dropped.
// Thread: any; watchers are told by whoever calls Applied, one call at a time,
//   with the board's lock held: they must only queue.
// Errors: more than kWatchersMax are refused with OVERLOADED.
// Always true: each watcher sees every change after the image that it began
//   with, in order, once.
#ifndef BARNABAS_BROKER_SERVICE_METADATA_BOARD_H_
#define BARNABAS_BROKER_SERVICE_METADATA_BOARD_H_

#include <cstddef>
#include <deque>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "metadata/image/cluster_image.h"
#include "metadata/image/image_changes.h"
#include "proto/types/offsets.h"

namespace barnabas::broker {

class MetadataWatcher {
 public:
  virtual ~MetadataWatcher() = default;
  virtual void OnChange(const image::ClusterImage& image,
                        const image::ImageChanges& changes) = 0;
};

class MetadataBoard {
 public:
  static constexpr size_t kWatchersMax = 10 * 1000;

  // The follower replayed `changes`, which led to `image`.
  void Followed(const image::ClusterImage& image,
                const image::ImageChanges& changes);
  // The partitions obey everything up to `version`.
  void Applied(LogIndex version);

  // The image that `watcher` begins with; it hears of all later changes.
  absl::StatusOr<image::ClusterImage> Watch(MetadataWatcher* watcher);
  void Unwatch(MetadataWatcher* watcher);

 private:
  struct Step {
    image::ClusterImage image;
    image::ImageChanges changes;
  };

  absl::Mutex mutex_;
  image::ClusterImage image_ ABSL_GUARDED_BY(mutex_);
  std::deque<Step> followed_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_set<MetadataWatcher*> watchers_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace barnabas::broker

#endif  // BARNABAS_BROKER_SERVICE_METADATA_BOARD_H_
