#include "broker/service/list_offsets.h"

#include <memory>
#include <vector>

#include "broker/service/topic_lookup.h"
#include "proto/types/error_proto.h"
#include "proto/types/status_macros.h"

namespace barnabas::broker {
namespace {

absl::Status Describe(const ServiceContext& context,
                      const image::ClusterImage& image,
                      const image::TopicState& topic,
                      v1::PartitionOffsets* offsets) {
  ASSIGN_OR_RETURN(
      const std::shared_ptr<Partition> partition,
      FindPartition(*context.table, image, topic, offsets->partition()));
  ASSIGN_OR_RETURN(const Partition::Positions now,
                   partition->Serve(std::nullopt));
  offsets->set_log_start(now.log_start.value());
  offsets->set_high_watermark(now.high_watermark.value());
  offsets->set_log_end(now.log_end.value());
  offsets->set_durable_end(now.durable_end.value());
  offsets->set_leader_epoch(now.epoch.value());
  offsets->set_size_bytes(now.size_bytes);
  return absl::OkStatus();
}

}  // namespace

absl::Status ListOffsets(const ServiceContext& context,
                         const v1::ListOffsetsRequest& request,
                         v1::ListOffsetsResponse* response) {
  const image::ClusterImage image = context.table->image();
  ASSIGN_OR_RETURN(const image::TopicState* topic,
                   FindTopic(image, request.topic()));
  response->set_topic(topic->name);
  ASSIGN_OR_RETURN(const std::vector<int32_t> wanted,
                   NamedPartitions(request.partitions(), *topic));
  for (const int32_t partition : wanted) {
    v1::PartitionOffsets* offsets = response->add_partitions();
    offsets->set_partition(partition);
    const absl::Status described = Describe(context, image, *topic, offsets);
    if (!described.ok()) *offsets->mutable_error() = ToProto(described);
  }
  return absl::OkStatus();
}

}  // namespace barnabas::broker
