// Keeping aside what recovery cuts off the tail of a log.
//
// What: the bytes behind the last good batch are copied to
//   "<offset>.cut"; segments behind it are renamed to "<base>.log.cut".
//   Nothing reads them but people.
// Units: bytes. Empty case: nothing to cut gives no file.
// Thread: the log's opening. Errors: those of env::FileSystem; nothing is cut
//   then.
// Bounds: kCutFilesMax files; the oldest goes first.
#ifndef BARNABAS_STORAGE_LOG_CUT_FILE_H_
#define BARNABAS_STORAGE_LOG_CUT_FILE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "proto/types/offsets.h"
#include "storage/env/file.h"

namespace barnabas::log {

// Copies [begin, end) of `from` to the cut file for `offset`, durably but for
// its name. Returns its path.
absl::StatusOr<std::string> KeepTail(env::FileSystem* files,
                                     const std::string& directory,
                                     Offset offset, const env::File& from,
                                     int64_t begin, int64_t end);

// Renames the segment's .log file out of the way and removes its indexes.
// Returns the new path.
absl::StatusOr<std::string> KeepSegment(env::FileSystem* files,
                                        const std::string& directory,
                                        Offset base);

// Removes the oldest of the cut files `names` until kCutFilesMax are left.
absl::Status BoundCutFiles(env::FileSystem* files, const std::string& directory,
                           std::vector<std::string> names);

}  // namespace barnabas::log

#endif  // BARNABAS_STORAGE_LOG_CUT_FILE_H_
