// ScriptedAdmin: a cluster that answers every call in the same way.
//
// What: `status` for all calls if it is not OK, else small sample replies whose
//   items fail with `item` if that is not OK.
// Units: none. Empty case: a new one succeeds in everything.
// Thread: one at a time. Errors: those it is told to give.
#ifndef BARNABAS_TESTS_TOOLS_CLI_SCRIPTED_ADMIN_H_
#define BARNABAS_TESTS_TOOLS_CLI_SCRIPTED_ADMIN_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/admin/admin.h"
#include "client/admin/raw_client.h"

namespace barnabas::cli {

struct Script {
  absl::Status status;
  absl::Status item;
  // Methods called, in order.
  std::vector<std::string> calls;
};

class ScriptedLeaders final : public client::LeaderAdmin {
 public:
  explicit ScriptedLeaders(Script* script) : script_(*script) {}

  absl::StatusOr<v1::ListOffsetsResponse> ListOffsets(
      const v1::ListOffsetsRequest& request) override;
  absl::StatusOr<v1::OffsetsForTimesResponse> OffsetsForTimes(
      const v1::OffsetsForTimesRequest& request) override;
  absl::StatusOr<v1::TrimTopicResponse> TrimTopic(
      const v1::TrimTopicRequest& request) override;
  absl::StatusOr<v1::CompactTopicResponse> CompactTopic(
      const v1::CompactTopicRequest& request) override;

 private:
  Script& script_;
};

class ScriptedQuorum final : public client::QuorumAdmin {
 public:
  explicit ScriptedQuorum(Script* script) : script_(*script) {}

  absl::StatusOr<v1::DescribeQuorumResponse> DescribeQuorum(
      const v1::DescribeQuorumRequest& request) override;
  absl::StatusOr<v1::AddVoterResponse> AddVoter(
      const v1::AddVoterRequest& request) override;
  absl::StatusOr<v1::RemoveVoterResponse> RemoveVoter(
      const v1::RemoveVoterRequest& request) override;
  absl::StatusOr<v1::TransferLeadershipResponse> TransferLeadership(
      const v1::TransferLeadershipRequest& request) override;

 private:
  Script& script_;
};

class ScriptedCluster final : public client::ClusterAdmin {
 public:
  explicit ScriptedCluster(Script* script) : script_(*script) {}

  absl::StatusOr<v1::DrainBrokersResponse> DrainBrokers(
      const v1::DrainBrokersRequest& request) override;
  absl::StatusOr<v1::UndrainBrokersResponse> UndrainBrokers(
      const v1::UndrainBrokersRequest& request) override;
  absl::StatusOr<v1::DecommissionBrokersResponse> DecommissionBrokers(
      const v1::DecommissionBrokersRequest& request) override;
  absl::StatusOr<v1::ElectLeadersResponse> ElectLeaders(
      const v1::ElectLeadersRequest& request) override;
  absl::StatusOr<v1::CheckHealthResponse> CheckHealth(
      const v1::CheckHealthRequest& request) override;
  absl::StatusOr<v1::DescribeFeaturesResponse> DescribeFeatures(
      const v1::DescribeFeaturesRequest& request) override;
  absl::StatusOr<v1::UpdateFeaturesResponse> UpdateFeatures(
      const v1::UpdateFeaturesRequest& request) override;

 private:
  absl::Status Called(const char* method);
  void Fill(int32_t broker, v1::BrokerResult* result);

  Script& script_;
};

class ScriptedAdmin final : public client::Admin {
 public:
  explicit ScriptedAdmin(Script* script) : script_(*script) {}

  absl::StatusOr<v1::GetServerInfoResponse> GetServerInfo() override;
  absl::StatusOr<v1::DescribeClusterResponse> DescribeCluster() override;
  absl::StatusOr<v1::DescribeTopicsResponse> DescribeTopics(
      const v1::DescribeTopicsRequest& request) override;
  absl::StatusOr<v1::CreateTopicsResponse> CreateTopics(
      const v1::CreateTopicsRequest& request) override;
  absl::StatusOr<v1::ListTopicsResponse> ListTopics(
      const v1::ListTopicsRequest& request) override;
  absl::StatusOr<v1::DescribeTopicResponse> DescribeTopic(
      const v1::DescribeTopicRequest& request) override;
  absl::StatusOr<v1::AlterTopicsResponse> AlterTopics(
      const v1::AlterTopicsRequest& request) override;
  absl::StatusOr<v1::AddPartitionsResponse> AddPartitions(
      const v1::AddPartitionsRequest& request) override;
  absl::StatusOr<v1::DeleteTopicsResponse> DeleteTopics(
      const v1::DeleteTopicsRequest& request) override;
  absl::StatusOr<v1::DescribeConfigResponse> DescribeConfig(
      const v1::DescribeConfigRequest& request) override;
  absl::StatusOr<v1::AlterConfigResponse> AlterConfig(
      const v1::AlterConfigRequest& request) override;
  client::LeaderAdmin& leaders() override { return leaders_; }
  client::QuorumAdmin& quorum() override { return quorum_; }
  client::ClusterAdmin& cluster() override { return cluster_; }

 private:
  absl::Status Called(const char* method);
  void FillResult(const std::string& name, v1::TopicResult* result);

  Script& script_;
  ScriptedLeaders leaders_{&script_};
  ScriptedQuorum quorum_{&script_};
  ScriptedCluster cluster_{&script_};
};

class ScriptedNode final : public client::NodeClient {
 public:
  explicit ScriptedNode(Script* script) : script_(*script) {}

  absl::StatusOr<v1::GetLogLevelsResponse> GetLogLevels() override;
  absl::StatusOr<v1::SetLogLevelResponse> SetLogLevel(
      const v1::SetLogLevelRequest& request) override;
  absl::StatusOr<v1::DescribeLogDirsResponse> DescribeLogDirs(
      const v1::DescribeLogDirsRequest& request) override;
  absl::StatusOr<v1::DescribeQuorumResponse> DescribeQuorum() override;
  absl::StatusOr<int> CheckHealth(const std::string& service) override;

 private:
  Script& script_;
};

class ScriptedRaw final : public client::RawClient {
 public:
  explicit ScriptedRaw(Script* script) : script_(*script) {}

  // Answers ListTopics with what it was asked for.
  absl::Status Call(client::CallKind kind, const std::string& path,
                    const std::string& request,
                    absl::FunctionRef<absl::Status(const std::string&)> take,
                    absl::FunctionRef<bool()> stopped) override;

 private:
  Script& script_;
};

}  // namespace barnabas::cli

#endif  // BARNABAS_TESTS_TOOLS_CLI_SCRIPTED_ADMIN_H_
