// Watch view: frames of Discovery.WatchMetadata.
//
// What: a snapshot of what a watcher asked for, and the frame of one step from
//   image to image. Applying all frames to the snapshot gives the later
//   image's snapshot. Brokers come without counts of leaders and replicas:
//   those change with every partition and are told by DescribeCluster.
// Units: versions are metadata offsets.
// Empty case: a step that touched nothing asked for has no frame.
// Thread: pure functions. Errors: none.
#ifndef BARNABAS_METADATA_VIEW_WATCH_VIEW_H_
#define BARNABAS_METADATA_VIEW_WATCH_VIEW_H_

#include <optional>
#include <set>
#include <string>

#include "barnabas/v1/discovery.pb.h"
#include "metadata/image/cluster_image.h"
#include "metadata/image/image_changes.h"

namespace barnabas::view {

struct WatchOptions {
  // As in cluster_view.h.
  std::string listener;
  // Empty: all topics.
  std::set<std::string> topics;
};

v1::WatchMetadataResponse WatchSnapshot(const image::ClusterImage& image,
                                        const WatchOptions& options);

// `changes` led to `image`.
std::optional<v1::WatchMetadataResponse> WatchStep(
    const image::ClusterImage& image, const image::ImageChanges& changes,
    const WatchOptions& options);

}  // namespace barnabas::view

#endif  // BARNABAS_METADATA_VIEW_WATCH_VIEW_H_
