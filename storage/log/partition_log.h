// PartitionLog: the ordered, append-only batches of one partition on one disk.
//
// What: knows bytes and offsets; does not know leaders, followers or clients.
// Place: below broker/replication and controller/quorum; above segments and
//   indexes. One instance per directory.
// Picture:   [log start ........ durable end ........ log end)
//            oldest readable     survives power cut   next offset to write
// Units: offsets count records; a batch spans [base, last]; all ends are
//   exclusive; times are wall-clock milliseconds.
// Empty case: a new log has start = end = 0. Reading at the end gives nothing;
//   before start or beyond end is OFFSET_OUT_OF_RANGE with the range.
// Durability: appended is not durable. What survives a crash is at least all
//   below durable_end, possibly a longer prefix, never a hole. A caller makes
//   bytes durable by StartFlush on the writer, FlushJob::Run on any thread
//   (it blocks), FinishFlush on the writer (group commit: whatever was
//   appended meanwhile belongs to the next round).
// Thread: one writer at a time (Append*, StartFlush, FinishFlush, Truncate*,
//   AdvanceStart, SetConfig, Close) by the caller's serialisation; Read*,
//   FindTime and the const getters from any thread beside it.
// Errors: CORRUPT_RECORD with file and position; after a failed write or sync
//   the log is failed(): every later append and flush is STORAGE_ERROR, reads
//   below durable_end go on (S6); DISK_FULL leaves the log as it was and
//   usable once space is back (S7).
// Always true: L1 offsets strictly rise, with gaps where compaction took
//   batches away; L2 epochs never fall; L3 start <= durable <= end; L4 an index
//   entry points at the first byte of a batch; L5 bytes of a sealed segment
//   never change: compaction replaces it whole.
#ifndef BARNABAS_STORAGE_LOG_PARTITION_LOG_H_
#define BARNABAS_STORAGE_LOG_PARTITION_LOG_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "proto/types/offsets.h"
#include "storage/env/clock.h"
#include "storage/env/file.h"
#include "storage/log/log_cleaning.h"
#include "storage/log/log_config.h"
#include "storage/log/recovery_report.h"
#include "storage/record/batch_header.h"

namespace barnabas::log {

// One checked batch on its way in (CheckBatch, CheckProduced were passed).
struct AppendInput {
  record::BatchHeader header;
  // All bytes of the batch, header included, in consecutive slices.
  absl::Span<const std::string_view> slices;
};

struct AppendOutcome {
  Offset base_offset;
  Offset next_offset;
  // The batch was stored before; the offsets are the original ones.
  bool duplicate = false;
  // Time the leader stamped, when the topic stamps append time.
  std::optional<int64_t> append_time_ms;
};

// Where sequential reading stands; opaque, saves an index look-up.
struct ReadCursor {
  Offset next;
  Offset segment_base = kNoOffset;
  int64_t position = 0;
  // Of the log's cuts; a cursor from before a cut is not believed.
  int64_t era = 0;
};

struct ReadOutcome {
  // Whole batches, in the memory that `allocate` gave. Empty at the end. The
  // first batch may begin below the offset asked for.
  std::string_view bytes;
  // Where to go on.
  Offset next_offset;
};

// What one round of a flush makes durable. Made on the writer, run anywhere.
class FlushJob {
 public:
  virtual ~FlushJob() = default;
  // Syncs and persists the durable point of the round before; blocks.
  virtual absl::Status Run() = 0;
  virtual Offset end() const = 0;
};

// What retention keeps; nullopt sets no bound.
struct KeptRange {
  // Sealed segments whose records are all older go.
  std::optional<int64_t> oldest_ms;
  // Sealed segments go as long as this much is left.
  std::optional<int64_t> bytes_max;
};

// Instead of a timestamp: the largest there is.
struct LargestTime {};

class PartitionLog {
 public:
  struct Options {
    env::FileSystem* files = nullptr;
    const env::Clock* clock = nullptr;
    std::string directory;
    LogConfig config;
    // The last stop was clean, so nothing needs to be recovered.
    bool clean = false;
    // Seeds the segment jitter.
    uint64_t seed = 0;
    // Refuse unknown producers whose first sequence is not 0 (README 22).
    bool strict_sequences = true;
  };

  // Opens the directory, making an empty log if it is empty. A torn tail
  // above the durable point is cut and kept aside; damage at or below it is
  // CORRUPT_LOG and changes nothing (S3, README 31).
  static absl::StatusOr<std::unique_ptr<PartitionLog>> Open(
      const Options& options);

  virtual ~PartitionLog() = default;

  // Appends as the leader: checks producer sequence, timestamps and size,
  // assigns offsets, stamps `epoch`. A duplicate of one of the producer's last
  // five batches appends nothing and answers the original offsets.
  virtual absl::StatusOr<AppendOutcome> AppendAsLeader(const AppendInput& input,
                                                       LeaderEpoch epoch) = 0;

  // Appends as a follower: keeps offsets and epoch, refuses gaps and falls
  // (INVALID_RECORD).
  virtual absl::Status AppendAsFollower(const AppendInput& input) = 0;

  // Whole batches from the one that contains `from`, at most `bytes_max` (but
  // at least one batch if any lies below `end`), none that reaches `end` or
  // beyond. `allocate(n)` gives n bytes that the outcome's view lies in; it is
  // called at most once. `cursor` may be null.
  virtual absl::StatusOr<ReadOutcome> Read(
      Offset from, Offset end, int64_t bytes_max, ReadCursor* cursor,
      absl::FunctionRef<char*(size_t)> allocate) const = 0;

  struct TimeMatch {
    Offset offset;
    int64_t timestamp_ms = 0;
    LeaderEpoch epoch;
  };
  // The first record with a timestamp at or after `timestamp_ms`; nullopt if
  // none.
  virtual absl::StatusOr<std::optional<TimeMatch>> FindTime(
      int64_t timestamp_ms) const = 0;
  // The record with the largest timestamp; nullopt in an empty log.
  virtual absl::StatusOr<std::optional<TimeMatch>> FindTime(
      LargestTime) const = 0;

  // nullptr when everything is durable already, and while a round is out:
  // what it does not cover belongs to the next one.
  virtual std::unique_ptr<FlushJob> StartFlush() = 0;
  virtual void FinishFlush(const FlushJob& job, const absl::Status& result) = 0;

  // Drops everything from `offset` on; whole batches only, so the new end is
  // the base of the batch that contains it, or the log's start if that lies
  // inside this batch. Below the start is OFFSET_OUT_OF_RANGE, at or beyond
  // the end nothing. Durable on return.
  virtual absl::Status TruncateSuffix(Offset offset) = 0;
  // Makes everything below `offset` unreadable and removes whole segments.
  // Beyond the end the log begins anew, empty, at `offset` (a follower that
  // fell behind, a snapshot that was installed). Durable on return.
  virtual absl::Status AdvanceStart(Offset offset) = 0;
  // The same for the sealed segments that `kept` lets go, never beyond
  // `limit`.
  virtual absl::Status AdvanceStart(const KeptRange& kept, Offset limit) = 0;

  // What followers and readers ask about epochs (leader-epoch-checkpoint): the
  // end offset of the largest epoch <= `epoch`; nullopt when all that is
  // known is newer.
  virtual std::optional<std::pair<LeaderEpoch, Offset>> EndOfEpoch(
      LeaderEpoch epoch) const = 0;

  // Compaction, and what else is done to a log from time to time.
  virtual LogCleaning& cleaning() = 0;

  virtual void SetConfig(const LogConfig& config) = 0;
  // Flushes, writes producer snapshot and checkpoints. The log is then shut.
  virtual absl::Status Close() = 0;

  // Positions and facts, all readable from any thread.
  struct Facts {
    Offset log_start;
    Offset durable_end;
    Offset log_end;
    LeaderEpoch last_epoch = kNoLeaderEpoch;
    int64_t size_bytes = 0;
    int64_t unsynced_bytes = 0;
    int32_t segments = 0;
    int32_t producers = 0;
    bool failed = false;
  };
  virtual Facts facts() const = 0;
  virtual const RecoveryReport& recovery() const = 0;
};

}  // namespace barnabas::log

#endif  // BARNABAS_STORAGE_LOG_PARTITION_LOG_H_
