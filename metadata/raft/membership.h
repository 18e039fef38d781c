// Membership: which voters count at which point of the log.
//
// What: the history of voter sets in the log, newest last. A set is in force as
//   soon as its entry is in the log, and the one before it again if that entry
//   is cut off (Raft dissertation 4.1).
// Units: indexes. Empty case: a joiner knows no voters until it hears of them.
// Thread: the core's. Errors: none.
// Always true: indexes rise; one change at a time is the leader's rule.
#ifndef BARNABAS_METADATA_RAFT_MEMBERSHIP_H_
#define BARNABAS_METADATA_RAFT_MEMBERSHIP_H_

#include <memory>
#include <utility>
#include <vector>

#include "metadata/raft/types.h"

namespace barnabas::raft {

class Membership {
 public:
  // Sets known from the snapshot and the log so far.
  Membership() = default;

  const VoterSet& current() const;
  // The set in force for the entry at `index`.
  const VoterSet& At(LogIndex index) const;
  // Of the newest change; kNoIndex if there is none.
  LogIndex last_change() const;

  // Takes note of entries that carry voters.
  void OnAppend(const Entry& entry);
  // Entries from `begin` on are gone.
  void OnTruncate(LogIndex begin);
  // Everything so far is replaced by a snapshot's set.
  void Reset(LogIndex index, VoterSet voters);
  // Sets before the one in force at `index` are of no more use.
  void ForgetBefore(LogIndex index);

 private:
  std::vector<std::pair<LogIndex, std::shared_ptr<const VoterSet>>> history_;
};

}  // namespace barnabas::raft

#endif  // BARNABAS_METADATA_RAFT_MEMBERSHIP_H_
