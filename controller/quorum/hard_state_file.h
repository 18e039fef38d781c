// HardStateFile: the term and the vote of this node, for ever.
//
// What: the file "quorum-state" of the data directory: text, "key=value" a
//   line, with a checksum line; replaced in one step.
// Picture:  version=1 / term=7 / vote=1 / vote_directory=<22 characters> /
//   checksum=...; vote lines absent when it voted for nobody.
// Units: terms count from 0, "before the first".
// Empty case: an absent file is term 0 without a vote (a fresh directory).
// Thread: one caller at a time; both calls block on the disk.
// Errors: CORRUPT_LOG for a damaged file, UNSUPPORTED_FORMAT for another
//   version, those of env::FileSystem. Nothing is guessed: a forgotten vote
//   could elect two leaders (R1).
// Always true: what Write returned OK for survives any crash (R6).
#ifndef BARNABAS_CONTROLLER_QUORUM_HARD_STATE_FILE_H_
#define BARNABAS_CONTROLLER_QUORUM_HARD_STATE_FILE_H_

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "metadata/raft/types.h"
#include "storage/env/file.h"

namespace barnabas::quorum {

// The file's name, for the owner of the directory.
inline constexpr char kHardStateName[] = "quorum-state";

using raft::HardState;
using VoterKey = raft::ReplicaKey;

absl::StatusOr<HardState> ReadHardState(env::FileSystem* files,
                                        const std::string& directory);

absl::Status WriteHardState(env::FileSystem* files,
                            const std::string& directory,
                            const HardState& state);

}  // namespace barnabas::quorum

#endif  // BARNABAS_CONTROLLER_QUORUM_HARD_STATE_FILE_H_
