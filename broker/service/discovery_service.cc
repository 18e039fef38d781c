#include "broker/service/discovery_service.h"

#include <utility>

#include "absl/status/statusor.h"
#include "broker/service/topic_lookup.h"
#include "broker/service/watch_metadata.h"
#include "client/rpc/status_bridge.h"
#include "metadata/view/cluster_view.h"
#include "metadata/view/topic_view.h"
#include "proto/types/limits.h"
#include "proto/types/status_macros.h"
#include "proto/types/version.h"

namespace barnabas::broker {
namespace {

absl::StatusOr<v1::DescribeTopicsResponse> DescribeKnown(
    const image::ClusterImage& image,
    const v1::DescribeTopicsRequest& request) {
  RETURN_IF_ERROR(CheckStarted(image));
  return view::DescribeTopics(image, request);
}

}  // namespace

DiscoveryService::DiscoveryService(const ServiceContext* context,
                                   MetadataBoard* board, std::string cluster_id,
                                   DiskProbe disk)
    : context_(context),
      board_(board),
      cluster_id_(std::move(cluster_id)),
      started_ms_(context->clock->WallMs()),
      disk_(std::move(disk)) {}

grpc::ServerUnaryReactor* DiscoveryService::GetServerInfo(
    grpc::CallbackServerContext* context,
    const v1::GetServerInfoRequest* request,
    v1::GetServerInfoResponse* response) {
  response->set_cluster_id(cluster_id_);
  response->set_node_id(context_->self.value());
  response->set_role(v1::ROLE_BROKER);
  response->set_version(kVersion);
  response->set_revision(kRevision);
  response->set_message_bytes_max(kMessageBytesMax);
  response->set_batch_bytes_max(kBatchBytesMax);
  response->set_produce_credit_bytes(kProduceCreditBytes);
  response->set_fetch_credit_bytes_max(kFetchCreditBytesMax);
  response->set_heartbeat_ms(absl::ToInt64Milliseconds(kHeartbeat));
  for (const char* codec : {"none", "gzip", "snappy", "lz4", "zstd"}) {
    response->add_codecs(codec);
  }
  for (const char* feature :
       {"idempotence", "structured", "encoded", "flush"}) {
    response->add_features(feature);
  }
  response->set_started_ms(started_ms_);
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  reactor->Finish(grpc::Status::OK);
  return reactor;
}

grpc::ServerUnaryReactor* DiscoveryService::DescribeCluster(
    grpc::CallbackServerContext* context,
    const v1::DescribeClusterRequest* request,
    v1::DescribeClusterResponse* response) {
  const image::ClusterImage image = context_->table->image();
  // Without its id it would look like another cluster.
  const absl::Status started = CheckStarted(image);
  view::ClusterViewOptions options;
  options.listener = "client";
  const DiskGuard::Facts disk = context_->disk->facts();
  options.disks[context_->self] = {disk.total_bytes - disk.free_bytes,
                                   disk.free_bytes};
  *response = view::DescribeCluster(image, options);
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  reactor->Finish(rpc::ToGrpc(started));
  return reactor;
}

grpc::ServerUnaryReactor* DiscoveryService::DescribeTopics(
    grpc::CallbackServerContext* context,
    const v1::DescribeTopicsRequest* request,
    v1::DescribeTopicsResponse* response) {
  absl::StatusOr<v1::DescribeTopicsResponse> described =
      DescribeKnown(context_->table->image(), *request);
  if (described.ok()) *response = *std::move(described);
  grpc::ServerUnaryReactor* reactor = context->DefaultReactor();
  reactor->Finish(rpc::ToGrpc(described.status()));
  return reactor;
}

grpc::ServerWriteReactor<v1::WatchMetadataResponse>*
DiscoveryService::WatchMetadata(grpc::CallbackServerContext* context,
                                const v1::WatchMetadataRequest* request) {
  return StartWatch(board_, context_->streams, *request);
}

}  // namespace barnabas::broker
