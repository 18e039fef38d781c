// Features: what a program understands of the metadata log, level by level.
//
// What: a feature has a committed level; records of that level may be written
//   once every node understands them, so that none stops at one it does not
//   know. One feature so far:
//     "metadata" 1: everything but what follows
//                2: brokers that drain; feature levels themselves
// Place: replay checks what it reads; planners check what they would write.
// Units: levels from 1. Empty case: a feature that nobody raised stands at 1,
//   and a node that lists none understands 1.
// Thread: pure functions.
// Errors: UNSUPPORTED_FORMAT for a level that this program does not understand.
#ifndef BARNABAS_METADATA_IMAGE_FEATURES_H_
#define BARNABAS_METADATA_IMAGE_FEATURES_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "barnabas/internal/v1/cluster_record.pb.h"
#include "metadata/image/broker_state.h"
#include "metadata/image/cluster_image.h"

namespace barnabas::image {

inline constexpr char kMetadataFeature[] = "metadata";
// From this level of it on brokers drain.
inline constexpr int32_t kDrainingLevel = 2;

using FeatureRanges = std::vector<FeatureRange>;
using FeatureRangeList =
    google::protobuf::RepeatedPtrField<internal::v1::FeatureRange>;

// Of this program.
const FeatureRanges& UnderstoodFeatures();
// Of one feature in what a node lists.
FeatureRange RangeOf(const FeatureRanges& ranges, std::string_view name);
absl::Status CheckUnderstood(std::string_view name, int32_t level);

// The committed level.
int32_t LevelOf(const ClusterImage& image, std::string_view name);

FeatureRanges RangesFrom(const FeatureRangeList& list);
void WriteRanges(const FeatureRanges& ranges, FeatureRangeList& list);

}  // namespace barnabas::image

#endif  // BARNABAS_METADATA_IMAGE_FEATURES_H_
