// LeaderState: what the leader of one partition knows, stepped by events.
//
// What: leader epoch, log end, durable end and high watermark of a partition
//   that this broker leads, and when its log must be synced. It knows numbers
//   only: the log, the clock and those who wait are its owner's.
// Place: inside broker/replication/partition, which carries out the Steps.
// Picture:   flush=disk  high watermark = durable end <= log end
//            flush=os    high watermark = log end
// Units: offsets are exclusive ends; bytes.
// Empty case: a new log has all ends at 0.
// Thread: none; the owner serialises.
// Errors: FENCED_LEADER_EPOCH, UNKNOWN_LEADER_EPOCH (CheckEpoch),
//   STORAGE_ERROR once a flush failed; a broken invariant is a CHECK of the
//   owner's events (ends never fall).
// Always true: the high watermark never falls while the partition is led;
//   at most one flush is in flight; nothing counts as durable after a failed
//   flush (S6).
#ifndef BARNABAS_BROKER_REPLICA_LEADER_STATE_H_
#define BARNABAS_BROKER_REPLICA_LEADER_STATE_H_

#include <cstdint>
#include <optional>

#include "absl/status/status.h"
#include "proto/types/offsets.h"

namespace barnabas::replica {

// When an append counts.
enum class FlushMode { kDisk, kOs };

// What the owner must do now.
struct Step {
  // Begin a flush; report its end by OnFlushed.
  bool start_flush = false;
  // Call OnFlushDue after the background interval, once.
  bool arm_timer = false;
  // The high watermark rose: release those who wait for it.
  bool advanced = false;

  bool operator==(const Step&) const = default;
};

class LeaderState {
 public:
  struct Options {
    LeaderEpoch epoch;
    Offset durable_end;
    Offset log_end;
    FlushMode flush = FlushMode::kDisk;
    // flush=os: unsynced bytes that start a background sync.
    int64_t background_bytes = 0;
  };

  explicit LeaderState(const Options& options);

  // The log grew to `end`; `unsynced_bytes` are not durable.
  [[nodiscard]] Step OnAppended(Offset end, int64_t unsynced_bytes);
  // The flush in flight ended; everything below `durable_end` is safe.
  [[nodiscard]] Step OnFlushed(Offset durable_end);
  // The flush in flight failed; the partition takes nothing any more.
  void OnFlushFailed();
  // The background timer rang.
  [[nodiscard]] Step OnFlushDue();
  // Settings changed.
  [[nodiscard]] Step SetFlush(FlushMode flush, int64_t background_bytes);
  // Leadership was decided anew, for this broker again.
  void SetEpoch(LeaderEpoch epoch);

  // What a request that names `expected` must hear.
  absl::Status CheckEpoch(std::optional<LeaderEpoch> expected) const;
  // STORAGE_ERROR after a failed flush.
  absl::Status CheckUsable() const;

  LeaderEpoch epoch() const { return epoch_; }
  Offset high_watermark() const { return high_watermark_; }
  Offset durable_end() const { return durable_end_; }
  Offset log_end() const { return log_end_; }

 private:
  // Raises the high watermark to where the mode puts it.
  void Advance(Step* step);
  void MaybeFlush(Step* step);

  LeaderEpoch epoch_;
  Offset durable_end_;
  Offset log_end_;
  Offset high_watermark_;
  FlushMode flush_;
  int64_t background_bytes_;
  int64_t unsynced_bytes_ = 0;
  bool flushing_ = false;
  bool timer_armed_ = false;
  bool failed_ = false;
};

// CheckEpoch for a partition whose epoch is `current`.
absl::Status CheckLeaderEpoch(LeaderEpoch current,
                              std::optional<LeaderEpoch> expected);

}  // namespace barnabas::replica

#endif  // BARNABAS_BROKER_REPLICA_LEADER_STATE_H_
