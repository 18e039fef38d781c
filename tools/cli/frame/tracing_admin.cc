#include "tools/cli/frame/tracing_admin.h"

#include <utility>

#include "absl/strings/str_format.h"
#include "tools/cli/frame/error_text.h"

namespace barnabas::cli {

namespace {

template <typename Call>
auto TracedBy(Session* session, const char* method, Call call) {
  const absl::Duration begin = session->clock().Monotonic();
  auto reply = call();
  const absl::Duration took = session->clock().Monotonic() - begin;
  session->Say(absl::StrFormat("trace: barnabas.v1.%s %s %.1f ms", method,
                               reply.ok() ? "OK" : ReasonOf(reply.status()),
                               absl::ToDoubleMilliseconds(took)));
  return reply;
}

class TracingLeaders final : public client::LeaderAdmin {
 public:
  TracingLeaders(client::LeaderAdmin* inner, Session* session)
      : inner_(inner), session_(session) {}

  absl::StatusOr<v1::ListOffsetsResponse> ListOffsets(
      const v1::ListOffsetsRequest& request) override {
    return TracedBy(session_, "Consumer/ListOffsets",
                    [&] { return inner_->ListOffsets(request); });
  }
  absl::StatusOr<v1::OffsetsForTimesResponse> OffsetsForTimes(
      const v1::OffsetsForTimesRequest& request) override {
    return TracedBy(session_, "Consumer/OffsetsForTimes",
                    [&] { return inner_->OffsetsForTimes(request); });
  }
  absl::StatusOr<v1::TrimTopicResponse> TrimTopic(
      const v1::TrimTopicRequest& request) override {
    return TracedBy(session_, "TopicAdmin/TrimTopic",
                    [&] { return inner_->TrimTopic(request); });
  }
  absl::StatusOr<v1::CompactTopicResponse> CompactTopic(
      const v1::CompactTopicRequest& request) override {
    return TracedBy(session_, "TopicAdmin/CompactTopic",
                    [&] { return inner_->CompactTopic(request); });
  }

 private:
  client::LeaderAdmin* const inner_;
  Session* const session_;
};

class TracingQuorum final : public client::QuorumAdmin {
 public:
  TracingQuorum(client::QuorumAdmin* inner, Session* session)
      : inner_(inner), session_(session) {}

  absl::StatusOr<v1::DescribeQuorumResponse> DescribeQuorum(
      const v1::DescribeQuorumRequest& request) override {
    return TracedBy(session_, "QuorumAdmin/DescribeQuorum",
                    [&] { return inner_->DescribeQuorum(request); });
  }
  absl::StatusOr<v1::AddVoterResponse> AddVoter(
      const v1::AddVoterRequest& request) override {
    return TracedBy(session_, "QuorumAdmin/AddVoter",
                    [&] { return inner_->AddVoter(request); });
  }
  absl::StatusOr<v1::RemoveVoterResponse> RemoveVoter(
      const v1::RemoveVoterRequest& request) override {
    return TracedBy(session_, "QuorumAdmin/RemoveVoter",
                    [&] { return inner_->RemoveVoter(request); });
  }
  absl::StatusOr<v1::TransferLeadershipResponse> TransferLeadership(
      const v1::TransferLeadershipRequest& request) override {
    return TracedBy(session_, "QuorumAdmin/TransferLeadership",
                    [&] { return inner_->TransferLeadership(request); });
  }

 private:
  client::QuorumAdmin* const inner_;
  Session* const session_;
};

class TracingCluster final : public client::ClusterAdmin {
 public:
  TracingCluster(client::ClusterAdmin* inner, Session* session)
      : inner_(inner), session_(session) {}

  absl::StatusOr<v1::DrainBrokersResponse> DrainBrokers(
      const v1::DrainBrokersRequest& request) override {
    return TracedBy(session_, "ClusterAdmin/DrainBrokers",
                    [&] { return inner_->DrainBrokers(request); });
  }
  absl::StatusOr<v1::UndrainBrokersResponse> UndrainBrokers(
      const v1::UndrainBrokersRequest& request) override {
    return TracedBy(session_, "ClusterAdmin/UndrainBrokers",
                    [&] { return inner_->UndrainBrokers(request); });
  }
  absl::StatusOr<v1::DecommissionBrokersResponse> DecommissionBrokers(
      const v1::DecommissionBrokersRequest& request) override {
    return TracedBy(session_, "ClusterAdmin/DecommissionBrokers",
                    [&] { return inner_->DecommissionBrokers(request); });
  }
  absl::StatusOr<v1::ElectLeadersResponse> ElectLeaders(
      const v1::ElectLeadersRequest& request) override {
    return TracedBy(session_, "ClusterAdmin/ElectLeaders",
                    [&] { return inner_->ElectLeaders(request); });
  }
  absl::StatusOr<v1::CheckHealthResponse> CheckHealth(
      const v1::CheckHealthRequest& request) override {
    return TracedBy(session_, "ClusterAdmin/CheckHealth",
                    [&] { return inner_->CheckHealth(request); });
  }
  absl::StatusOr<v1::DescribeFeaturesResponse> DescribeFeatures(
      const v1::DescribeFeaturesRequest& request) override {
    return TracedBy(session_, "ClusterAdmin/DescribeFeatures",
                    [&] { return inner_->DescribeFeatures(request); });
  }
  absl::StatusOr<v1::UpdateFeaturesResponse> UpdateFeatures(
      const v1::UpdateFeaturesRequest& request) override {
    return TracedBy(session_, "ClusterAdmin/UpdateFeatures",
                    [&] { return inner_->UpdateFeatures(request); });
  }

 private:
  client::ClusterAdmin* const inner_;
  Session* const session_;
};

}  // namespace

TracingAdmin::TracingAdmin(std::shared_ptr<client::Admin> inner,
                           Session* session)
    : inner_(std::move(inner)),
      session_(session),
      leaders_(std::make_unique<TracingLeaders>(&inner_->leaders(), session)),
      quorum_(std::make_unique<TracingQuorum>(&inner_->quorum(), session)),
      cluster_(std::make_unique<TracingCluster>(&inner_->cluster(), session)) {}

absl::StatusOr<v1::GetServerInfoResponse> TracingAdmin::GetServerInfo() {
  return TracedBy(session_, "Discovery/GetServerInfo",
                  [this] { return inner_->GetServerInfo(); });
}

absl::StatusOr<v1::DescribeClusterResponse> TracingAdmin::DescribeCluster() {
  return TracedBy(session_, "Discovery/DescribeCluster",
                  [&] { return inner_->DescribeCluster(); });
}

absl::StatusOr<v1::DescribeTopicsResponse> TracingAdmin::DescribeTopics(
    const v1::DescribeTopicsRequest& request) {
  return TracedBy(session_, "Discovery/DescribeTopics",
                  [&] { return inner_->DescribeTopics(request); });
}

absl::StatusOr<v1::CreateTopicsResponse> TracingAdmin::CreateTopics(
    const v1::CreateTopicsRequest& request) {
  return TracedBy(session_, "TopicAdmin/CreateTopics",
                  [&] { return inner_->CreateTopics(request); });
}

absl::StatusOr<v1::ListTopicsResponse> TracingAdmin::ListTopics(
    const v1::ListTopicsRequest& request) {
  return TracedBy(session_, "TopicAdmin/ListTopics",
                  [&] { return inner_->ListTopics(request); });
}

absl::StatusOr<v1::DescribeTopicResponse> TracingAdmin::DescribeTopic(
    const v1::DescribeTopicRequest& request) {
  return TracedBy(session_, "TopicAdmin/DescribeTopic",
                  [&] { return inner_->DescribeTopic(request); });
}

absl::StatusOr<v1::AlterTopicsResponse> TracingAdmin::AlterTopics(
    const v1::AlterTopicsRequest& request) {
  return TracedBy(session_, "TopicAdmin/AlterTopics",
                  [&] { return inner_->AlterTopics(request); });
}

absl::StatusOr<v1::AddPartitionsResponse> TracingAdmin::AddPartitions(
    const v1::AddPartitionsRequest& request) {
  return TracedBy(session_, "TopicAdmin/AddPartitions",
                  [&] { return inner_->AddPartitions(request); });
}

absl::StatusOr<v1::DeleteTopicsResponse> TracingAdmin::DeleteTopics(
    const v1::DeleteTopicsRequest& request) {
  return TracedBy(session_, "TopicAdmin/DeleteTopics",
                  [&] { return inner_->DeleteTopics(request); });
}

absl::StatusOr<v1::DescribeConfigResponse> TracingAdmin::DescribeConfig(
    const v1::DescribeConfigRequest& request) {
  return TracedBy(session_, "ConfigAdmin/DescribeConfig",
                  [&] { return inner_->DescribeConfig(request); });
}

absl::StatusOr<v1::AlterConfigResponse> TracingAdmin::AlterConfig(
    const v1::AlterConfigRequest& request) {
  return TracedBy(session_, "ConfigAdmin/AlterConfig",
                  [&] { return inner_->AlterConfig(request); });
}

}  // namespace barnabas::cli
