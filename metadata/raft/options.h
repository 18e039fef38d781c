// Options of the Raft core.
//
// What: times and bounds; Validate says what is wrong with them.
// Units: ticks of the driver (10 ms unless it says otherwise), bytes, counts.
// Empty case: the defaults are those of the product: heartbeat 100 ms,
//   election 500 to 1,000 ms.
// Thread: a plain value. Errors: INVALID_REQUEST from Validate.
#ifndef BARNABAS_METADATA_RAFT_OPTIONS_H_
#define BARNABAS_METADATA_RAFT_OPTIONS_H_

#include <cstdint>

#include "absl/status/status.h"

namespace barnabas::raft {

struct Options {
  int32_t heartbeat_ticks = 10;
  // An election is called after [election_ticks, 2 * election_ticks) without a
  // leader; a leader without a majority for election_ticks steps down.
  int32_t election_ticks = 50;
  // How soon a follower may call one on evidence that its leader is gone: a
  // random time up to this. A campaign that is not decided after one to two
  // times this is tried again, after twice as long each time.
  int32_t evidence_ticks = 5;
  // Messages with entries, sent and not acknowledged, per follower; what comes
  // meanwhile goes together in the next one.
  int32_t in_flight_max = 16;
  int64_t message_bytes_max = 1 << 20;
  int64_t snapshot_chunk_bytes = 1 << 20;
  // Proposed and not committed; beyond it proposals are refused.
  int64_t uncommitted_bytes_max = 64 << 20;
  int32_t uncommitted_entries_max = 100000;
  // A learner this close to the end may become a voter.
  int32_t caught_up_entries = 100;
  uint64_t seed = 1;
};

absl::Status Validate(const Options& options);

}  // namespace barnabas::raft

#endif  // BARNABAS_METADATA_RAFT_OPTIONS_H_
