// CompactionFilter: which records of a log stay, decided batch by batch.
//
// What: first learns the last offset of each key in the dirty part (Learn),
//   then gives for each batch of the whole range what takes its place (Apply).
//   A record stays if no later one with its key was learnt, and if it is no
//   tombstone whose delete horizon has passed. Records without a key go.
//   Control batches stay as they are. What a transaction wrote may still be
//   undone: learning ends before it.
// Units: offsets; wall-clock milliseconds.
// Empty case: with nothing learnt only tombstones that are due go.
// Thread: one at a time; pure but for the memory it holds.
// Errors: those of BatchFilter.
// Bounds: the memory of KeyMap. When it is full, learnt_end() lies where it
//   filled up; records from there on stay.
// Always true: a tombstone gets its horizon no earlier than the pass that
//   removes what it hides, so nothing comes back when it goes (P14); an emptied
//   batch stays if the producer window remembers it (I5).
#ifndef BARNABAS_STORAGE_LOG_COMPACTION_FILTER_H_
#define BARNABAS_STORAGE_LOG_COMPACTION_FILTER_H_

#include <cstdint>
#include <optional>
#include <string_view>

#include "absl/container/flat_hash_set.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "proto/types/offsets.h"
#include "storage/log/key_hash.h"
#include "storage/log/key_map.h"
#include "storage/record/batch_filter.h"
#include "storage/record/batch_reader.h"

namespace barnabas::log {

// What a pass did so far.
struct CompactionCounts {
  int64_t records_kept = 0;
  int64_t records_removed = 0;
  // Of those removed: tombstones that were due, records without a key.
  int64_t tombstones_removed = 0;
  int64_t keyless_removed = 0;
  int64_t keys = 0;
};

class CompactionFilter {
 public:
  struct Options {
    Offset log_start;
    // Of the dirty part.
    Offset begin;
    Offset end;
    int64_t memory_bytes_max = 0;
    int64_t now_ms = 0;
    int64_t delete_retention_ms = 0;
    HashSecret secret;
    // Last offsets of the batches that the producer window remembers.
    absl::flat_hash_set<Offset> remembered;
  };

  explicit CompactionFilter(Options options);

  // Takes in a batch of the dirty part; false once it was the last one that can
  // be taken in.
  absl::StatusOr<bool> Learn(const record::BatchView& batch);
  // Below this offset everything was learnt.
  Offset learnt_end() const { return learnt_end_; }

  // What takes the place of `batch`; nullopt: nothing. `last` of its segment
  // stays in any case, so that segments go on following each other. Views live
  // until the next call.
  absl::StatusOr<std::optional<record::BatchView>> Apply(
      const record::BatchView& batch, bool last);

  const CompactionCounts& counts() const { return counts_; }

 private:
  bool Stays(const record::RecordView& record,
             const record::BatchHeader& header);

  const Options options_;
  KeyMap keys_;
  Offset learnt_end_;
  record::RecordReader reader_;
  record::BatchFilter filter_;
  CompactionCounts counts_;
};

}  // namespace barnabas::log

#endif  // BARNABAS_STORAGE_LOG_COMPACTION_FILTER_H_
