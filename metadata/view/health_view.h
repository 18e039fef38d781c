// Health view: what is wrong with a cluster, in words.
//
// What: image and what the leading controller knows of the other voters →
//   findings, the worst first, one a broker, controller or topic and kind.
// Units: milliseconds; entries of the metadata log.
// Ranges: at most kItemsPerCallMax findings; the rest is counted.
// Empty case: no findings: healthy.
// Thread: pure function. Errors: none. Cost: walks all partitions once.
#ifndef BARNABAS_METADATA_VIEW_HEALTH_VIEW_H_
#define BARNABAS_METADATA_VIEW_HEALTH_VIEW_H_

#include <cstdint>
#include <optional>
#include <vector>

#include "barnabas/v1/cluster_admin.pb.h"
#include "metadata/image/cluster_image.h"
#include "proto/types/ids.h"

namespace barnabas::view {

// A voter that does not lead.
struct VoterHealth {
  NodeId id;
  // Since it was heard of; absent: never in this term.
  std::optional<int64_t> silent_ms;
  // Entries that it lacks; absent: not known.
  std::optional<int64_t> lag;
};

// Beyond these it is told.
inline constexpr int64_t kVoterSilentMs = 2000;
inline constexpr int64_t kVoterLag = 1000;

v1::CheckHealthResponse CheckHealth(const image::ClusterImage& image,
                                    const std::vector<VoterHealth>& voters);

}  // namespace barnabas::view

#endif  // BARNABAS_METADATA_VIEW_HEALTH_VIEW_H_
