#include "client/admin/admin.h"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "barnabas/v1/config_admin.grpc.pb.h"
#include "barnabas/v1/discovery.grpc.pb.h"
#include "barnabas/v1/node_admin.grpc.pb.h"
#include "barnabas/v1/quorum_admin.grpc.pb.h"
#include "barnabas/v1/topic_admin.grpc.pb.h"
#include "client/admin/gathered.h"
#include "client/admin/node_ask.h"
#include "client/admin/node_caller.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "proto/types/error.h"

namespace barnabas::client {
namespace {

// A broker that only completes an answer gets this long.
constexpr absl::Duration kGatherTimeout = absl::Seconds(2);

ClientOptions ForGathering(ClientOptions options) {
  options.request_timeout = std::min(options.request_timeout, kGatherTimeout);
  return options;
}

class AnyNodeAdmin final : public Admin {
 public:
  explicit AnyNodeAdmin(const ClientOptions& options)
      : caller_(options, options.bootstrap),
        gatherer_(ForGathering(options), options.bootstrap),
        leaders_(LeaderAdmin::Make(&caller_)),
        quorum_(QuorumAdmin::Make(&caller_)),
        cluster_(ClusterAdmin::Make(&caller_)) {}

  absl::StatusOr<v1::GetServerInfoResponse> GetServerInfo() override {
    return Read<v1::Discovery, v1::GetServerInfoResponse>(
        v1::GetServerInfoRequest(), &v1::Discovery::Stub::GetServerInfo);
  }
  absl::StatusOr<v1::DescribeClusterResponse> DescribeCluster() override {
    auto cluster = Read<v1::Discovery, v1::DescribeClusterResponse>(
        v1::DescribeClusterRequest(), &v1::Discovery::Stub::DescribeCluster);
    if (!cluster.ok()) return cluster;
    Gather<v1::Discovery>(RunningBrokers(*cluster), WithoutDisk(*cluster),
                          v1::DescribeClusterRequest(),
                          &v1::Discovery::Stub::DescribeCluster,
                          [&cluster](const v1::DescribeClusterResponse& other) {
                            MergeDisks(other, &*cluster);
                          });
    return cluster;
  }
  absl::StatusOr<v1::DescribeTopicsResponse> DescribeTopics(
      const v1::DescribeTopicsRequest& request) override {
    return Read<v1::Discovery, v1::DescribeTopicsResponse>(
        request, &v1::Discovery::Stub::DescribeTopics);
  }
  absl::StatusOr<v1::CreateTopicsResponse> CreateTopics(
      const v1::CreateTopicsRequest& request) override {
    return Write<v1::TopicAdmin, v1::CreateTopicsResponse>(
        request, &v1::TopicAdmin::Stub::CreateTopics);
  }
  absl::StatusOr<v1::ListTopicsResponse> ListTopics(
      const v1::ListTopicsRequest& request) override {
    auto topics = Read<v1::TopicAdmin, v1::ListTopicsResponse>(
        request, &v1::TopicAdmin::Stub::ListTopics);
    if (!topics.ok() || !LacksSizes(*topics)) return topics;
    const std::map<int32_t, std::string> brokers = Brokers();
    std::set<int32_t> others;
    for (const auto& [id, endpoint] : brokers) others.insert(id);
    others.erase(topics->node_id());
    Gather<v1::TopicAdmin>(brokers, others, request,
                           &v1::TopicAdmin::Stub::ListTopics,
                           [&topics](const v1::ListTopicsResponse& other) {
                             MergeSizes(other, &*topics);
                           });
    return topics;
  }
  absl::StatusOr<v1::DescribeTopicResponse> DescribeTopic(
      const v1::DescribeTopicRequest& request) override {
    auto topic = Read<v1::TopicAdmin, v1::DescribeTopicResponse>(
        request, &v1::TopicAdmin::Stub::DescribeTopic);
    if (!topic.ok() || !request.include_offsets()) return topic;
    const std::set<int32_t> leaders = LeadersToAsk(*topic);
    if (leaders.empty()) return topic;
    Gather<v1::TopicAdmin>(Brokers(), leaders, request,
                           &v1::TopicAdmin::Stub::DescribeTopic,
                           [&topic](const v1::DescribeTopicResponse& other) {
                             MergeOffsets(other, &*topic);
                           });
    return topic;
  }
  absl::StatusOr<v1::AlterTopicsResponse> AlterTopics(
      const v1::AlterTopicsRequest& request) override {
    return Write<v1::TopicAdmin, v1::AlterTopicsResponse>(
        request, &v1::TopicAdmin::Stub::AlterTopics);
  }
  absl::StatusOr<v1::AddPartitionsResponse> AddPartitions(
      const v1::AddPartitionsRequest& request) override {
    return Write<v1::TopicAdmin, v1::AddPartitionsResponse>(
        request, &v1::TopicAdmin::Stub::AddPartitions);
  }
  absl::StatusOr<v1::DeleteTopicsResponse> DeleteTopics(
      const v1::DeleteTopicsRequest& request) override {
    return Write<v1::TopicAdmin, v1::DeleteTopicsResponse>(
        request, &v1::TopicAdmin::Stub::DeleteTopics);
  }
  absl::StatusOr<v1::DescribeConfigResponse> DescribeConfig(
      const v1::DescribeConfigRequest& request) override {
    return Read<v1::ConfigAdmin, v1::DescribeConfigResponse>(
        request, &v1::ConfigAdmin::Stub::DescribeConfig);
  }
  absl::StatusOr<v1::AlterConfigResponse> AlterConfig(
      const v1::AlterConfigRequest& request) override {
    return Write<v1::ConfigAdmin, v1::AlterConfigResponse>(
        request, &v1::ConfigAdmin::Stub::AlterConfig);
  }
  LeaderAdmin& leaders() override { return *leaders_; }
  QuorumAdmin& quorum() override { return *quorum_; }
  ClusterAdmin& cluster() override { return *cluster_; }

 private:
  template <typename Service, typename Response, typename Request,
            typename Method>
  absl::StatusOr<Response> Read(const Request& request, Method method) {
    return Ask<Service, Response>(&caller_, CallKind::kRead, request, method);
  }
  template <typename Service, typename Response, typename Request,
            typename Method>
  absl::StatusOr<Response> Write(const Request& request, Method method) {
    return Ask<Service, Response>(&caller_, CallKind::kWrite, request, method);
  }

  std::map<int32_t, std::string> Brokers() {
    const auto cluster = Read<v1::Discovery, v1::DescribeClusterResponse>(
        v1::DescribeClusterRequest(), &v1::Discovery::Stub::DescribeCluster);
    // Without it the answer stays as incomplete as it says it is.
    return cluster.ok() ? RunningBrokers(*cluster)
                        : std::map<int32_t, std::string>();
  }

  // Asks those of `brokers` that are `wanted`; whoever does not answer leaves
  // a gap.
  template <typename Service, typename Request, typename Response,
            typename Merge>
  void Gather(const std::map<int32_t, std::string>& brokers,
              const std::set<int32_t>& wanted, const Request& request,
              grpc::Status (Service::Stub::*method)(grpc::ClientContext*,
                                                    const Request&, Response*),
              Merge merge) {
    for (const int32_t id : wanted) {
      const auto found = brokers.find(id);
      if (found == brokers.end()) continue;
      const absl::StatusOr<Response> other = AskAt<Service, Response>(
          &gatherer_, found->second, CallKind::kRead, request, method);
      if (other.ok()) merge(*other);
    }
  }

  NodeCaller caller_;
  NodeCaller gatherer_;
  const std::unique_ptr<LeaderAdmin> leaders_;
  const std::unique_ptr<QuorumAdmin> quorum_;
  const std::unique_ptr<ClusterAdmin> cluster_;
};

class OneNode final : public NodeClient {
 public:
  OneNode(const ClientOptions& options, const std::string& endpoint)
      : caller_(options, {endpoint}), endpoint_(endpoint) {}

  absl::StatusOr<v1::GetLogLevelsResponse> GetLogLevels() override {
    return AskAt<v1::NodeAdmin, v1::GetLogLevelsResponse>(
        &caller_, endpoint_, CallKind::kRead, v1::GetLogLevelsRequest(),
        &v1::NodeAdmin::Stub::GetLogLevels);
  }
  absl::StatusOr<v1::SetLogLevelResponse> SetLogLevel(
      const v1::SetLogLevelRequest& request) override {
    return AskAt<v1::NodeAdmin, v1::SetLogLevelResponse>(
        &caller_, endpoint_, CallKind::kWrite, request,
        &v1::NodeAdmin::Stub::SetLogLevel);
  }
  absl::StatusOr<v1::DescribeLogDirsResponse> DescribeLogDirs(
      const v1::DescribeLogDirsRequest& request) override {
    return AskAt<v1::NodeAdmin, v1::DescribeLogDirsResponse>(
        &caller_, endpoint_, CallKind::kRead, request,
        &v1::NodeAdmin::Stub::DescribeLogDirs);
  }
  absl::StatusOr<v1::DescribeQuorumResponse> DescribeQuorum() override {
    v1::DescribeQuorumRequest request;
    request.set_local(true);
    return AskAt<v1::QuorumAdmin, v1::DescribeQuorumResponse>(
        &caller_, endpoint_, CallKind::kRead, request,
        &v1::QuorumAdmin::Stub::DescribeQuorum);
  }
  absl::StatusOr<int> CheckHealth(const std::string& service) override {
    grpc::health::v1::HealthCheckRequest request;
    request.set_service(service);
    const auto response =
        AskAt<grpc::health::v1::Health, grpc::health::v1::HealthCheckResponse>(
            &caller_, endpoint_, CallKind::kRead, request,
            &grpc::health::v1::Health::Stub::Check);
    if (response.ok()) return static_cast<int>(response->status());
    if (response.status().code() == absl::StatusCode::kNotFound) {
      return static_cast<int>(
          grpc::health::v1::HealthCheckResponse::SERVICE_UNKNOWN);
    }
    return response.status();
  }

 private:
  NodeCaller caller_;
  const std::string endpoint_;
};

}  // namespace

bool OutcomeUnknown(const absl::Status& status) {
  return CodeOf(status) == ErrorCode::kRequestTimedOut;
}

absl::StatusOr<std::unique_ptr<Admin>> Admin::Create(
    const ClientOptions& options) {
  if (options.request_timeout <= absl::ZeroDuration()) {
    return MakeError(ErrorCode::kInvalidRequest,
                     "request_timeout must be above zero");
  }
  return std::make_unique<AnyNodeAdmin>(options);
}

absl::StatusOr<std::unique_ptr<NodeClient>> NodeClient::Create(
    const ClientOptions& options, const std::string& endpoint) {
  if (options.request_timeout <= absl::ZeroDuration() || endpoint.empty()) {
    return MakeError(ErrorCode::kInvalidRequest,
                     "a node needs an endpoint and a request_timeout above "
                     "zero");
  }
  return std::make_unique<OneNode>(options, endpoint);
}

}  // namespace barnabas::client
