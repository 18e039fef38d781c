// Identity: whose data directory this is (`storage format` writes it).
//
// What: the file "identity" of a data directory: format version, cluster id,
//   node id, role, directory id; text, one "key=value" a line, with a checksum
//   line. Written once, atomically; a server only reads it.
// Empty case: an absent file is NOT_FORMATTED.
// Thread: pure functions over FileSystem.
// Errors: NOT_FORMATTED, UNSUPPORTED_FORMAT (other version), WRONG_IDENTITY
//   (Require), CORRUPT_LOG (damaged file). Nothing on disk changes then (S11).
// Always true: temp file, sync, rename, sync of the directory (S9).
#ifndef BARNABAS_STORAGE_LOG_IDENTITY_H_
#define BARNABAS_STORAGE_LOG_IDENTITY_H_

#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "proto/types/ids.h"
#include "proto/types/uuid.h"
#include "storage/env/file.h"

namespace barnabas::log {

inline constexpr int kDirectoryFormatVersion = 1;

struct Identity {
  int format_version = kDirectoryFormatVersion;
  Uuid cluster_id;
  NodeId node_id;
  // "broker" or "controller".
  std::string role;
  Uuid directory_id;

  bool operator==(const Identity&) const = default;
};

absl::StatusOr<Identity> ReadIdentity(env::FileSystem* files,
                                      const std::string& directory);

// Refuses a directory that already has another identity (WRONG_IDENTITY) or
// holds anything else than an earlier, interrupted format.
absl::Status WriteIdentity(env::FileSystem* files, const std::string& directory,
                           const Identity& identity);

// WRONG_IDENTITY unless the directory is of this node (and cluster, if given).
absl::Status RequireIdentity(const Identity& found, NodeId node_id,
                             const std::string& role,
                             std::optional<Uuid> cluster_id);

}  // namespace barnabas::log

#endif  // BARNABAS_STORAGE_LOG_IDENTITY_H_
