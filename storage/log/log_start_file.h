// The file "log-start": below which offset nothing may be read any more.
//
// What: written before segments are deleted, so that what was deleted does
//   not come back (S2), and so that a start inside a segment is kept.
// Units: offsets. Empty case: an absent file is nullopt.
// Thread: the log's writer, or its opening.
// Errors: CORRUPT_LOG when damaged; those of env::FileSystem.
#ifndef BARNABAS_STORAGE_LOG_LOG_START_FILE_H_
#define BARNABAS_STORAGE_LOG_LOG_START_FILE_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "proto/types/offsets.h"
#include "storage/env/file.h"

namespace barnabas::log {

absl::StatusOr<std::optional<Offset>> ReadLogStart(
    env::FileSystem* files, const std::string& directory);

// Durable on return.
absl::Status WriteLogStart(env::FileSystem* files, const std::string& directory,
                           Offset start);

}  // namespace barnabas::log

#endif  // BARNABAS_STORAGE_LOG_LOG_START_FILE_H_
