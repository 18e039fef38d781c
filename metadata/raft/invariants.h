// Invariants: named truths of one replica, of a state and of a step.
//
// What: what a single node can check of R1 to R17; the simulator checks the
//   rest across nodes. Run after every event in debug builds and simulation.
// Units: indexes. Empty case: a joiner satisfies all of them.
// Thread: pure functions.
// Errors: the names and values of what is broken; empty when all hold.
#ifndef BARNABAS_METADATA_RAFT_INVARIANTS_H_
#define BARNABAS_METADATA_RAFT_INVARIANTS_H_

#include <string>
#include <vector>

#include "metadata/raft/replica.h"

namespace barnabas::raft {

// What is remembered of the state before a step.
struct Before {
  HardState hard;
  Role role = Role::kFollower;
  LogIndex commit = kNoIndex;
  EntryId last;
};

Before Remember(const Replica& replica);

// Of one state.
std::vector<std::string> BrokenIn(const Replica& replica);
// Of one step.
std::vector<std::string> BrokenBetween(const Before& before,
                                       const Replica& replica);

}  // namespace barnabas::raft

#endif  // BARNABAS_METADATA_RAFT_INVARIANTS_H_
