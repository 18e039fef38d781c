// LogFiles: what lies in a partition's directory, by kind.
//
// What: one listing, sorted into segments, snapshots and leftovers. Files of
//   unknown names are left alone.
// Units: offsets, rising. Empty case: an empty directory has nothing.
// Thread: a plain value. Errors: those of env::FileSystem.
#ifndef BARNABAS_STORAGE_LOG_LOG_FILES_H_
#define BARNABAS_STORAGE_LOG_LOG_FILES_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "proto/types/offsets.h"
#include "storage/env/file.h"

namespace barnabas::log {

struct LogFiles {
  // Base offsets of .log files.
  std::vector<Offset> segments;
  // Offsets of .snapshot files.
  std::vector<Offset> snapshots;
  // Names of index files whose .log file is gone.
  std::vector<std::string> orphans;
  // Bases of compacted segments that are about to take the place of others.
  std::vector<Offset> swaps;
  // Names that end in .cleaned, .deleted or .tmp, and indexes of swaps that
  // did not come to be: interrupted work.
  std::vector<std::string> leftovers;
  // Names that end in .cut.
  std::vector<std::string> cuts;
};

absl::StatusOr<LogFiles> ListLogFiles(env::FileSystem* files,
                                      const std::string& directory);

// Removes the .log file of a segment and what belongs to it. Absent files are
// fine. The directory is not synced.
absl::Status RemoveSegmentFiles(env::FileSystem* files,
                                const std::string& directory, Offset base);

// OK also when there is no such file.
absl::Status RemoveIfPresent(env::FileSystem* files, const std::string& path);

}  // namespace barnabas::log

#endif  // BARNABAS_STORAGE_LOG_LOG_FILES_H_
