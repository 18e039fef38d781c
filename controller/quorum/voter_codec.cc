#include "controller/quorum/voter_codec.h"

#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "proto/types/error.h"
#include "proto/types/uuid.h"

namespace barnabas::quorum {

absl::StatusOr<raft::VoterSet> ReadVoters(const VoterList& list) {
  std::vector<raft::Voter> voters;
  for (const internal::v1::Voter& each : list) {
    const std::optional<Uuid> directory = Uuid::Parse(each.directory_id());
    if (!directory.has_value()) {
      return MakeError(
          ErrorCode::kCorruptLog,
          absl::StrCat("voter ", each.node_id(), " has the directory id \"",
                       each.directory_id(), "\", which is none"),
          "restore the directory from another voter");
    }
    voters.push_back(
        raft::Voter{raft::ReplicaKey{NodeId(each.node_id()), *directory},
                    each.host(), each.port()});
  }
  const size_t count = voters.size();
  raft::VoterSet set(std::move(voters));
  if (set.size() == count) return set;
  return MakeError(ErrorCode::kCorruptLog,
                   "the same node is listed twice among the voters",
                   "restore the directory from another voter");
}

void WriteVoters(const raft::VoterSet& voters, VoterList* list) {
  for (const raft::Voter& voter : voters.voters()) {
    internal::v1::Voter* each = list->Add();
    each->set_node_id(voter.key.id.value());
    each->set_directory_id(voter.key.directory.ToString());
    each->set_host(voter.host);
    each->set_port(voter.port);
  }
}

}  // namespace barnabas::quorum
