#include "tools/cli/frame/tracing_admin.h"

#include <utility>

#include "absl/strings/str_format.h"
#include "tools/cli/frame/error_text.h"

namespace barnabas::cli {

TracingAdmin::TracingAdmin(std::shared_ptr<client::Admin> inner,
                           Session* session)
    : inner_(std::move(inner)), session_(session) {}

template <typename Call>
auto TracingAdmin::Traced(const char* method, Call call) {
  const absl::Duration begin = session_->clock().Monotonic();
  auto reply = call();
  const absl::Duration took = session_->clock().Monotonic() - begin;
  session_->Say(absl::StrFormat("trace: barnabas.v1.%s %s %.1f ms", method,
                                reply.ok() ? "OK" : ReasonOf(reply.status()),
                                absl::ToDoubleMilliseconds(took)));
  return reply;
}

absl::StatusOr<v1::GetServerInfoResponse> TracingAdmin::GetServerInfo() {
  return Traced("Discovery/GetServerInfo",
                [this] { return inner_->GetServerInfo(); });
}

absl::StatusOr<v1::DescribeClusterResponse> TracingAdmin::DescribeCluster() {
  return Traced("Discovery/DescribeCluster",
                [this] { return inner_->DescribeCluster(); });
}

absl::StatusOr<v1::DescribeTopicsResponse> TracingAdmin::DescribeTopics(
    const v1::DescribeTopicsRequest& request) {
  return Traced("Discovery/DescribeTopics",
                [&] { return inner_->DescribeTopics(request); });
}

absl::StatusOr<v1::CreateTopicsResponse> TracingAdmin::CreateTopics(
    const v1::CreateTopicsRequest& request) {
  return Traced("TopicAdmin/CreateTopics",
                [&] { return inner_->CreateTopics(request); });
}

absl::StatusOr<v1::ListTopicsResponse> TracingAdmin::ListTopics(
    const v1::ListTopicsRequest& request) {
  return Traced("TopicAdmin/ListTopics",
                [&] { return inner_->ListTopics(request); });
}

absl::StatusOr<v1::DescribeTopicResponse> TracingAdmin::DescribeTopic(
    const v1::DescribeTopicRequest& request) {
  return Traced("TopicAdmin/DescribeTopic",
                [&] { return inner_->DescribeTopic(request); });
}

absl::StatusOr<v1::AlterTopicsResponse> TracingAdmin::AlterTopics(
    const v1::AlterTopicsRequest& request) {
  return Traced("TopicAdmin/AlterTopics",
                [&] { return inner_->AlterTopics(request); });
}

absl::StatusOr<v1::AddPartitionsResponse> TracingAdmin::AddPartitions(
    const v1::AddPartitionsRequest& request) {
  return Traced("TopicAdmin/AddPartitions",
                [&] { return inner_->AddPartitions(request); });
}

absl::StatusOr<v1::DeleteTopicsResponse> TracingAdmin::DeleteTopics(
    const v1::DeleteTopicsRequest& request) {
  return Traced("TopicAdmin/DeleteTopics",
                [&] { return inner_->DeleteTopics(request); });
}

absl::StatusOr<v1::DescribeConfigResponse> TracingAdmin::DescribeConfig(
    const v1::DescribeConfigRequest& request) {
  return Traced("ConfigAdmin/DescribeConfig",
                [&] { return inner_->DescribeConfig(request); });
}

absl::StatusOr<v1::AlterConfigResponse> TracingAdmin::AlterConfig(
    const v1::AlterConfigRequest& request) {
  return Traced("ConfigAdmin/AlterConfig",
                [&] { return inner_->AlterConfig(request); });
}

absl::StatusOr<v1::ListOffsetsResponse> TracingAdmin::ListOffsets(
    const v1::ListOffsetsRequest& request) {
  return Traced("Consumer/ListOffsets",
                [&] { return inner_->ListOffsets(request); });
}

absl::StatusOr<v1::OffsetsForTimesResponse> TracingAdmin::OffsetsForTimes(
    const v1::OffsetsForTimesRequest& request) {
  return Traced("Consumer/OffsetsForTimes",
                [&] { return inner_->OffsetsForTimes(request); });
}

}  // namespace barnabas::cli
