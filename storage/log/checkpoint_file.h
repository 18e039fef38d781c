// CheckpointFile: small files that are replaced in one step.
//
// What: ReplaceFile writes a temporary file, syncs it, renames it over the
//   old one and syncs the directory: a reader after any crash sees the old
//   contents or the new, never a mixture (S9). SealText and OpenText put a
//   checksum line under "key=value" lines, so that a flipped bit is noticed
//   (S4).
// Units: bytes. Empty case: an empty file is a valid file for ReadSmallFile;
//   OpenText refuses it, because its checksum is missing.
// Thread: one writer per path.
// Errors: those of env::FileSystem; OpenText says CORRUPT_LOG; a file above
//   kSmallFileBytesMax is CORRUPT_LOG.
#ifndef BARNABAS_STORAGE_LOG_CHECKPOINT_FILE_H_
#define BARNABAS_STORAGE_LOG_CHECKPOINT_FILE_H_

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/env/file.h"

namespace barnabas::log {

// Makes `directory`/`name` hold `contents`, durably. The temporary file of an
// interrupted call is overwritten by the next.
absl::Status ReplaceFile(env::FileSystem* files, const std::string& directory,
                         std::string_view name, std::string_view contents);

// True for a full disk and a shortage of descriptors, which pass; anything else
// that a write met may be anything (S6).
bool WillPass(const absl::Status& status);

// All bytes of a file; nullopt when there is none.
absl::StatusOr<std::optional<std::string>> ReadSmallFile(
    env::FileSystem* files, const std::string& path);

using KeyValues = std::vector<std::pair<std::string, std::string>>;

// "key=value" lines and "checksum=<8 hex digits>" below them. Keys and values
// must not hold '\n', keys no '='.
std::string SealText(const KeyValues& lines);

// The lines of a sealed text; CORRUPT_LOG naming `path` if it was changed.
absl::StatusOr<KeyValues> OpenText(std::string_view text,
                                   const std::string& path);

// The value of `key`; nullopt when absent.
std::optional<std::string> ValueOf(const KeyValues& lines,
                                   std::string_view key);

}  // namespace barnabas::log

#endif  // BARNABAS_STORAGE_LOG_CHECKPOINT_FILE_H_
