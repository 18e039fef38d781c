#include "metadata/raft/voter_set.h"

#include <algorithm>

namespace barnabas::raft {

std::ostream& operator<<(std::ostream& out, const ReplicaKey& key) {
  return out << key.id << "/" << key.directory;
}

VoterSet::VoterSet(std::vector<Voter> voters) : voters_(std::move(voters)) {
  std::stable_sort(
      voters_.begin(), voters_.end(),
      [](const Voter& a, const Voter& b) { return a.key.id < b.key.id; });
  const auto same = [](const Voter& a, const Voter& b) {
    return a.key.id == b.key.id;
  };
  voters_.erase(std::unique(voters_.begin(), voters_.end(), same),
                voters_.end());
}

bool VoterSet::Contains(const ReplicaKey& key) const {
  const Voter* voter = FindNode(key.id);
  return voter != nullptr && voter->key == key;
}

const Voter* VoterSet::FindNode(NodeId id) const {
  for (const Voter& voter : voters_) {
    if (voter.key.id == id) return &voter;
  }
  return nullptr;
}

std::optional<VoterSet> VoterSet::With(const Voter& voter) const {
  if (FindNode(voter.key.id) != nullptr) return std::nullopt;
  if (voters_.size() >= kVotersMax) return std::nullopt;
  std::vector<Voter> voters = voters_;
  voters.push_back(voter);
  return VoterSet(std::move(voters));
}

std::optional<VoterSet> VoterSet::Without(const ReplicaKey& key) const {
  if (!Contains(key) || voters_.size() == 1) return std::nullopt;
  std::vector<Voter> voters;
  for (const Voter& voter : voters_) {
    if (voter.key != key) voters.push_back(voter);
  }
  return VoterSet(std::move(voters));
}

}  // namespace barnabas::raft
