// OffsetFile: a small file that holds one offset.
//
// What: "log-start", below which nothing may be read any more: written before
//   segments are deleted, so that what was deleted does not come back (S2),
//   and so that a start inside a segment is kept. "clean-end", below which the
//   log is compacted: below it each key stands once, tombstones aside.
// Units: offsets. Empty case: an absent file is nullopt.
// Thread: the log's writer or its opening; of clean-end the compaction.
// Errors: CORRUPT_LOG when damaged; those of env::FileSystem.
#ifndef BARNABAS_STORAGE_LOG_OFFSET_FILE_H_
#define BARNABAS_STORAGE_LOG_OFFSET_FILE_H_

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "proto/types/offsets.h"
#include "storage/env/file.h"

namespace barnabas::log {

absl::StatusOr<std::optional<Offset>> ReadOffsetFile(
    env::FileSystem* files, const std::string& directory,
    std::string_view name);

// Durable on return.
absl::Status WriteOffsetFile(env::FileSystem* files,
                             const std::string& directory,
                             std::string_view name, Offset offset);

}  // namespace barnabas::log

#endif  // BARNABAS_STORAGE_LOG_OFFSET_FILE_H_
