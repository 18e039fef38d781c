// NodeMetrics: what /metrics tells of a broker as a whole.
//
// What: registers the gauges of ecosystem.md A that are asked for when
//   somebody looks: build, state, partitions, disk, memory, process.
// Units: base units (bytes, seconds). Empty case: zeros.
// Thread: registered once; the values are asked for on the HTTP thread.
// Errors: a value that cannot be read is 0.
#ifndef BARNABAS_BROKER_NODE_METRICS_H_
#define BARNABAS_BROKER_NODE_METRICS_H_

#include <functional>
#include <string>

#include "broker/replication/partition_table.h"
#include "broker/service/buffer_pool.h"
#include "client/serving/health.h"
#include "storage/env/clock.h"
#include "storage/env/file.h"
#include "storage/env/metrics.h"
#include "storage/log/log_directory.h"

namespace barnabas::broker {

// Everything outlives the registry's use.
struct NodeMetricsSource {
  const PartitionTable* table = nullptr;
  log::LogDirectory* directory = nullptr;
  const rpc::HealthBoard* health = nullptr;
  const BufferPool* buffers = nullptr;
  env::FileSystem* files = nullptr;
  const env::Clock* clock = nullptr;
  // Open connections of the client listener.
  std::function<double()> connections;
};

void RegisterNodeMetrics(const NodeMetricsSource& source,
                         env::Registry* registry);

}  // namespace barnabas::broker

#endif  // BARNABAS_BROKER_NODE_METRICS_H_
