// ImageDiff: what differs between any two images.
//
// What: the changes that lead from one image to a later one when the entries
//   between them are not at hand, because a snapshot took their place.
// Units: none. Empty case: equal images differ in nothing.
// Thread: pure function. Cost: O(all); for snapshots only.
// Errors: none.
// Always true: it says what the delta over the entries between the two would
//   have said, but for things that changed and changed back.
#ifndef BARNABAS_METADATA_IMAGE_IMAGE_DIFF_H_
#define BARNABAS_METADATA_IMAGE_IMAGE_DIFF_H_

#include "metadata/image/cluster_image.h"
#include "metadata/image/image_changes.h"

namespace barnabas::image {

ImageChanges ChangesBetween(const ClusterImage& before,
                            const ClusterImage& after);

}  // namespace barnabas::image

#endif  // BARNABAS_METADATA_IMAGE_IMAGE_DIFF_H_
