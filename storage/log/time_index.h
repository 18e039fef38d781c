// TimeIndex: up to where in a segment no timestamp is larger than a given one.
//
// What: sparse entries (timestamp i64, relative offset i32), Kafka's
//   .timeindex byte for byte. An entry says: of the batches up to some moment
//   the largest timestamp is `timestamp_ms`, first reached by the batch that
//   ends with offset `base + relative offset`.
// Units: milliseconds of wall time; offsets.
// Empty case: no entries: nothing is known of the times.
// Thread: one writer; Find and count from any thread beside it.
// Errors: those of EntryFile. What Find returns is a hint (see OffsetIndex).
// Always true: of an active index: timestamps and offsets strictly rise.
#ifndef BARNABAS_STORAGE_LOG_TIME_INDEX_H_
#define BARNABAS_STORAGE_LOG_TIME_INDEX_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "proto/types/offsets.h"
#include "storage/env/file.h"
#include "storage/log/entry_file.h"

namespace barnabas::log {

struct TimeEntry {
  // -1 while no batch had a timestamp.
  int64_t timestamp_ms = -1;
  Offset offset;

  bool operator==(const TimeEntry&) const = default;
};

class TimeIndex {
 public:
  TimeIndex(env::FileSystem* files, std::string path, Offset base)
      : base_(base), entries_(files, std::move(path), kEntryBytes) {}

  static constexpr size_t kEntryBytes = 12;
  static TimeEntry Decode(const char* entry, Offset base);

  // Adds the entry if its timestamp is larger than the last one's.
  void TryAppend(const TimeEntry& entry);
  // Drops the entries whose offset is `offset` or beyond.
  void CutTo(Offset offset);

  // The last entry with a timestamp at or below `timestamp_ms`.
  absl::StatusOr<std::optional<TimeEntry>> Find(int64_t timestamp_ms) const;
  absl::StatusOr<std::optional<TimeEntry>> Last() const;
  // Whether timestamps and offsets of all entries of an active index rise and
  // the offsets stay below `end`.
  bool IsSound(Offset end) const;

  EntryFile& file() { return entries_; }
  const EntryFile& file() const { return entries_; }

 private:
  const Offset base_;
  EntryFile entries_;
};

}  // namespace barnabas::log

#endif  // BARNABAS_STORAGE_LOG_TIME_INDEX_H_
