// Snapshot: a whole image as entries of the metadata log, and back.
//
// What: SnapshotOf lists records that rebuild an image, at the offsets where
//   versions and broker epochs came from, in order of offset; a snapshot is
//   much shorter than the log. ReplaySnapshot is its inverse:
//   SameImage(image, ReplaySnapshot(SnapshotOf(image))) always holds.
// Units: offsets may have gaps; the last entry has the image's version.
// Empty case: the image before the first entry has no entries.
// Thread: pure functions.
// Errors: as ClusterDelta's, for a damaged snapshot.
#ifndef BARNABAS_METADATA_IMAGE_SNAPSHOT_H_
#define BARNABAS_METADATA_IMAGE_SNAPSHOT_H_

#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "barnabas/internal/v1/controller.pb.h"
#include "metadata/image/cluster_image.h"

namespace barnabas::image {

std::vector<internal::v1::CommittedEntry> SnapshotOf(const ClusterImage& image);

absl::StatusOr<ClusterImage> ReplaySnapshot(
    absl::Span<const internal::v1::CommittedEntry> entries);

// True if the two say the same, in every version and epoch.
bool SameImage(const ClusterImage& a, const ClusterImage& b);

}  // namespace barnabas::image

#endif  // BARNABAS_METADATA_IMAGE_SNAPSHOT_H_
