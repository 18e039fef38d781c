#include "metadata/raft/options.h"

#include "proto/types/error.h"

namespace barnabas::raft {

absl::Status Validate(const Options& options) {
  if (options.heartbeat_ticks < 1 ||
      options.election_ticks < 3 * options.heartbeat_ticks) {
    return MakeError(ErrorCode::kInvalidRequest,
                     "raft: the election timeout must be at least three "
                     "heartbeats, or one lost heartbeat unseats a leader");
  }
  if (options.evidence_ticks < 1 || options.in_flight_max < 1 ||
      options.message_bytes_max < 1 || options.snapshot_chunk_bytes < 1 ||
      options.uncommitted_bytes_max < 1 ||
      options.uncommitted_entries_max < 1 || options.caught_up_entries < 0) {
    return MakeError(ErrorCode::kInvalidRequest,
                     "raft: bounds must be positive");
  }
  return absl::OkStatus();
}

}  // namespace barnabas::raft
