// Topic view: what clients are told of topics and partitions.
//
// What: image → messages of discovery.proto and topic_admin.proto. What only
//   brokers know (offsets, sizes) is left out, theirs to add.
// Units: pages hold up to page_size topics (1,000 at most, and by default) or
//   20,000 partitions, whichever is less, but at least one topic; tokens are
//   opaque to callers.
// Empty case: an empty image has no topics.
// Thread: pure functions.
// Errors: INVALID_REQUEST for a token or size that is none; LIMIT_EXCEEDED for
//   too many names; an unknown topic is an error of its item, or of the call
//   that asks for one only.
// Always true: topics are in order of name, or of the request.
#ifndef BARNABAS_METADATA_VIEW_TOPIC_VIEW_H_
#define BARNABAS_METADATA_VIEW_TOPIC_VIEW_H_

#include <string_view>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "barnabas/v1/discovery.pb.h"
#include "barnabas/v1/topic_admin.pb.h"
#include "metadata/image/cluster_image.h"
#include "metadata/image/topic_state.h"
#include "proto/types/ids.h"

namespace barnabas::view {

v1::PartitionInfo DescribePartition(const image::ClusterImage& image,
                                    const image::PartitionState& partition,
                                    PartitionIndex index);

v1::TopicInfo DescribeTopicState(const image::ClusterImage& image,
                                 const image::TopicState& topic);

absl::StatusOr<v1::DescribeTopicsResponse> DescribeTopics(
    const image::ClusterImage& image, const v1::DescribeTopicsRequest& request);

absl::StatusOr<v1::DescribeTopicResponse> DescribeTopic(
    const image::ClusterImage& image, const v1::DescribeTopicRequest& request);

// `matches` stands for the request's pattern, which the caller compiled.
absl::StatusOr<v1::ListTopicsResponse> ListTopics(
    const image::ClusterImage& image, const v1::ListTopicsRequest& request,
    absl::FunctionRef<bool(std::string_view)> matches);

}  // namespace barnabas::view

#endif  // BARNABAS_METADATA_VIEW_TOPIC_VIEW_H_
