// StripedPlacer: leaders round robin, followers spread over racks.
//
// What: live brokers are put in an order that alternates between racks, and
//   partition p is led by the broker p steps after a start drawn from the
//   seed, so leaders differ by at most one. Each further replica goes to the
//   rack least used by the partition so far, there to a live broker before a
//   fenced one, and among those to the one with the fewest replicas yet.
// Units: counts. Cost: O(partitions · factor · brokers).
// Empty case: see replica_placer.h.
// Thread: stateless. Errors: see replica_placer.h.
// Always true: a rack holds a second replica of a partition only when every
//   rack that could hold one has a first.
#ifndef BARNABAS_METADATA_PLACEMENT_STRIPED_PLACER_H_
#define BARNABAS_METADATA_PLACEMENT_STRIPED_PLACER_H_

#include "absl/status/statusor.h"
#include "metadata/placement/replica_placer.h"

namespace barnabas::placement {

class StripedPlacer final : public ReplicaPlacer {
 public:
  absl::StatusOr<Assignment> Place(
      const PlacementRequest& request) const override;
};

}  // namespace barnabas::placement

#endif  // BARNABAS_METADATA_PLACEMENT_STRIPED_PLACER_H_
