// ServiceContext: what the RPCs of a broker stand on.
//
// What: a plain bundle that the composition root fills once. Everything in it
//   outlives the services.
// Units: wall-clock milliseconds. Empty case: none; all pointers are set.
// Thread: constant after wiring; what it points to says its own.
// Errors: none.
#ifndef BARNABAS_BROKER_SERVICE_SERVICE_CONTEXT_H_
#define BARNABAS_BROKER_SERVICE_SERVICE_CONTEXT_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "broker/replication/compactor.h"
#include "broker/replication/data_loops.h"
#include "broker/replication/disk_guard.h"
#include "broker/replication/partition_table.h"
#include "broker/service/buffer_pool.h"
#include "broker/service/open_streams.h"
#include "broker/service/produce_intake.h"
#include "broker/service/service_metrics.h"
#include "client/serving/held_bytes.h"
#include "proto/types/error.h"
#include "proto/types/ids.h"
#include "storage/env/clock.h"

namespace barnabas::broker {

// How long a stream may be silent before the server says that it is there.
inline constexpr absl::Duration kHeartbeat = absl::Seconds(5);
inline constexpr absl::Duration kHeartbeatMin = absl::Seconds(1);
inline constexpr absl::Duration kHeartbeatMax = absl::Seconds(60);
// A client that let so many of its heartbeats pass in silence is gone.
inline constexpr int kHeartbeatsMissed = 3;

struct ServiceContext {
  BrokerId self;
  const env::Clock* clock = nullptr;
  PartitionTable* table = nullptr;
  ProduceIntake* intake = nullptr;
  // Reading, and timers of streams and calls.
  const DataLoops* reading = nullptr;
  BufferPool* buffers = nullptr;
  OpenStreams* streams = nullptr;
  ServiceMetrics* metrics = nullptr;
  // What calls hold for their callers.
  rpc::HeldBytes* held = nullptr;
  Compactor* compactor = nullptr;
  const DiskGuard* disk = nullptr;
  std::string data_dir;
  // Names streams in logs and answers.
  std::string incarnation;
};

// What a stream that asks for `wanted_ms` (0: nothing special) gets.
inline absl::Duration HeartbeatFor(int64_t wanted_ms) {
  if (wanted_ms <= 0) return kHeartbeat;
  const absl::Duration wanted = absl::Milliseconds(wanted_ms);
  if (wanted < kHeartbeatMin) return kHeartbeatMin;
  return wanted > kHeartbeatMax ? kHeartbeatMax : wanted;
}

// What a client that was silent for kHeartbeatsMissed of `heartbeat` is told.
inline absl::Status SilentFor(absl::Duration heartbeat) {
  return MakeError(
      ErrorCode::kSessionExpired,
      absl::StrCat("the client was silent for ",
                   absl::FormatDuration(kHeartbeatsMissed * heartbeat)),
      "open a new stream, and send heartbeats while there is nothing to say");
}

}  // namespace barnabas::broker

#endif  // BARNABAS_BROKER_SERVICE_SERVICE_CONTEXT_H_
