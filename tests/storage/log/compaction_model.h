// CompactionModel: what may be left of a log that is compacted, in memory.
//
// What: keeps everything that was ever appended, and says what is wrong with
//   what a log holds after compactions and power cuts: what is read was
//   written there (offsets never change), who replays the log gets the same
//   last value of each key as who replays all that was written, tombstones
//   stay for their time, what no pass could touch is all there (P14, S1, S2).
// Units: offsets, milliseconds. Empty case: a new model is an empty log.
// Thread: one test. Errors: Check returns what is wrong, empty if nothing.
#ifndef BARNABAS_TESTS_STORAGE_LOG_COMPACTION_MODEL_H_
#define BARNABAS_TESTS_STORAGE_LOG_COMPACTION_MODEL_H_

#include <cstdint>
#include <map>
#include <optional>
#include <random>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "proto/types/offsets.h"
#include "storage/log/log_cleaning.h"
#include "storage/log/partition_log.h"
#include "tests/support/batches.h"

namespace barnabas::log {

class CompactionModel {
 public:
  explicit CompactionModel(int64_t delete_retention_ms)
      : delete_retention_ms_(delete_retention_ms) {}

  // Each tells what is about to happen.
  void Appending(Offset base, const std::vector<support::TestRecord>& records,
                 const std::string& sent);
  void Compacting(Offset end, int64_t now_ms);
  void Advancing(Offset start) { start_ = start; }
  // Everything below is durable.
  void Durable(Offset end) { floor_ = end; }

  // What is wrong with `log` at `now_ms`.
  std::string Check(PartitionLog* log, int64_t now_ms) const;
  // Whether each key stands once below `end`, tombstones that were due aside.
  std::string CheckClean(const PartitionLog& log, Offset end) const;
  // Goes on with what a power cut left.
  void Adopt(const PartitionLog& log);

 private:
  struct Batch {
    Offset base;
    Offset next;
    std::string sent;
  };
  using Records = std::map<Offset, support::TestRecord>;

  static absl::StatusOr<Records> RecordsOf(const PartitionLog& log);
  static std::map<std::string, std::string> Replay(const Records& records,
                                                   Offset end);
  std::string CheckRecords(const Records& found, Offset end) const;
  std::string CheckTombstones(const Records& found, Offset end,
                              int64_t now_ms) const;
  std::string CheckLookUps(const PartitionLog& log, const Records& found) const;
  std::string CheckProducers(PartitionLog* log) const;

  const int64_t delete_retention_ms_;
  Records written_;
  std::vector<Batch> batches_;
  Offset start_;
  Offset floor_;
  // How far passes reached, and when the first one began that reached so far.
  std::map<Offset, int64_t> passes_;
};

// A few records of few keys, of which some are tombstones.
std::vector<support::TestRecord> KeyedRecords(int keys, int64_t now_ms,
                                              std::mt19937_64* random);

// One pass; an empty report when there was nothing to do.
absl::StatusOr<CompactionReport> Compact(PartitionLog* log,
                                         const CompactionRequest& request = {
                                             .limit = Offset(INT64_MAX)});

// Closes the active segment, makes all durable and compacts everything.
absl::StatusOr<CompactionReport> CompactAll(PartitionLog* log);

}  // namespace barnabas::log

#endif  // BARNABAS_TESTS_STORAGE_LOG_COMPACTION_MODEL_H_
