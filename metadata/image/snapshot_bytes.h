// SnapshotBytes: a whole image as bytes, for files and streams.
//
// What: SnapshotOf's entries in one message, and back.
// Units: bytes. Empty case: the image before the first entry is a message
//   without entries.
// Thread: pure functions; encoding may run on any thread, images do not change.
// Errors: CORRUPT_LOG for bytes that are no snapshot; those of ReplaySnapshot.
// Always true: SameImage(image, *ReadSnapshot(SnapshotBytes(image))).
#ifndef BARNABAS_METADATA_IMAGE_SNAPSHOT_BYTES_H_
#define BARNABAS_METADATA_IMAGE_SNAPSHOT_BYTES_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "metadata/image/cluster_image.h"

namespace barnabas::image {

std::string SnapshotBytes(const ClusterImage& image);

absl::StatusOr<ClusterImage> ReadSnapshot(std::string_view bytes);

}  // namespace barnabas::image

#endif  // BARNABAS_METADATA_IMAGE_SNAPSHOT_BYTES_H_
