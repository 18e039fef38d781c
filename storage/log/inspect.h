// Inspection: what lies in a log's files, batch by batch, entry by entry.
//
// What: the read-only side door of storage/log, for people: no lock is taken,
//   nothing is written, a running node is not disturbed (README 35).
// Units: offsets, bytes, milliseconds.
// Empty case: an empty file has no batches and no entries.
// Thread: one at a time per object; functions are pure over FileSystem.
// Errors: those of the files; INVALID_REQUEST when a file's name is not that
//   of a segment; CORRUPT_RECORD where the bytes are no batch any more (a
//   running node may be writing just there).
#ifndef BARNABAS_STORAGE_LOG_INSPECT_H_
#define BARNABAS_STORAGE_LOG_INSPECT_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "proto/types/offsets.h"
#include "storage/env/file.h"
#include "storage/log/batch_walk.h"
#include "storage/log/offset_index.h"
#include "storage/log/time_index.h"
#include "storage/record/batch_header.h"

namespace barnabas::log {

struct InspectedBatch {
  record::BatchHeader header;
  int64_t position = 0;
  bool checksum_ok = true;
};

// Walks one .log file.
class SegmentInspection {
 public:
  // `path` may have any name; its extent is that of the moment.
  static absl::StatusOr<std::unique_ptr<SegmentInspection>> Open(
      env::FileSystem* files, const std::string& path);

  // The next batch; nullopt at the end. After an error there is no next.
  absl::StatusOr<std::optional<InspectedBatch>> Next();

  // All bytes of a batch that Next returned.
  absl::StatusOr<std::string> BytesOf(const InspectedBatch& batch) const;

  int64_t size_bytes() const { return size_bytes_; }

 private:
  SegmentInspection(std::unique_ptr<env::File> file, int64_t size_bytes);

  const std::unique_ptr<env::File> file_;
  const int64_t size_bytes_;
  BatchWalk walk_;
};

// Entries of an .index or .timeindex file; the base offset is taken from the
// file's name. A part of an entry at the end is left out.
absl::StatusOr<std::vector<OffsetEntry>> ReadOffsetIndex(
    env::FileSystem* files, const std::string& path);
absl::StatusOr<std::vector<TimeEntry>> ReadTimeIndex(env::FileSystem* files,
                                                     const std::string& path);

}  // namespace barnabas::log

#endif  // BARNABAS_STORAGE_LOG_INSPECT_H_
