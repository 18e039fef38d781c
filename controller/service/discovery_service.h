// DiscoveryService: barnabas.v1.Discovery on a controller.
//
// What: who and what is in the cluster, from the committed image; disk sizes
//   as brokers' heartbeats told them.
// Units: none. Empty case: before the metadata log was replayed every call but
//   GetServerInfo is CONTROLLER_NOT_AVAILABLE.
// Thread: gRPC's threads call in; Start and Stop on the loop.
// Errors: those of metadata/view, as gRPC statuses.
// Always true: what it points at outlives the listener.
#ifndef BARNABAS_CONTROLLER_SERVICE_DISCOVERY_SERVICE_H_
#define BARNABAS_CONTROLLER_SERVICE_DISCOVERY_SERVICE_H_

#include <cstdint>

#include "barnabas/v1/discovery.grpc.pb.h"
#include "controller/service/active_driver.h"
#include "controller/service/metadata_watches.h"
#include "proto/types/ids.h"
#include "proto/types/uuid.h"
#include "storage/env/event_loop.h"

namespace barnabas::controller {

class DiscoveryService final : public v1::Discovery::CallbackService {
 public:
  using Reactor = grpc::ServerUnaryReactor;
  using Context = grpc::CallbackServerContext;

  struct Deps {
    env::EventLoop* loop = nullptr;
    ActiveDriver* driver = nullptr;
    MetadataWatches* watches = nullptr;
    NodeId self;
    Uuid cluster_id;
    int64_t started_ms = 0;
  };

  explicit DiscoveryService(const Deps& deps) : deps_(deps) {}

  Reactor* GetServerInfo(Context* context,
                         const v1::GetServerInfoRequest* request,
                         v1::GetServerInfoResponse* response) override;
  Reactor* DescribeCluster(Context* context,
                           const v1::DescribeClusterRequest* request,
                           v1::DescribeClusterResponse* response) override;
  Reactor* DescribeTopics(Context* context,
                          const v1::DescribeTopicsRequest* request,
                          v1::DescribeTopicsResponse* response) override;
  MetadataWatches::Reactor* WatchMetadata(
      Context* context, const v1::WatchMetadataRequest* request) override {
    return deps_.watches->Open(*request);
  }

 private:
  const Deps deps_;
};

}  // namespace barnabas::controller

#endif  // BARNABAS_CONTROLLER_SERVICE_DISCOVERY_SERVICE_H_
