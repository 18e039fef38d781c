// TracingAdmin: an Admin that tells on stderr what it calls (--trace).
//
// What: passes every call on and says method, status and time.
// Units: milliseconds. Empty case: none.
// Thread: as the Admin beneath. Errors: passed on as they are.
#ifndef BARNABAS_TOOLS_CLI_FRAME_TRACING_ADMIN_H_
#define BARNABAS_TOOLS_CLI_FRAME_TRACING_ADMIN_H_

#include <memory>

#include "absl/status/statusor.h"
#include "client/admin/admin.h"
#include "tools/cli/frame/session.h"

namespace barnabas::cli {

class TracingAdmin final : public client::Admin {
 public:
  // `session` outlives this.
  TracingAdmin(std::shared_ptr<client::Admin> inner, Session* session);

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
  client::LeaderAdmin& leaders() override { return *leaders_; }
  client::QuorumAdmin& quorum() override { return *quorum_; }
  client::ClusterAdmin& cluster() override { return *cluster_; }

 private:
  const std::shared_ptr<client::Admin> inner_;
  Session* const session_;
  const std::unique_ptr<client::LeaderAdmin> leaders_;
  const std::unique_ptr<client::QuorumAdmin> quorum_;
  const std::unique_ptr<client::ClusterAdmin> cluster_;
};

}  // namespace barnabas::cli

#endif  // BARNABAS_TOOLS_CLI_FRAME_TRACING_ADMIN_H_
