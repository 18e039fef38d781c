// PartitionAcks: answers to produced batches that wait for the high watermark.
//
// What: makes a receipt for each batch stored, keeps it until the high
//   watermark passes its end, and gives it to the batch's sink.
// Units: offsets. Empty case: nothing waits.
// Thread: the partition's loop.
// Errors: none of its own; Refuse passes a status on.
// Always true: every batch is answered once; answers leave in log order; a
//   sink hears AnswersEnd after each run of its answers.
#ifndef BARNABAS_BROKER_REPLICATION_PARTITION_ACKS_H_
#define BARNABAS_BROKER_REPLICATION_PARTITION_ACKS_H_

#include <cstdint>
#include <memory>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "broker/replica/waiters.h"
#include "broker/replication/produced_batch.h"
#include "broker/replication/replication_metrics.h"
#include "proto/types/offsets.h"
#include "storage/env/clock.h"
#include "storage/log/partition_log.h"

namespace barnabas::broker {

class PartitionAcks {
 public:
  PartitionAcks(const ReplicationMetrics* metrics, const env::Clock* clock)
      : metrics_(metrics), clock_(clock) {}

  // The leader alone is in sync although there are more replicas: what is
  // acknowledged is said to be there alone.
  void SetLeaderAlone(bool alone) { leader_alone_ = alone; }
  // `batch` was stored at `range`, as part of what `outcome` tells.
  void Add(const ProducedBatch& batch, OffsetRange range, LeaderEpoch epoch,
           const log::AppendOutcome& outcome);
  // Answers what `high_watermark` passed; below `durable_end` it is on disk.
  void Release(Offset high_watermark, Offset durable_end);

  void Refuse(const ProducedBatch& batch, const absl::Status& why);
  // Refuses everything that waits.
  void RefuseAll(const absl::Status& why);

 private:
  struct Pending {
    std::shared_ptr<ProduceSink> sink;
    uint64_t ticket;
    v1::Acks acks;
    absl::Duration arrived;
    ProduceReceipt receipt;
  };

  // `now` is when the batch was answered.
  void NoteLatency(v1::Acks acks, absl::Duration arrived, absl::Duration now);

  const ReplicationMetrics* const metrics_;
  const env::Clock* const clock_;

  bool leader_alone_ = false;
  replica::AckQueue<Pending> waiting_;
};

}  // namespace barnabas::broker

#endif  // BARNABAS_BROKER_REPLICATION_PARTITION_ACKS_H_
