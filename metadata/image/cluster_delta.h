// ClusterDelta: the next image in the making, and what changed.
//
// What: replays committed entries on top of an image; Apply gives the image
//   after them. The base image is untouched and stays valid.
// Units: offsets of the metadata log.
// Empty case: without entries Apply gives the base again.
// Thread: one at a time. Cost: O(changed · log n), n being all topics.
// Errors: CORRUPT_LOG for an entry out of order or one that contradicts the
//   image, UNSUPPORTED_FORMAT for an unknown record; after an error the delta
//   is to be dropped.
// Always true: an entry takes effect whole or the delta has failed.
#ifndef BARNABAS_METADATA_IMAGE_CLUSTER_DELTA_H_
#define BARNABAS_METADATA_IMAGE_CLUSTER_DELTA_H_

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "barnabas/internal/v1/cluster_record.pb.h"
#include "metadata/image/cluster_image.h"
#include "metadata/image/delta_state.h"
#include "metadata/image/image_changes.h"
#include "proto/types/offsets.h"

namespace barnabas::image {

class ClusterDelta {
 public:
  explicit ClusterDelta(ClusterImage base);

  // The entry at `offset`, which is the version so far plus one, appended in
  // `term`.
  absl::Status Replay(const internal::v1::MetadataEntry& entry, LogIndex offset,
                      Term term);

  // Version that Apply would give.
  LogIndex version() const { return version_; }
  const ImageChanges& changes() const { return state_.changes(); }
  const ClusterImage& base() const { return state_.base(); }

  // The image after all entries; may be called again after more of them.
  ClusterImage Apply() const { return state_.Apply(); }

 private:
  DeltaState state_;
  LogIndex version_;
};

// The image after one entry more.
absl::StatusOr<ClusterImage> ReplayEntry(
    const ClusterImage& base, const internal::v1::MetadataEntry& entry,
    LogIndex offset, Term term);

}  // namespace barnabas::image

#endif  // BARNABAS_METADATA_IMAGE_CLUSTER_DELTA_H_
