// Invariants: what is true of every image.
//
// What: checks an image whole; run after every step in tests and simulation.
//   C2 a fenced broker leads nothing and is in an ISR only as its single
//   member (README 30); C5 names and ids of topics are unique; C7 the ISR is
//   part of the replicas, the leader part of the ISR.
// Units: none. Empty case: the empty image holds them all.
// Thread: pure function. Errors: INTERNAL naming the invariant and where.
#ifndef BARNABAS_METADATA_IMAGE_INVARIANTS_H_
#define BARNABAS_METADATA_IMAGE_INVARIANTS_H_

#include "absl/status/status.h"
#include "metadata/image/cluster_image.h"

namespace barnabas::image {

absl::Status CheckInvariants(const ClusterImage& image);

// C1, C4, C5 of a step: what may and may not change between two images, the
// second made from the first by replaying entries.
absl::Status CheckStep(const ClusterImage& before, const ClusterImage& after);

}  // namespace barnabas::image

#endif  // BARNABAS_METADATA_IMAGE_INVARIANTS_H_
