// Partition: one partition on this broker.
//
// What: the pure leader state, the log, and those who wait, bound to one event
//   loop. It is made before its log is open (recovery takes time) and lives on
//   as a closed shell while streams still hold it.
// Units: offsets, bytes, wall-clock milliseconds.
// Empty case: as PartitionLog; nothing is readable until the log is open.
// Thread: the methods of the first group from any thread; all others on
//   loop() only.
// Errors: BROKER_NOT_AVAILABLE while opening, the log's own error when it could
//   not be opened, NOT_LEADER with a hint, UNKNOWN_TOPIC once deleted,
//   FENCED/UNKNOWN_LEADER_EPOCH, NOT_ENOUGH_REPLICAS, DISK_FULL (guard or log).
// Always true: a batch is acknowledged only when the high watermark passed it
//   (acks none aside); nothing at or above the high watermark is read; every
//   produced batch is answered once; one flush is in flight at most.
#ifndef BARNABAS_BROKER_REPLICATION_PARTITION_H_
#define BARNABAS_BROKER_REPLICATION_PARTITION_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "broker/replica/leader_state.h"
#include "broker/replication/disk_guard.h"
#include "broker/replication/partition_acks.h"
#include "broker/replication/partition_settings.h"
#include "broker/replication/produced_batch.h"
#include "broker/replication/read_board.h"
#include "broker/replication/record_gathering.h"
#include "broker/replication/replication_metrics.h"
#include "proto/types/error.h"
#include "proto/types/ids.h"
#include "proto/types/offsets.h"
#include "proto/types/topic_partition.h"
#include "storage/env/event_loop.h"
#include "storage/log/partition_log.h"

namespace barnabas::broker {

// Who leads, as the metadata says.
struct Leadership {
  // This broker leads.
  bool leading = false;
  LeaderEpoch epoch = kNoLeaderEpoch;
  int32_t in_sync = 0;
  int32_t replicas = 0;
  // For those who come to the wrong broker.
  LeaderHint leader;
  // Without a leader: who was in sync last and is waited for.
  std::vector<BrokerId> awaited;
};

// NOT_LEADER with where to go, or, where nobody leads, LEADER_NOT_AVAILABLE
// with whom to start.
absl::Status NotLedHere(const Leadership& leadership, PartitionIndex partition,
                        std::string_view topic);

// What may move a log's start, as its writer: gets the settings and how far the
// log is readable.
using LogWork = absl::FunctionRef<absl::Status(
    const PartitionSettings&, Offset high_watermark, log::PartitionLog*)>;

class Partition : public std::enable_shared_from_this<Partition> {
 public:
  struct Deps {
    env::EventLoop* loop = nullptr;
    // Syncs and closing.
    env::WorkerPool* workers = nullptr;
    ReplicationMetrics* metrics = nullptr;
    // May be null: then the disk is never nearly full.
    DiskGuard* disk = nullptr;
  };
  struct Positions {
    Offset log_start;
    Offset high_watermark;
    Offset log_end;
    Offset durable_end;
    LeaderEpoch epoch;
    int64_t size_bytes = 0;
  };

  Partition(const Deps& deps, const TopicPartition& key, std::string topic,
            const PartitionSettings& settings);

  // From any thread.
  const TopicPartition& key() const { return key_; }
  const std::string& topic() const { return topic_; }
  env::EventLoop* loop() const { return deps_.loop; }
  // Checks that this broker serves the partition, and the epoch if given.
  absl::StatusOr<Positions> Serve(std::optional<LeaderEpoch> epoch) const;
  PartitionSettings settings() const;
  // Whole batches below the high watermark; see PartitionLog::Read.
  absl::StatusOr<log::ReadOutcome> Read(
      Offset from, int64_t bytes_max, log::ReadCursor* cursor,
      absl::FunctionRef<char*(size_t)> allocate) const;
  // The open log, whoever leads; fails with the reason why it is not open.
  absl::StatusOr<std::shared_ptr<const log::PartitionLog>> Log() const;

  // Where readers wait for more.
  ReadBoard* readers() { return &readers_; }

  // On the loop.
  // The log is open, or why it is not.
  void Open(absl::StatusOr<std::unique_ptr<log::PartitionLog>> log);
  void Lead(const Leadership& leadership);
  void Configure(const PartitionSettings& settings);
  void Produce(ProducedBatch batch);
  // Runs `work` as the log's writer; fails as Serve does.
  absl::Status RunOnLog(LogWork work);
  // Refuses everything from now on with `reason`, closes the log once no flush
  // is in flight and calls `done` on some thread.
  void Close(const absl::Status& reason, env::Task done);

 private:
  // What other threads may see.
  struct Published {
    std::shared_ptr<log::PartitionLog> log;
    // Why there is no log; OK when there is one.
    absl::Status closed;
    Leadership leadership;
    PartitionSettings settings;
  };
  Published Snapshot() const;
  // OK if a batch with these demands may be appended.
  absl::Status CheckProduce(const ProducedBatch& batch) const;
  absl::Status CheckServed(const Published& now,
                           std::optional<LeaderEpoch> epoch) const;

  void Gather(ProducedBatch batch);
  void DrainGathered();
  void AppendOne(ProducedBatch batch);
  void AppendGathered(GatheredBatch gathered);
  void AfterAppend(const log::AppendOutcome& outcome, int64_t bytes);
  void RefuseWaiting(const absl::Status& why);

  void Carry(const replica::Step& step);
  // Lets readers see everything below.
  void Publish(Offset high_watermark);
  void StartFlush();
  void RunFlush(std::shared_ptr<log::FlushJob> job);
  void Flushed(const absl::Status& result);
  void CloseLog();

  const Deps deps_;
  const TopicPartition key_;
  const std::string topic_;
  const TopicCounters counters_;

  mutable absl::Mutex mutex_;
  Published published_ ABSL_GUARDED_BY(mutex_);
  std::atomic<int64_t> high_watermark_{0};
  ReadBoard readers_;

  // Of the loop.
  std::optional<replica::LeaderState> state_;
  PartitionAcks acks_;
  RecordGathering gathering_;
  bool drain_posted_ = false;
  bool flushing_ = false;
  env::Task closing_;
};

}  // namespace barnabas::broker

#endif  // BARNABAS_BROKER_REPLICATION_PARTITION_H_
