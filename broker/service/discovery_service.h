// DiscoveryService: barnabas.v1.Discovery on a broker.
//
// What: answers from the image that this broker obeys; endpoints are those of
//   the client listener (README 23); of disks it tells its own, as measured
//   last.
// Units: wall-clock milliseconds, bytes. Empty case: before the first image the
//   cluster is empty, version -1.
// Thread: gRPC's threads call in. Errors: those of metadata/view.
#ifndef BARNABAS_BROKER_SERVICE_DISCOVERY_SERVICE_H_
#define BARNABAS_BROKER_SERVICE_DISCOVERY_SERVICE_H_

#include <cstdint>
#include <functional>
#include <string>

#include "barnabas/v1/discovery.grpc.pb.h"
#include "broker/service/metadata_board.h"
#include "broker/service/service_context.h"
#include "metadata/view/cluster_view.h"

namespace barnabas::broker {

class DiscoveryService final : public v1::Discovery::CallbackService {
 public:
  // What the broker's own disk holds now; zeros if it cannot be told.
  using DiskProbe = std::function<view::DiskUse()>;

  DiscoveryService(const ServiceContext* context, MetadataBoard* board,
                   std::string cluster_id, DiskProbe disk);

  grpc::ServerUnaryReactor* GetServerInfo(
      grpc::CallbackServerContext* context,
      const v1::GetServerInfoRequest* request,
      v1::GetServerInfoResponse* response) override;
  grpc::ServerUnaryReactor* DescribeCluster(
      grpc::CallbackServerContext* context,
      const v1::DescribeClusterRequest* request,
      v1::DescribeClusterResponse* response) override;
  grpc::ServerUnaryReactor* DescribeTopics(
      grpc::CallbackServerContext* context,
      const v1::DescribeTopicsRequest* request,
      v1::DescribeTopicsResponse* response) override;
  grpc::ServerWriteReactor<v1::WatchMetadataResponse>* WatchMetadata(
      grpc::CallbackServerContext* context,
      const v1::WatchMetadataRequest* request) override;

 private:
  const ServiceContext* const context_;
  MetadataBoard* const board_;
  const std::string cluster_id_;
  const int64_t started_ms_;
  const DiskProbe disk_;
};

}  // namespace barnabas::broker

#endif  // BARNABAS_BROKER_SERVICE_DISCOVERY_SERVICE_H_
