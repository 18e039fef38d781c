// Types of Raft: who takes part, what is agreed on, what is remembered.
//
// What: plain values, free of encoding; the driver's codec puts them on the
//   wire and on disk. Messages are in messages.h.
// Units: a LogIndex is the offset in the metadata log. Index 0 is the bootstrap
//   entry, the same on all first voters: Raft's "before the first".
// Empty case: an empty log ends at index -1, term 0 (a joiner's).
// Thread: plain values. Errors: none.
// Always true: a voter is its node id and its directory id together; a disk
//   made anew is another voter (KIP-853).
#ifndef BARNABAS_METADATA_RAFT_TYPES_H_
#define BARNABAS_METADATA_RAFT_TYPES_H_

#include <compare>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <ostream>
#include <string>

#include "metadata/raft/voter_set.h"
#include "proto/types/offsets.h"

namespace barnabas::raft {

inline constexpr LogIndex kNoIndex{-1};
inline constexpr Term kNoTerm{0};

enum class EntryKind {
  // What `storage format` wrote; carries the first voters.
  kBootstrap,
  // The first entry of every term.
  kLeader,
  // A change of the voters; in force as soon as it is in the log.
  kVoters,
  // Opaque to Raft.
  kData,
};

struct Entry {
  LogIndex index;
  Term term;
  EntryKind kind = EntryKind::kData;
  // Shared, since an entry waits for several followers at once. May be null.
  std::shared_ptr<const std::string> payload;
  // With kBootstrap and kVoters.
  std::shared_ptr<const VoterSet> voters;

  size_t SizeBytes() const { return payload == nullptr ? 0 : payload->size(); }
};

// Where an entry stands; orders logs by how up to date they are.
struct EntryId {
  Term term;
  LogIndex index = kNoIndex;

  auto operator<=>(const EntryId&) const = default;
};

// A snapshot holds everything up to and including this entry.
using SnapshotId = EntryId;

// What must survive a crash, beside the log (Raft, figure 2).
struct HardState {
  Term term;
  std::optional<ReplicaKey> vote;

  bool operator==(const HardState&) const = default;
};

enum class Role {
  // Follows a leader, or waits for one; also what is not a voter.
  kFollower,
  // Asks whether an election could be won, without a new term.
  kPreCandidate,
  kCandidate,
  kLeader,
};

std::ostream& operator<<(std::ostream& out, Role role);

// Why an election was called.
enum class CampaignCause {
  // Nothing was heard of a leader.
  kTimeout,
  // Nobody listens any more where the leader did.
  kLeaderGone,
  // The leader asked for it.
  kTransfer,
};

std::ostream& operator<<(std::ostream& out, CampaignCause cause);

}  // namespace barnabas::raft

#endif  // BARNABAS_METADATA_RAFT_TYPES_H_
