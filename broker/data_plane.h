// DataPlane: partitions and the services that clients use, wired together.
//
// What: the table of partitions, what the data RPCs stand on, and the gRPC
//   service objects over them.
// Units: none. Empty case: without an image no topic is found.
// Thread: made and stopped by the process; services are called by gRPC.
// Errors: none of its own.
// Always true: Drain answers what was accepted before it closes the logs.
#ifndef BARNABAS_BROKER_DATA_PLANE_H_
#define BARNABAS_BROKER_DATA_PLANE_H_

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "broker/broker_threads.h"
#include "broker/disk_watch.h"
#include "broker/replication/compactor.h"
#include "broker/replication/disk_guard.h"
#include "broker/replication/partition_table.h"
#include "broker/replication/replication_metrics.h"
#include "broker/service/buffer_pool.h"
#include "broker/service/open_streams.h"
#include "broker/service/produce_intake.h"
#include "broker/service/service_context.h"
#include "broker/service/service_metrics.h"
#include "client/serving/call_metrics.h"
#include "client/serving/health.h"
#include "client/serving/held_bytes.h"
#include "proto/types/ids.h"
#include "storage/env/clock.h"
#include "storage/env/idle_trim.h"
#include "storage/env/metrics.h"
#include "storage/log/log_directory.h"

namespace barnabas::broker {

class DataPlane {
 public:
  struct Deps {
    BrokerId self;
    std::string incarnation;
    const env::Clock* clock = nullptr;
    BrokerThreads* threads = nullptr;
    log::LogDirectory* directory = nullptr;
    rpc::HealthBoard* health = nullptr;
    env::Registry* registry = nullptr;
    // Full names of what the broker serves.
    std::vector<std::string> services;
  };

  explicit DataPlane(const Deps& deps);

  PartitionTable* table() { return &table_; }
  const ServiceContext* context() const { return &context_; }
  rpc::CallMetrics* calls() { return service_metrics_.calls(); }
  DiskGuard* disk() { return &disk_; }

  // Tells all streams to go, and waits at most `patience` for them.
  void DrainStreams(absl::Duration patience);
  // Closes all logs; false if that took longer than `patience`.
  bool CloseLogs(absl::Duration patience);

 private:
  // What tells a busy time from a quiet one: batches in, reads out.
  int64_t Events() const;
  // Gives unused memory back to the kernel, on a worker.
  void Trim();

  const Deps deps_;
  ReplicationMetrics replication_metrics_;
  ServiceMetrics service_metrics_;
  // Outlives the partitions, which hold on to calls that they have to answer.
  rpc::HeldBytes held_;
  DiskGuard disk_;
  PartitionTable table_;
  DiskWatch watch_;
  Compactor compactor_;
  ProduceIntake intake_;
  BufferPool buffers_;
  OpenStreams streams_;
  ServiceContext context_;
  env::IdleTrim idle_trim_;
};

}  // namespace barnabas::broker

#endif  // BARNABAS_BROKER_DATA_PLANE_H_
