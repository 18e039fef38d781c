#include "broker/service/offsets_for_times.h"

#include <memory>
#include <optional>
#include <vector>

#include "broker/service/topic_lookup.h"
#include "proto/types/error_proto.h"
#include "proto/types/status_macros.h"

namespace barnabas::broker {
namespace {

absl::Status Find(const ServiceContext& context,
                  const image::ClusterImage& image,
                  const image::TopicState& topic, int64_t timestamp_ms,
                  v1::PartitionTimeOffset* found) {
  ASSIGN_OR_RETURN(
      const std::shared_ptr<Partition> partition,
      FindPartition(*context.table, image, topic, found->partition()));
  ASSIGN_OR_RETURN(const Partition::Positions now,
                   partition->Serve(std::nullopt));
  ASSIGN_OR_RETURN(const std::shared_ptr<const log::PartitionLog> log,
                   partition->Log());
  ASSIGN_OR_RETURN(const std::optional<log::PartitionLog::TimeMatch> match,
                   log->FindTime(timestamp_ms));
  // What is not yet safe is not told.
  if (!match.has_value() || match->offset >= now.high_watermark) {
    return absl::OkStatus();
  }
  found->set_offset(match->offset.value());
  found->set_timestamp_ms(match->timestamp_ms);
  found->set_leader_epoch(match->epoch.value());
  return absl::OkStatus();
}

}  // namespace

absl::Status OffsetsForTimes(const ServiceContext& context,
                             const v1::OffsetsForTimesRequest& request,
                             v1::OffsetsForTimesResponse* response) {
  const image::ClusterImage image = context.table->image();
  ASSIGN_OR_RETURN(const image::TopicState* topic,
                   FindTopic(image, request.topic()));
  response->set_topic(topic->name);
  ASSIGN_OR_RETURN(const std::vector<int32_t> wanted,
                   NamedPartitions(request.partitions(), *topic));
  for (const int32_t partition : wanted) {
    v1::PartitionTimeOffset* found = response->add_partitions();
    found->set_partition(partition);
    const absl::Status status =
        Find(context, image, *topic, request.timestamp_ms(), found);
    if (!status.ok()) *found->mutable_error() = ToProto(status);
  }
  return absl::OkStatus();
}

}  // namespace barnabas::broker
