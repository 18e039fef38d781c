#include "metadata/raft/quorum.h"

#include <algorithm>
#include <functional>
#include <vector>

namespace barnabas::raft {

VoteOutcome CountVotes(const VoterSet& voters,
                       const std::set<ReplicaKey>& granted,
                       const std::set<ReplicaKey>& refused) {
  size_t yes = 0;
  size_t no = 0;
  for (const Voter& voter : voters.voters()) {
    if (granted.contains(voter.key)) ++yes;
    if (refused.contains(voter.key)) ++no;
  }
  if (voters.empty()) return VoteOutcome::kLost;
  if (yes >= voters.Majority()) return VoteOutcome::kWon;
  if (voters.size() - no < voters.Majority()) return VoteOutcome::kLost;
  return VoteOutcome::kPending;
}

LogIndex MajorityIndex(
    const VoterSet& voters,
    absl::FunctionRef<LogIndex(const ReplicaKey&)> index_of) {
  if (voters.empty()) return kNoIndex;
  std::vector<LogIndex> indexes;
  for (const Voter& voter : voters.voters()) {
    indexes.push_back(index_of(voter.key));
  }
  std::sort(indexes.begin(), indexes.end(), std::greater<>());
  return indexes[voters.Majority() - 1];
}

bool MajorityHolds(const VoterSet& voters,
                   absl::FunctionRef<bool(const ReplicaKey&)> holds) {
  size_t count = 0;
  for (const Voter& voter : voters.voters()) count += holds(voter.key) ? 1 : 0;
  return !voters.empty() && count >= voters.Majority();
}

}  // namespace barnabas::raft
