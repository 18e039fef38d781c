#include "tests/tools/cli/scripted_admin.h"

#include "absl/strings/str_cat.h"
#include "proto/types/error_proto.h"
#include "proto/types/status_macros.h"

namespace barnabas::cli {
namespace {

absl::Status Called(Script* script, const char* method) {
  script->calls.push_back(method);
  return script->status;
}

v1::DescribeQuorumResponse SampleQuorum() {
  v1::DescribeQuorumResponse reply;
  reply.set_node_id(1);
  reply.set_leader_id(1);
  reply.set_term(3);
  v1::QuorumReplica* replica = reply.add_replicas();
  replica->set_id(1);
  replica->set_host("localhost");
  replica->set_port(9293);
  replica->set_voter(true);
  replica->set_leader(true);
  return reply;
}

}  // namespace

absl::Status ScriptedAdmin::Called(const char* method) {
  return cli::Called(&script_, method);
}

void ScriptedAdmin::FillResult(const std::string& name,
                               v1::TopicResult* result) {
  result->set_name(name);
  if (!script_.item.ok()) {
    *result->mutable_error() = ToProto(script_.item);
    return;
  }
  result->set_partitions(6);
  result->add_brokers(100);
}

absl::StatusOr<v1::GetServerInfoResponse> ScriptedAdmin::GetServerInfo() {
  RETURN_IF_ERROR(Called("GetServerInfo"));
  v1::GetServerInfoResponse reply;
  reply.set_version("0.1.0");
  return reply;
}

absl::StatusOr<v1::DescribeClusterResponse> ScriptedAdmin::DescribeCluster() {
  RETURN_IF_ERROR(Called("DescribeCluster"));
  v1::DescribeClusterResponse reply;
  v1::BrokerInfo* broker = reply.add_brokers();
  broker->set_id(100);
  broker->set_state(v1::BROKER_STATE_RUNNING);
  v1::Endpoint* endpoint = broker->add_endpoints();
  endpoint->set_listener("client");
  endpoint->set_host("h");
  endpoint->set_port(9292);
  return reply;
}

absl::StatusOr<v1::DescribeTopicsResponse> ScriptedAdmin::DescribeTopics(
    const v1::DescribeTopicsRequest& request) {
  RETURN_IF_ERROR(Called("DescribeTopics"));
  v1::DescribeTopicsResponse reply;
  for (const v1::TopicRef& topic : request.topics()) {
    v1::DescribedTopic* described = reply.add_topics();
    described->set_name(topic.name());
    if (!script_.item.ok()) {
      *described->mutable_error() = ToProto(script_.item);
      continue;
    }
    described->mutable_topic()->set_name(topic.name());
    described->mutable_topic()->add_partitions()->set_partition(0);
  }
  return reply;
}

absl::StatusOr<v1::CreateTopicsResponse> ScriptedAdmin::CreateTopics(
    const v1::CreateTopicsRequest& request) {
  RETURN_IF_ERROR(Called("CreateTopics"));
  v1::CreateTopicsResponse reply;
  for (const v1::CreateTopic& topic : request.topics()) {
    FillResult(topic.name(), reply.add_results());
  }
  return reply;
}

absl::StatusOr<v1::ListTopicsResponse> ScriptedAdmin::ListTopics(
    const v1::ListTopicsRequest& request) {
  RETURN_IF_ERROR(Called("ListTopics"));
  v1::ListTopicsResponse reply;
  // Two pages.
  const bool second = request.page_token() == "more";
  v1::TopicSummary* topic = reply.add_topics();
  topic->set_name(second ? "payments" : "orders");
  topic->set_partitions(6);
  topic->set_replication_factor(1);
  topic->set_retention_ms(-1);
  if (!second) reply.set_next_page_token("more");
  return reply;
}

absl::StatusOr<v1::DescribeTopicResponse> ScriptedAdmin::DescribeTopic(
    const v1::DescribeTopicRequest& request) {
  RETURN_IF_ERROR(Called("DescribeTopic"));
  v1::DescribeTopicResponse reply;
  reply.set_name(request.topic().name());
  v1::PartitionDetail* detail = reply.add_partitions();
  detail->mutable_partition()->add_replicas(100);
  detail->set_high_watermark(7);
  return reply;
}

absl::StatusOr<v1::AlterTopicsResponse> ScriptedAdmin::AlterTopics(
    const v1::AlterTopicsRequest& request) {
  RETURN_IF_ERROR(Called("AlterTopics"));
  v1::AlterTopicsResponse reply;
  for (const v1::AlterTopic& topic : request.topics()) {
    FillResult(topic.name(), reply.add_results());
  }
  return reply;
}

absl::StatusOr<v1::AddPartitionsResponse> ScriptedAdmin::AddPartitions(
    const v1::AddPartitionsRequest& request) {
  RETURN_IF_ERROR(Called("AddPartitions"));
  v1::AddPartitionsResponse reply;
  for (const v1::AddPartitions& topic : request.topics()) {
    FillResult(topic.name(), reply.add_results());
  }
  return reply;
}

absl::StatusOr<v1::DeleteTopicsResponse> ScriptedAdmin::DeleteTopics(
    const v1::DeleteTopicsRequest& request) {
  RETURN_IF_ERROR(Called("DeleteTopics"));
  v1::DeleteTopicsResponse reply;
  for (const v1::DeleteTopic& topic : request.topics()) {
    FillResult(topic.topic().name(), reply.add_results());
  }
  return reply;
}

absl::StatusOr<v1::DescribeConfigResponse> ScriptedAdmin::DescribeConfig(
    const v1::DescribeConfigRequest& request) {
  RETURN_IF_ERROR(Called("DescribeConfig"));
  v1::DescribeConfigResponse reply;
  *reply.mutable_scope() = request.scope();
  v1::DescribedSetting* setting = reply.add_settings();
  setting->set_key("retention.ms");
  setting->set_value("-1");
  setting->set_origin(v1::ORIGIN_TOPIC);
  return reply;
}

absl::StatusOr<v1::AlterConfigResponse> ScriptedAdmin::AlterConfig(
    const v1::AlterConfigRequest& request) {
  RETURN_IF_ERROR(Called("AlterConfig"));
  v1::AlterConfigResponse reply;
  for (const v1::AlterConfig& change : request.changes()) {
    v1::AlterConfigResult* result = reply.add_results();
    *result->mutable_scope() = change.scope();
    if (!script_.item.ok()) *result->mutable_error() = ToProto(script_.item);
  }
  return reply;
}

absl::StatusOr<v1::ListOffsetsResponse> ScriptedLeaders::ListOffsets(
    const v1::ListOffsetsRequest& request) {
  RETURN_IF_ERROR(Called(&script_, "ListOffsets"));
  v1::ListOffsetsResponse reply;
  reply.set_topic(request.topic().name());
  reply.add_partitions()->set_high_watermark(7);
  return reply;
}

absl::StatusOr<v1::OffsetsForTimesResponse> ScriptedLeaders::OffsetsForTimes(
    const v1::OffsetsForTimesRequest& request) {
  RETURN_IF_ERROR(Called(&script_, "OffsetsForTimes"));
  v1::OffsetsForTimesResponse reply;
  reply.set_topic(request.topic().name());
  reply.add_partitions()->set_offset(3);
  return reply;
}

absl::StatusOr<v1::TrimTopicResponse> ScriptedLeaders::TrimTopic(
    const v1::TrimTopicRequest& request) {
  RETURN_IF_ERROR(Called(&script_, "TrimTopic"));
  v1::TrimTopicResponse reply;
  reply.set_topic(request.topic().name());
  v1::TrimmedPartition* trimmed = reply.add_partitions();
  if (!script_.item.ok()) {
    *trimmed->mutable_error() = ToProto(script_.item);
    return reply;
  }
  trimmed->set_log_start(3);
  trimmed->set_high_watermark(7);
  trimmed->set_size_bytes_before(2048);
  trimmed->set_size_bytes(1024);
  return reply;
}

absl::StatusOr<v1::CompactTopicResponse> ScriptedLeaders::CompactTopic(
    const v1::CompactTopicRequest& request) {
  RETURN_IF_ERROR(Called(&script_, "CompactTopic"));
  v1::CompactTopicResponse reply;
  reply.set_topic(request.topic().name());
  v1::CompactedPartition* compacted = reply.add_partitions();
  if (!script_.item.ok()) {
    *compacted->mutable_error() = ToProto(script_.item);
    return reply;
  }
  compacted->set_done(request.wait());
  compacted->set_records_kept(3);
  compacted->set_records_removed(4);
  compacted->set_size_bytes_before(2048);
  compacted->set_size_bytes(1024);
  compacted->set_dirty_bytes_before(2048);
  compacted->set_log_end(7);
  return reply;
}

absl::StatusOr<v1::GetLogLevelsResponse> ScriptedNode::GetLogLevels() {
  RETURN_IF_ERROR(script_.status);
  v1::GetLogLevelsResponse reply;
  reply.set_severity(v1::SEVERITY_INFO);
  return reply;
}

absl::StatusOr<v1::SetLogLevelResponse> ScriptedNode::SetLogLevel(
    const v1::SetLogLevelRequest& request) {
  RETURN_IF_ERROR(script_.status);
  v1::SetLogLevelResponse reply;
  reply.mutable_levels()->set_severity(v1::SEVERITY_INFO);
  return reply;
}

absl::StatusOr<v1::DescribeLogDirsResponse> ScriptedNode::DescribeLogDirs(
    const v1::DescribeLogDirsRequest&) {
  RETURN_IF_ERROR(script_.status);
  v1::DescribeLogDirsResponse reply;
  reply.set_node_id(100);
  v1::LogDir* dir = reply.add_dirs();
  dir->set_path("/data");
  dir->set_total_bytes(1024 * 1024);
  dir->set_free_bytes(512 * 1024);
  dir->set_reserve_bytes(64 * 1024);
  dir->set_partition_bytes(2048);
  v1::PartitionSize* partition = dir->add_partitions();
  partition->set_topic("t");
  partition->set_partition(0);
  partition->set_size_bytes(2048);
  partition->set_segments(1);
  partition->set_leader(true);
  return reply;
}

absl::StatusOr<v1::DescribeQuorumResponse> ScriptedNode::DescribeQuorum() {
  RETURN_IF_ERROR(Called(&script_, "DescribeQuorum"));
  return SampleQuorum();
}

absl::StatusOr<v1::DescribeQuorumResponse> ScriptedQuorum::DescribeQuorum(
    const v1::DescribeQuorumRequest&) {
  RETURN_IF_ERROR(Called(&script_, "DescribeQuorum"));
  return SampleQuorum();
}

absl::StatusOr<v1::AddVoterResponse> ScriptedQuorum::AddVoter(
    const v1::AddVoterRequest&) {
  RETURN_IF_ERROR(Called(&script_, "AddVoter"));
  return v1::AddVoterResponse();
}

absl::StatusOr<v1::RemoveVoterResponse> ScriptedQuorum::RemoveVoter(
    const v1::RemoveVoterRequest&) {
  RETURN_IF_ERROR(Called(&script_, "RemoveVoter"));
  return v1::RemoveVoterResponse();
}

absl::StatusOr<v1::TransferLeadershipResponse>
ScriptedQuorum::TransferLeadership(const v1::TransferLeadershipRequest&) {
  RETURN_IF_ERROR(Called(&script_, "TransferLeadership"));
  return v1::TransferLeadershipResponse();
}

absl::Status ScriptedCluster::Called(const char* method) {
  return cli::Called(&script_, method);
}

void ScriptedCluster::Fill(int32_t broker, v1::BrokerResult* result) {
  result->set_broker_id(broker);
  if (!script_.item.ok()) {
    *result->mutable_error() = ToProto(script_.item);
    return;
  }
  result->set_changed(true);
  result->set_moved_leaders(4);
  result->set_remaining_leaders(1);
  v1::PartitionName* stays = result->add_remaining();
  stays->set_topic("orders");
  stays->set_partition(2);
}

absl::StatusOr<v1::DrainBrokersResponse> ScriptedCluster::DrainBrokers(
    const v1::DrainBrokersRequest& request) {
  RETURN_IF_ERROR(Called("DrainBrokers"));
  v1::DrainBrokersResponse reply;
  for (const int32_t id : request.broker_ids()) Fill(id, reply.add_results());
  return reply;
}

absl::StatusOr<v1::UndrainBrokersResponse> ScriptedCluster::UndrainBrokers(
    const v1::UndrainBrokersRequest& request) {
  RETURN_IF_ERROR(Called("UndrainBrokers"));
  v1::UndrainBrokersResponse reply;
  for (const int32_t id : request.broker_ids()) Fill(id, reply.add_results());
  return reply;
}

absl::StatusOr<v1::DecommissionBrokersResponse>
ScriptedCluster::DecommissionBrokers(
    const v1::DecommissionBrokersRequest& request) {
  RETURN_IF_ERROR(Called("DecommissionBrokers"));
  v1::DecommissionBrokersResponse reply;
  for (const int32_t id : request.broker_ids()) Fill(id, reply.add_results());
  return reply;
}

absl::StatusOr<v1::ElectLeadersResponse> ScriptedCluster::ElectLeaders(
    const v1::ElectLeadersRequest& request) {
  RETURN_IF_ERROR(Called("ElectLeaders"));
  v1::ElectLeadersResponse reply;
  for (const v1::TopicPartitions& topic : request.topics()) {
    v1::ElectionResult* result = reply.add_results();
    result->mutable_partition()->set_topic(topic.topic().name());
    result->set_leader(100);
    if (script_.item.ok()) {
      reply.set_elected(reply.elected() + 1);
      continue;
    }
    *result->mutable_error() = ToProto(script_.item);
    reply.set_failed(reply.failed() + 1);
  }
  return reply;
}

absl::StatusOr<v1::CheckHealthResponse> ScriptedCluster::CheckHealth(
    const v1::CheckHealthRequest&) {
  RETURN_IF_ERROR(Called("CheckHealth"));
  v1::CheckHealthResponse reply;
  reply.set_healthy(script_.item.ok());
  if (reply.healthy()) return reply;
  v1::HealthFinding* finding = reply.add_findings();
  finding->set_level(v1::HEALTH_LEVEL_CRITICAL);
  finding->set_kind(v1::HEALTH_KIND_BROKER_FENCED);
  finding->set_subject("broker 100");
  finding->set_message("is fenced");
  finding->set_hint("start it");
  return reply;
}

absl::StatusOr<v1::DescribeFeaturesResponse> ScriptedCluster::DescribeFeatures(
    const v1::DescribeFeaturesRequest&) {
  RETURN_IF_ERROR(Called("DescribeFeatures"));
  v1::DescribeFeaturesResponse reply;
  v1::FeatureInfo* feature = reply.add_features();
  feature->set_name("metadata");
  feature->set_level(1);
  feature->set_min_level(1);
  feature->set_max_level(2);
  v1::NodeFeature* node = feature->add_nodes();
  node->set_node_id(100);
  node->set_min_level(1);
  node->set_max_level(2);
  return reply;
}

absl::StatusOr<v1::UpdateFeaturesResponse> ScriptedCluster::UpdateFeatures(
    const v1::UpdateFeaturesRequest& request) {
  RETURN_IF_ERROR(Called("UpdateFeatures"));
  v1::UpdateFeaturesResponse reply;
  for (const v1::FeatureUpdate& update : request.updates()) {
    v1::FeatureResult* result = reply.add_results();
    result->set_name(update.name());
    result->set_previous_level(1);
    if (script_.item.ok()) {
      result->set_level(update.level());
    } else {
      *result->mutable_error() = ToProto(script_.item);
    }
  }
  return reply;
}

absl::StatusOr<int> ScriptedNode::CheckHealth(const std::string& service) {
  RETURN_IF_ERROR(script_.status);
  if (service == "stopping") return 2;
  return service == "nosuch" ? 3 : 1;
}

absl::Status ScriptedRaw::Call(
    client::CallKind, const std::string& path, const std::string& request,
    absl::FunctionRef<absl::Status(const std::string&)> take,
    absl::FunctionRef<bool()>) {
  RETURN_IF_ERROR(Called(&script_, path.c_str()));
  v1::ListTopicsRequest asked;
  asked.ParseFromString(request);
  v1::ListTopicsResponse reply;
  reply.set_next_page_token(
      absl::StrCat(asked.pattern(), "/", asked.page_size()));
  return take(reply.SerializeAsString());
}

}  // namespace barnabas::cli
