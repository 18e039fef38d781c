// VoterSet: the controllers whose majority decides.
//
// What: an immutable list of voters, sorted by node id, at most one for each
//   node id.
// Units: none. Ranges: at most kVotersMax.
// Empty case: an empty set has no majority: nobody can win or commit.
// Thread: a plain value.
// Errors: With and Without answer nullopt when they would not change one
//   voter.
#ifndef BARNABAS_METADATA_RAFT_VOTER_SET_H_
#define BARNABAS_METADATA_RAFT_VOTER_SET_H_

#include <compare>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "proto/types/ids.h"
#include "proto/types/uuid.h"

namespace barnabas::raft {

// More voters make every commit slower and nothing safer.
inline constexpr size_t kVotersMax = 15;

struct ReplicaKey {
  NodeId id;
  Uuid directory;

  auto operator<=>(const ReplicaKey&) const = default;
};

std::ostream& operator<<(std::ostream& out, const ReplicaKey& key);

template <typename H>
H AbslHashValue(H state, const ReplicaKey& key) {
  return H::combine(std::move(state), key.id, key.directory);
}

struct Voter {
  ReplicaKey key;
  std::string host;
  int32_t port = 0;

  bool operator==(const Voter&) const = default;
};

class VoterSet {
 public:
  VoterSet() = default;
  // Duplicate node ids beyond the first are dropped.
  explicit VoterSet(std::vector<Voter> voters);

  const std::vector<Voter>& voters() const { return voters_; }
  size_t size() const { return voters_.size(); }
  bool empty() const { return voters_.empty(); }
  size_t Majority() const { return voters_.size() / 2 + 1; }

  bool Contains(const ReplicaKey& key) const;
  // By node id alone; nullptr if absent.
  const Voter* FindNode(NodeId id) const;

  // One voter more: nullopt if the node id is there or the set is full.
  std::optional<VoterSet> With(const Voter& voter) const;
  // One voter less: nullopt if absent or the last one.
  std::optional<VoterSet> Without(const ReplicaKey& key) const;

  bool operator==(const VoterSet&) const = default;

 private:
  std::vector<Voter> voters_;
};

}  // namespace barnabas::raft

#endif  // BARNABAS_METADATA_RAFT_VOTER_SET_H_
