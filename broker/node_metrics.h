// NodeMetrics: what /metrics tells of a broker as a whole.
//
// What: registers the gauges of ecosystem.md A that are asked for when
//   somebody looks: build, state, partitions, disk, memory, process.
// Units: base units (bytes, seconds). Empty case: zeros.
// Thread: registered once; the values are asked for on the HTTP thread.
// Errors: a value that cannot be read is 0.
#ifndef BARNABAS_BROKER_NODE_METRICS_H_
#define BARNABAS_BROKER_NODE_METRICS_H_

#include "broker/replication/disk_guard.h"
#include "broker/replication/partition_table.h"
#include "broker/service/buffer_pool.h"
#include "client/serving/health.h"
#include "client/serving/listener.h"
#include "proto/types/ids.h"
#include "storage/env/clock.h"
#include "storage/env/metrics.h"
#include "storage/log/log_directory.h"

namespace barnabas::broker {

// Everything outlives the registry's use.
struct NodeMetricsSource {
  BrokerId self;
  const PartitionTable* table = nullptr;
  log::LogDirectory* directory = nullptr;
  const DiskGuard* disk = nullptr;
  const rpc::HealthBoard* health = nullptr;
  const BufferPool* buffers = nullptr;
  const env::Clock* clock = nullptr;
  const rpc::Listener* listener = nullptr;
};

void RegisterNodeMetrics(const NodeMetricsSource& source,
                         env::Registry* registry);

}  // namespace barnabas::broker

#endif  // BARNABAS_BROKER_NODE_METRICS_H_
