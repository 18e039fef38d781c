// Cluster view: what clients are told of brokers and controllers.
//
// What: image → messages of discovery.proto. Endpoints are those of one
//   listener, the one that the caller dialled; a broker without it shows all.
// Units: wall milliseconds; bytes. Empty case: an empty image has no brokers.
// Thread: pure functions. Errors: none. Cost: counting leaders walks all
//   partitions once.
#ifndef BARNABAS_METADATA_VIEW_CLUSTER_VIEW_H_
#define BARNABAS_METADATA_VIEW_CLUSTER_VIEW_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "barnabas/v1/discovery.pb.h"
#include "metadata/image/broker_state.h"
#include "metadata/image/cluster_image.h"
#include "proto/types/ids.h"

namespace barnabas::view {

// As of a broker's last heartbeat.
struct DiskUse {
  int64_t used_bytes = 0;
  int64_t free_bytes = 0;
};

struct ClusterViewOptions {
  // Empty: endpoints of all listeners.
  std::string listener;
  // Only the active controller knows these.
  std::map<BrokerId, DiskUse> disks;
  // Without it, counts of leaders and replicas stay 0.
  bool count_replicas = true;
};

v1::DescribeClusterResponse DescribeCluster(const image::ClusterImage& image,
                                            const ClusterViewOptions& options);

// All brokers, in order of id.
std::vector<v1::BrokerInfo> DescribeBrokers(const image::ClusterImage& image,
                                            const ClusterViewOptions& options);

}  // namespace barnabas::view

#endif  // BARNABAS_METADATA_VIEW_CLUSTER_VIEW_H_
