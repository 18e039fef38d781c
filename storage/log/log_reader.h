// LogReader: reads a log's batches out of a snapshot of its segments.
//
// What: by offset (ReadBatches) and by timestamp (FindTime). The bytes go
//   straight from the file into the caller's memory; headers are walked,
//   checksums and records are left to whoever uses the batches.
// Units: offsets, bytes, milliseconds.
// Empty case: nothing at the end of the snapshot.
// Thread: any number of readers; nobody cuts the segments meanwhile (the
//   owner's lock sees to it), appending is fine.
// Errors: OFFSET_OUT_OF_RANGE with the range; CORRUPT_RECORD naming file and
//   position; those of the file.
// Always true: only whole batches, in order, each wholly below `end`.
#ifndef BARNABAS_STORAGE_LOG_LOG_READER_H_
#define BARNABAS_STORAGE_LOG_LOG_READER_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "proto/types/offsets.h"
#include "storage/log/partition_log.h"
#include "storage/log/segment_list.h"

namespace barnabas::log {

// OFFSET_OUT_OF_RANGE with the log's range.
absl::Status OutOfRange(Offset offset, const PartitionLog::Facts& facts);

class LogReader {
 public:
  // What a reader may see: [start, end) of `segments`, cut `era` times.
  struct Snapshot {
    std::shared_ptr<const SegmentList> segments;
    Offset start;
    Offset end;
    int64_t era = 0;
  };

  // Up to where a log with these facts can be read; `from` must lie in it.
  static absl::StatusOr<Offset> ReadableEnd(const PartitionLog::Facts& facts,
                                            Offset from,
                                            std::string_view directory);

  explicit LogReader(Snapshot snapshot) : snapshot_(std::move(snapshot)) {}

  // As PartitionLog::Read; `end` may lie beyond the reader's.
  absl::StatusOr<ReadOutcome> ReadBatches(
      Offset from, Offset end, int64_t bytes_max, ReadCursor* cursor,
      absl::FunctionRef<char*(size_t)> allocate) const;

  absl::StatusOr<std::optional<PartitionLog::TimeMatch>> FindTime(
      int64_t timestamp_ms) const;
  absl::StatusOr<std::optional<PartitionLog::TimeMatch>> FindTime(
      LargestTime) const;

 private:
  // A place in a segment where a batch begins.
  struct Place {
    const Segment* segment = nullptr;
    int64_t position = 0;
  };
  // Whole batches and where to go on behind them.
  struct Filled {
    std::string_view bytes;
    Offset next;
  };

  absl::StatusOr<Place> PlaceOf(Offset from) const;
  std::optional<Place> PlaceAt(const ReadCursor& cursor) const;
  // Bytes of the whole batches below `end` that `wanted` bytes hold, the first
  // one even beyond; `wanted` where they are many and small.
  absl::StatusOr<int64_t> WholeBatches(const Segment& segment, int64_t position,
                                       int64_t wanted, Offset end) const;
  absl::StatusOr<Filled> Fill(const Place& place, Offset from, Offset end,
                              int64_t bytes_max,
                              absl::FunctionRef<char*(size_t)> allocate) const;
  absl::StatusOr<std::optional<PartitionLog::TimeMatch>> FindTimeIn(
      const Segment& segment, int64_t timestamp_ms) const;
  absl::StatusOr<std::optional<PartitionLog::TimeMatch>> FindMaxIn(
      const Segment& segment) const;
  // A record of the batch at `position`, not below the start.
  enum class Pick { kFirstAtOrAfter, kLargest };
  absl::StatusOr<std::optional<PartitionLog::TimeMatch>> PickRecord(
      const Segment& segment, const record::BatchHeader& header,
      int64_t position, Pick pick, int64_t timestamp_ms) const;

  const Snapshot snapshot_;
};

}  // namespace barnabas::log

#endif  // BARNABAS_STORAGE_LOG_LOG_READER_H_
