// DiskWatch: measures the disk again and again and tells the DiskGuard.
//
// What: the guard's clockwork: every DiskGuard::kInterval a worker asks the
//   file system, the control loop hands the answer and the settings in force
//   to the guard. A change is logged, and Producer's health follows it, while
//   the broker stays ready: reads go on.
// Units: bytes. Empty case: a disk that cannot be measured changes nothing.
// Thread: Start once; the rest on the control loop and the workers.
// Errors: none; a failing measurement is logged once until one succeeds.
#ifndef BARNABAS_BROKER_DISK_WATCH_H_
#define BARNABAS_BROKER_DISK_WATCH_H_

#include "absl/status/statusor.h"
#include "broker/replication/disk_guard.h"
#include "broker/replication/partition_table.h"
#include "client/serving/health.h"
#include "proto/types/ids.h"
#include "storage/env/event_loop.h"
#include "storage/log/log_directory.h"

namespace barnabas::broker {

class DiskWatch {
 public:
  // All outlive the loop and the workers.
  struct Deps {
    BrokerId self;
    env::EventLoop* control = nullptr;
    env::WorkerPool* workers = nullptr;
    log::LogDirectory* directory = nullptr;
    // For the settings.
    const PartitionTable* table = nullptr;
    rpc::HealthBoard* health = nullptr;
    DiskGuard* guard = nullptr;
  };

  explicit DiskWatch(const Deps& deps) : deps_(deps) {}

  // Measures once before it returns, then on and on.
  void Start();

 private:
  void Again();
  void Take(const absl::StatusOr<env::FileSystem::Space>& space);

  const Deps deps_;
  // Of the control loop.
  bool failing_ = false;
};

}  // namespace barnabas::broker

#endif  // BARNABAS_BROKER_DISK_WATCH_H_
