// OffsetIndex: where in a segment's .log file to begin looking for an offset.
//
// What: sparse entries (relative offset i32, position i32), Kafka's .index
//   byte for byte. An entry says: the batch that begins at `position` ends
//   with offset `base + relative offset`.
// Units: offsets; positions are bytes in the .log file.
// Empty case: no entries: look from position 0.
// Thread: one writer; Find and count from any thread beside it.
// Errors: those of EntryFile. What Find returns is a hint: the file has no
//   checksum, so Segment checks it against the batch that it points at (S5).
// Always true: of an active index: offsets and positions strictly rise.
#ifndef BARNABAS_STORAGE_LOG_OFFSET_INDEX_H_
#define BARNABAS_STORAGE_LOG_OFFSET_INDEX_H_

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

struct OffsetEntry {
  Offset offset;
  int64_t position = 0;

  bool operator==(const OffsetEntry&) const = default;
};

class OffsetIndex {
 public:
  OffsetIndex(env::FileSystem* files, std::string path, Offset base)
      : base_(base), entries_(files, std::move(path), kEntryBytes) {}

  static constexpr size_t kEntryBytes = 8;
  static OffsetEntry Decode(const char* entry, Offset base);

  void Append(const OffsetEntry& entry);
  // Drops the entries at or beyond `position`.
  void CutTo(int64_t position);

  // The last entry with an offset at or below `offset`.
  absl::StatusOr<std::optional<OffsetEntry>> Find(Offset offset) const;
  // The last entry.
  absl::StatusOr<std::optional<OffsetEntry>> Last() const;
  // Whether offsets and positions of all entries of an active index rise and
  // stay below `size`.
  bool IsSound(int64_t size) const;

  EntryFile& file() { return entries_; }
  const EntryFile& file() const { return entries_; }

 private:
  const Offset base_;
  EntryFile entries_;
};

}  // namespace barnabas::log

#endif  // BARNABAS_STORAGE_LOG_OFFSET_INDEX_H_
