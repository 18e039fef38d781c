// DurablePoint: up to where a log is known to have survived, on disk.
//
// What: the file "durable-point" of a partition's directory. At or below the
//   point damage is refused, above it recovery cuts (S3, README 31). It also
//   says how far the active segment's indexes reached, so that recovery
//   trusts them only if they are exactly those.
// Picture of the bytes: two slots, at 0 and 512, written in turn, so that a
//   torn write leaves the one before. A slot, big-endian:
//     0 u32 "BDP1"             36 i32 entries of .index, u32 their CRC-32C
//     4 u32 CRC-32C of [8,68)  44 i32 entries of .timeindex, u32 CRC-32C
//     8 i64 round              52 i64 largest timestamp of the segment, ms
//    16 i64 durable end        60 i64 offset where it was reached
//    24 i64 base of the segment it lies in
//    32 i32 position in that segment
// Units: offsets, bytes, milliseconds.
// Empty case: an absent file means "nothing is known": the log is read whole.
// Thread: one caller at a time.
// Errors: those of env::File; Read says CORRUPT_LOG when neither slot is
//   sound.
// Always true: rounds rise; the slot with the highest sound round is valid.
#ifndef BARNABAS_STORAGE_LOG_DURABLE_POINT_H_
#define BARNABAS_STORAGE_LOG_DURABLE_POINT_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "proto/types/offsets.h"
#include "storage/env/file.h"
#include "storage/log/segment_index.h"

namespace barnabas::log {

struct DurablePoint {
  int64_t round = 0;
  Offset end;
  Offset segment_base;
  int64_t position = 0;
  IndexMark index;

  bool operator==(const DurablePoint&) const = default;
};

class DurablePointFile {
 public:
  // The point in `directory`; nullopt when there is no such file.
  static absl::StatusOr<std::optional<DurablePoint>> Read(
      env::FileSystem* files, const std::string& directory);

  // Makes the file with `point` in both slots, in one step (S9).
  static absl::Status Create(env::FileSystem* files,
                             const std::string& directory,
                             const DurablePoint& point);

  // To write the file that Create made. `round` is the last one.
  DurablePointFile(env::FileSystem* files, const std::string& directory,
                   int64_t round);

  // Writes `point` with the next round, durably. The file is open only
  // meanwhile: each log has one, and descriptors are few.
  absl::Status Write(DurablePoint point);

 private:
  env::FileSystem* const files_;
  const std::string path_;
  int64_t round_;
};

}  // namespace barnabas::log

#endif  // BARNABAS_STORAGE_LOG_DURABLE_POINT_H_
