#include "metadata/raft/invariants.h"

#include "absl/strings/str_cat.h"

namespace barnabas::raft {
namespace {

void Require(bool holds, const std::string& text,
             std::vector<std::string>* broken) {
  if (!holds) broken->push_back(text);
}

void CheckPeers(const Replica& replica, std::vector<std::string>* broken) {
  for (const auto& [key, peer] : replica.leadership.peers) {
    Require(peer.match() < peer.next(),
            absl::StrCat("R9: match ", peer.match().value(), " is not before ",
                         "next ", peer.next().value()),
            broken);
    Require(peer.match() <= replica.log.last().index,
            absl::StrCat("R9: node ", key.id.value(), " matches ",
                         peer.match().value(), ", beyond the leader's end ",
                         replica.log.last().index.value()),
            broken);
  }
}

}  // namespace

Before Remember(const Replica& replica) {
  return Before{replica.hard, replica.role, replica.commit, replica.log.last()};
}

std::vector<std::string> BrokenIn(const Replica& replica) {
  std::vector<std::string> broken;
  const EntryId last = replica.log.last();
  Require(replica.commit <= last.index,
          absl::StrCat("R10: commit ", replica.commit.value(),
                       " is beyond the end ", last.index.value()),
          &broken);
  Require(replica.log.durable() <= last.index,
          absl::StrCat("R9: durable ", replica.log.durable().value(),
                       " is beyond the end ", last.index.value()),
          &broken);
  Require(last.term <= replica.hard.term,
          absl::StrCat("R4: the log's term ", last.term.value(),
                       " is above the own ", replica.hard.term.value()),
          &broken);
  if (replica.role == Role::kLeader) {
    Require(replica.leader == replica.self, "R1: a leader follows another",
            &broken);
    Require(replica.hard.vote == replica.self,
            "R1: a leader did not vote for itself", &broken);
    Require(replica.durable_hard == replica.hard,
            "R3: a leader's term is not durable", &broken);
    CheckPeers(replica, &broken);
  } else {
    Require(replica.leadership.peers.empty(),
            "R1: only a leader keeps followers", &broken);
  }
  return broken;
}

std::vector<std::string> BrokenBetween(const Before& before,
                                       const Replica& replica) {
  std::vector<std::string> broken;
  Require(replica.hard.term >= before.hard.term,
          absl::StrCat("R4: term fell from ", before.hard.term.value(), " to ",
                       replica.hard.term.value()),
          &broken);
  Require(replica.commit >= before.commit,
          absl::StrCat("R12: commit fell from ", before.commit.value(), " to ",
                       replica.commit.value()),
          &broken);
  if (replica.hard.term == before.hard.term) {
    Require(
        !before.hard.vote.has_value() || replica.hard.vote == before.hard.vote,
        "R2: the vote of a term was changed", &broken);
    if (before.role == Role::kLeader && replica.role == Role::kLeader) {
      Require(replica.log.last() >= before.last, "R5: a leader cut its own log",
              &broken);
    }
    Require(before.role == Role::kLeader || replica.role != Role::kLeader ||
                before.role == Role::kCandidate ||
                before.role == Role::kPreCandidate,
            "R1: a leader that was no candidate", &broken);
  }
  return broken;
}

}  // namespace barnabas::raft
