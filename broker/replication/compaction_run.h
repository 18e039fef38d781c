// CompactionRun: one partition's compaction, driven to its end.
//
// What: gives the log's compaction job to the worker and back to the
//   partition's loop, run after run, and waits between runs so that no more
//   than so many bytes are read and written in a second. On request the active
//   segment is closed first and all is compacted that is there by then, in as
//   many passes as memory for keys asks for.
// Units: bytes; bytes a second.
// Empty case: a log with nothing to compact is done at once.
// Thread: Start from any; then the partition's loop and the worker in turns.
//   `done` is called once, on the partition's loop; it is dropped when the
//   loop stops before.
// Errors: as LogCleaning; those of Partition::RunOnLog when the partition is
//   closed or led elsewhere meanwhile; REQUEST_TIMED_OUT when what is to be
//   compacted does not become durable.
#ifndef BARNABAS_BROKER_REPLICATION_COMPACTION_RUN_H_
#define BARNABAS_BROKER_REPLICATION_COMPACTION_RUN_H_

#include <cstdint>
#include <memory>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/time/time.h"
#include "broker/replication/partition.h"
#include "proto/types/offsets.h"
#include "storage/env/event_loop.h"
#include "storage/log/log_cleaning.h"

namespace barnabas::broker {

struct CompactionResult {
  absl::Status status;
  // Of all passes; `range` is what the first one found, `clean_end` where the
  // last one ended.
  log::CompactionReport report;
  int64_t passes = 0;
  // Dirty bytes that are left.
  int64_t dirty_bytes_after = 0;
  absl::Duration took;
};

class CompactionRun : public std::enable_shared_from_this<CompactionRun> {
 public:
  struct Options {
    // Closes the active segment first.
    bool everything = false;
    int64_t memory_bytes_max = 0;
    int64_t bytes_per_second = 0;
    log::HashSecret secret = {};
  };
  using Done = absl::AnyInvocable<void(CompactionResult)>;

  // `worker` outlives the partition's loop.
  static void Start(std::shared_ptr<Partition> partition,
                    env::WorkerPool* worker, const Options& options, Done done);

  CompactionRun(std::shared_ptr<Partition> partition, env::WorkerPool* worker,
                const Options& options, Done done);

 private:
  absl::Duration Now() const;
  // Each step posts the next one.
  void Roll();
  void AwaitDurable(Offset end, int tries);
  void BeginPass();
  void RunJob();
  void Advance(const absl::Status& ran, absl::Duration began);
  void EndPass();
  void Finish(const absl::Status& status);

  // Constant after construction.
  const std::shared_ptr<Partition> partition_;
  env::WorkerPool* const worker_;
  const Options options_;

  // State, of whoever runs.
  Done done_;
  absl::Duration began_;
  // Where the first pass should come to; kNoOffset: wherever it comes.
  Offset goal_ = kNoOffset;
  std::unique_ptr<log::CompactionJob> job_;
  CompactionResult result_;
};

}  // namespace barnabas::broker

#endif  // BARNABAS_BROKER_REPLICATION_COMPACTION_RUN_H_
