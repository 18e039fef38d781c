// Snapshot codec: a snapshot as the bytes of its file.
//
// What: seals header and payload with a checksum, and opens them again.
// Picture:
//     0  8  "BNBSSNAP"      8  4  version 1      12  4  CRC-32C of the rest
//    16  4  header length  20  H  SnapshotHeader     20+H  the owner's bytes
//   Numbers are little-endian.
// Units: bytes. Empty case: a payload may be empty.
// Thread: pure functions.
// Errors: CORRUPT_LOG (seal broken), UNSUPPORTED_FORMAT (another version),
//   WRONG_IDENTITY (another cluster's). Texts name `where`.
#ifndef BARNABAS_CONTROLLER_QUORUM_SNAPSHOT_CODEC_H_
#define BARNABAS_CONTROLLER_QUORUM_SNAPSHOT_CODEC_H_

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "metadata/raft/types.h"
#include "proto/types/uuid.h"

namespace barnabas::quorum {

// The folder of a data directory that they lie in.
inline constexpr char kSnapshotsName[] = "snapshots";

struct Snapshot {
  raft::SnapshotId id;
  // In force at that entry.
  raft::VoterSet voters;
  // The owner's state as of it.
  std::string payload;
};

std::string SealSnapshot(const Snapshot& snapshot, const Uuid& cluster_id);

absl::StatusOr<Snapshot> OpenSnapshot(std::string_view bytes,
                                      const Uuid& cluster_id,
                                      const std::string& where);

}  // namespace barnabas::quorum

#endif  // BARNABAS_CONTROLLER_QUORUM_SNAPSHOT_CODEC_H_
