// Quorum arithmetic: what a majority of voters says.
//
// What: free functions over a voter set. Units: indexes.
// Empty case: an empty set wins nothing and commits nothing.
// Thread: pure functions. Errors: none.
#ifndef BARNABAS_METADATA_RAFT_QUORUM_H_
#define BARNABAS_METADATA_RAFT_QUORUM_H_

#include <set>

#include "absl/functional/function_ref.h"
#include "metadata/raft/types.h"

namespace barnabas::raft {

enum class VoteOutcome { kPending, kWon, kLost };

VoteOutcome CountVotes(const VoterSet& voters,
                       const std::set<ReplicaKey>& granted,
                       const std::set<ReplicaKey>& refused);

// The largest index that a majority has reached.
LogIndex MajorityIndex(const VoterSet& voters,
                       absl::FunctionRef<LogIndex(const ReplicaKey&)> index_of);

// Whether `holds` is true for a majority.
bool MajorityHolds(const VoterSet& voters,
                   absl::FunctionRef<bool(const ReplicaKey&)> holds);

}  // namespace barnabas::raft

#endif  // BARNABAS_METADATA_RAFT_QUORUM_H_
