#include "broker/service/topic_admin_service.h"

#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "broker/service/topic_lookup.h"
#include "client/rpc/status_bridge.h"
#include "client/serving/name_pattern.h"
#include "metadata/view/topic_view.h"
#include "proto/types/status_macros.h"
#include "proto/types/uuid.h"

namespace barnabas::broker {
namespace {

// Positions of a partition, if this broker leads it.
std::optional<Partition::Positions> PositionsOf(const PartitionTable& table,
                                                const std::string& topic_id,
                                                int32_t partition) {
  const std::optional<Uuid> id = Uuid::Parse(topic_id);
  if (!id.has_value()) return std::nullopt;
  const std::shared_ptr<Partition> found =
      table.Find({*id, PartitionIndex(partition)});
  if (found == nullptr) return std::nullopt;
  const absl::StatusOr<Partition::Positions> now = found->Serve(std::nullopt);
  if (!now.ok()) return std::nullopt;
  return *now;
}

}  // namespace

absl::StatusOr<v1::ListTopicsResponse> TopicAdminService::List(
    const v1::ListTopicsRequest& request) const {
  ASSIGN_OR_RETURN(const rpc::NamePattern pattern,
                   rpc::NamePattern::Compile(request.pattern()));
  const image::ClusterImage image = context_->table->image();
  RETURN_IF_ERROR(CheckStarted(image));
  ASSIGN_OR_RETURN(
      v1::ListTopicsResponse listed,
      view::ListTopics(image, request, [&pattern](std::string_view name) {
        return pattern.Matches(name);
      }));
  listed.set_node_id(context_->self.value());
  for (v1::TopicSummary& topic : *listed.mutable_topics()) {
    for (int32_t i = 0; i < topic.partitions(); ++i) {
      const auto positions = PositionsOf(*context_->table, topic.id(), i);
      if (!positions.has_value()) continue;
      topic.set_size_bytes(topic.size_bytes() + positions->size_bytes);
      topic.set_sized_partitions(topic.sized_partitions() + 1);
    }
  }
  return listed;
}

absl::StatusOr<v1::DescribeTopicResponse> TopicAdminService::Describe(
    const v1::DescribeTopicRequest& request) const {
  const image::ClusterImage image = context_->table->image();
  RETURN_IF_ERROR(CheckStarted(image));
  ASSIGN_OR_RETURN(v1::DescribeTopicResponse described,
                   view::DescribeTopic(image, request));
  if (!request.include_offsets()) return described;
  for (v1::PartitionDetail& detail : *described.mutable_partitions()) {
    const auto positions = PositionsOf(*context_->table, described.id(),
                                       detail.partition().partition());
    if (!positions.has_value()) continue;
    detail.set_log_start(positions->log_start.value());
    detail.set_high_watermark(positions->high_watermark.value());
    detail.set_log_end(positions->log_end.value());
    detail.set_size_bytes(positions->size_bytes);
  }
  return described;
}

grpc::ServerUnaryReactor* TopicAdminService::ListTopics(
    grpc::CallbackServerContext* context, const v1::ListTopicsRequest* request,
    v1::ListTopicsResponse* response) {
  absl::StatusOr<v1::ListTopicsResponse> listed = List(*request);
  if (listed.ok()) *response = *std::move(listed);
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  reactor->Finish(rpc::ToGrpc(listed.status()));
  return reactor;
}

grpc::ServerUnaryReactor* TopicAdminService::DescribeTopic(
    grpc::CallbackServerContext* context,
    const v1::DescribeTopicRequest* request,
    v1::DescribeTopicResponse* response) {
  absl::StatusOr<v1::DescribeTopicResponse> described = Describe(*request);
  if (described.ok()) *response = *std::move(described);
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  reactor->Finish(rpc::ToGrpc(described.status()));
  return reactor;
}

}  // namespace barnabas::broker
