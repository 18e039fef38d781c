#include "controller/service/discovery_service.h"

#include "client/rpc/status_bridge.h"
#include "controller/service/answer_read.h"
#include "metadata/view/cluster_view.h"
#include "metadata/view/topic_view.h"
#include "proto/types/error.h"
#include "proto/types/limits.h"
#include "proto/types/version.h"

namespace barnabas::controller {
namespace {

// What this server can do beside answering; brokers list more.
constexpr const char* kFeatures[] = {"admin", "discovery", "watch-metadata"};

v1::DescribeClusterResponse Describe(const active::ActiveController& core) {
  view::ClusterViewOptions options;
  for (const auto& [broker, life] : core.liveness().lives()) {
    options.disks[broker] = {life.disk_used_bytes, life.disk_free_bytes};
  }
  return view::DescribeCluster(core.committed(), options);
}

}  // namespace

DiscoveryService::Reactor* DiscoveryService::GetServerInfo(
    Context* context, const v1::GetServerInfoRequest*,
    v1::GetServerInfoResponse* response) {
  response->set_cluster_id(deps_.cluster_id.ToString());
  response->set_node_id(deps_.self.value());
  response->set_role(v1::ROLE_CONTROLLER);
  response->set_version(kVersion);
  response->set_revision(kRevision);
  response->set_message_bytes_max(kMessageBytesMax);
  response->set_batch_bytes_max(kBatchBytesMax);
  for (const char* feature : kFeatures) response->add_features(feature);
  response->set_started_ms(deps_.started_ms);
  Reactor* reactor = context->DefaultReactor();
  reactor->Finish(grpc::Status::OK);
  return reactor;
}

DiscoveryService::Reactor* DiscoveryService::DescribeCluster(
    Context* context, const v1::DescribeClusterRequest*,
    v1::DescribeClusterResponse* response) {
  Reactor* reactor = context->DefaultReactor();
  // On the loop, where what heartbeats told is kept.
  const bool taken =
      deps_.loop->Post([driver = deps_.driver, reactor, response] {
        const absl::Status status = CheckReplayed(driver->core().committed());
        if (status.ok()) *response = Describe(driver->core());
        reactor->Finish(rpc::ToGrpc(status));
      });
  if (!taken) {
    reactor->Finish(rpc::ToGrpc(MakeError(
        ErrorCode::kOverloaded, "too many requests wait for the controller",
        "try again later")));
  }
  return reactor;
}

DiscoveryService::Reactor* DiscoveryService::DescribeTopics(
    Context* context, const v1::DescribeTopicsRequest* request,
    v1::DescribeTopicsResponse* response) {
  return AnswerRead(*deps_.driver, context, response,
                    [&](const image::ClusterImage& image) {
                      return view::DescribeTopics(image, *request);
                    });
}

}  // namespace barnabas::controller
