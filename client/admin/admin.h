// Admin: every unary call of the API on the node that can answer it.
//
// What: one method template-free call per service method: takes and gives the
//   API's own messages, adds deadline, retries what is safe to retry, follows
//   hints. The CLI maps each command to one of these.
// Units: absl::Duration. Empty case: an empty request is what the API says.
// Thread: any thread; calls block up to the deadline.
// Errors: statuses of proto/types/error.h as the server gave them;
//   absl Unavailable / DeadlineExceeded when no node could be reached. A write
//   whose answer was lost is REQUEST_TIMED_OUT: its outcome is unknown
//   (`OutcomeUnknown` tells).
#ifndef BARNABAS_CLIENT_ADMIN_ADMIN_H_
#define BARNABAS_CLIENT_ADMIN_ADMIN_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "barnabas/v1/config_admin.pb.h"
#include "barnabas/v1/discovery.pb.h"
#include "barnabas/v1/node_admin.pb.h"
#include "barnabas/v1/topic_admin.pb.h"
#include "client/admin/cluster_admin.h"
#include "client/admin/leader_admin.h"
#include "client/admin/quorum_admin.h"
#include "client/client_options.h"

namespace barnabas::client {

// True when a write was sent and no answer came: it may have taken effect.
bool OutcomeUnknown(const absl::Status& status);

// Calls on any node of the cluster.
class Admin {
 public:
  // Does not dial yet.
  static absl::StatusOr<std::unique_ptr<Admin>> Create(
      const ClientOptions& options);

  virtual ~Admin() = default;

  virtual absl::StatusOr<v1::GetServerInfoResponse> GetServerInfo() = 0;
  virtual absl::StatusOr<v1::DescribeClusterResponse> DescribeCluster() = 0;
  virtual absl::StatusOr<v1::DescribeTopicsResponse> DescribeTopics(
      const v1::DescribeTopicsRequest& request) = 0;
  virtual absl::StatusOr<v1::CreateTopicsResponse> CreateTopics(
      const v1::CreateTopicsRequest& request) = 0;
  virtual absl::StatusOr<v1::ListTopicsResponse> ListTopics(
      const v1::ListTopicsRequest& request) = 0;
  virtual absl::StatusOr<v1::DescribeTopicResponse> DescribeTopic(
      const v1::DescribeTopicRequest& request) = 0;
  virtual absl::StatusOr<v1::AlterTopicsResponse> AlterTopics(
      const v1::AlterTopicsRequest& request) = 0;
  virtual absl::StatusOr<v1::AddPartitionsResponse> AddPartitions(
      const v1::AddPartitionsRequest& request) = 0;
  virtual absl::StatusOr<v1::DeleteTopicsResponse> DeleteTopics(
      const v1::DeleteTopicsRequest& request) = 0;
  virtual absl::StatusOr<v1::DescribeConfigResponse> DescribeConfig(
      const v1::DescribeConfigRequest& request) = 0;
  virtual absl::StatusOr<v1::AlterConfigResponse> AlterConfig(
      const v1::AlterConfigRequest& request) = 0;
  // What the leaders of a topic's partitions answer.
  virtual LeaderAdmin& leaders() = 0;
  // What the leading controller answers about the quorum.
  virtual QuorumAdmin& quorum() = 0;
  // What it answers about the cluster as a whole.
  virtual ClusterAdmin& cluster() = 0;
};

// Calls that concern exactly one node, at "host:port".
class NodeClient {
 public:
  static absl::StatusOr<std::unique_ptr<NodeClient>> Create(
      const ClientOptions& options, const std::string& endpoint);

  virtual ~NodeClient() = default;

  virtual absl::StatusOr<v1::GetLogLevelsResponse> GetLogLevels() = 0;
  virtual absl::StatusOr<v1::SetLogLevelResponse> SetLogLevel(
      const v1::SetLogLevelRequest& request) = 0;
  virtual absl::StatusOr<v1::DescribeLogDirsResponse> DescribeLogDirs(
      const v1::DescribeLogDirsRequest& request) = 0;
  // The quorum as this controller sees it.
  virtual absl::StatusOr<v1::DescribeQuorumResponse> DescribeQuorum() = 0;
  // grpc.health.v1.Health/Check: 1 serving, 2 not serving, 3 unknown service.
  virtual absl::StatusOr<int> CheckHealth(const std::string& service) = 0;
};

}  // namespace barnabas::client

#endif  // BARNABAS_CLIENT_ADMIN_ADMIN_H_
