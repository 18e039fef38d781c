// Feature view: feature levels, and what each node understands.
//
// What: the image's levels and brokers, and the voters as the leading
//   controller knows them → messages of cluster_admin.proto.
// Units: levels. Empty case: a voter that is not reached has the levels 0.
// Thread: pure functions. Errors: none.
#ifndef BARNABAS_METADATA_VIEW_FEATURE_VIEW_H_
#define BARNABAS_METADATA_VIEW_FEATURE_VIEW_H_

#include <optional>
#include <string_view>
#include <vector>

#include "barnabas/v1/cluster_admin.pb.h"
#include "metadata/image/cluster_image.h"
#include "metadata/image/features.h"
#include "proto/types/ids.h"

namespace barnabas::view {

struct VoterFeatures {
  NodeId id;
  // Absent: it is not reached.
  std::optional<image::FeatureRanges> ranges;
};

// Voters, then brokers.
std::vector<v1::NodeFeature> NodesOf(const image::ClusterImage& image,
                                     const std::vector<VoterFeatures>& voters,
                                     std::string_view feature);

v1::DescribeFeaturesResponse DescribeFeatures(
    const image::ClusterImage& image, const std::vector<VoterFeatures>& voters);

}  // namespace barnabas::view

#endif  // BARNABAS_METADATA_VIEW_FEATURE_VIEW_H_
