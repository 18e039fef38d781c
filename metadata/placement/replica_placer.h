// ReplicaPlacer: which brokers get the replicas of new partitions.
//
// What: an interface for pure placement rules; the first replica of a list is
//   the preferred leader.
// Units: counts. Ranges: factor ≥ 1, partitions ≥ 0.
// Empty case: no partitions, no lists.
// Thread: const methods only; any thread.
// Errors: INVALID_REPLICATION_FACTOR if there are too few brokers,
//   BROKER_NOT_AVAILABLE if none is live.
// Always true: no broker twice in a list; the first one is live; the same
//   request gives the same lists.
#ifndef BARNABAS_METADATA_PLACEMENT_REPLICA_PLACER_H_
#define BARNABAS_METADATA_PLACEMENT_REPLICA_PLACER_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "proto/types/ids.h"

namespace barnabas::placement {

struct Candidate {
  BrokerId id;
  // Empty: all such brokers count as one rack.
  std::string rack;
  bool live = true;
};

struct PlacementRequest {
  // In any order, each broker once.
  std::vector<Candidate> candidates;
  int32_t partitions = 1;
  int32_t factor = 1;
  // Where to begin; draw it anew for every topic.
  uint64_t seed = 0;
};

// One list of replicas per partition.
using Assignment = std::vector<std::vector<BrokerId>>;

class ReplicaPlacer {
 public:
  virtual ~ReplicaPlacer() = default;
  virtual absl::StatusOr<Assignment> Place(
      const PlacementRequest& request) const = 0;
};

}  // namespace barnabas::placement

#endif  // BARNABAS_METADATA_PLACEMENT_REPLICA_PLACER_H_
