#include "tests/sim/raft_checker.h"

#include <algorithm>
#include <functional>

#include "absl/strings/str_cat.h"

namespace barnabas::sim {
namespace {

uint64_t Combine(uint64_t a, uint64_t b) {
  uint64_t mixed = a ^ (b + 0x9e3779b97f4a7c15ULL + (a << 6) + (a >> 2));
  mixed *= 0xbf58476d1ce4e5b9ULL;
  return mixed ^ (mixed >> 29);
}

// What a node has on its disk that it may speak of.
bool HoldsDurably(const RaftDisk& disk, LogIndex index, Term term) {
  const auto found = disk.durable_log().find(index);
  if (found != disk.durable_log().end()) return found->second.term == term;
  return index <= disk.latest_snapshot().id.index;
}

}  // namespace

uint64_t HashOf(const raft::Entry& entry) {
  uint64_t hash = Combine(entry.index.value(), entry.term.value());
  hash = Combine(hash, static_cast<uint64_t>(entry.kind));
  if (entry.payload != nullptr) {
    hash = Combine(hash, std::hash<std::string>()(*entry.payload));
  }
  if (entry.voters != nullptr) {
    for (const raft::Voter& voter : entry.voters->voters()) {
      hash = Combine(hash, voter.key.id.value());
    }
  }
  return hash;
}

void RaftChecker::Break(const std::string& what) {
  if (broken_.empty()) broken_ = what;
}

void RaftChecker::OnLeader(const raft::ReplicaKey& node, Term term,
                           const raft::Replica& replica, const RaftDisk& disk) {
  const auto [at, fresh] = leader_of_.emplace(term, node);
  if (!fresh) {
    Break(absl::StrCat(at->second == node ? "R11: node " : "R1: nodes ",
                       at->second.id.value(), " and ", node.id.value(),
                       " led term ", term.value()));
  }
  // Who wins an older term late, while a newer one has its leader, lacks what
  // that one commits, and can commit nothing.
  LogIndex owed = raft::kNoIndex;
  for (const auto& [earlier, commit] : reached_) {
    if (earlier < term) owed = std::max(owed, commit);
  }
  for (const auto& [index, what] : committed_) {
    if (index > owed) break;
    if (index <= disk.latest_snapshot().id.index) continue;
    if (replica.log.TermAt(index) != what.first) {
      Break(absl::StrCat("R7: the leader of term ", term.value(),
                         " lacks committed entry ", index.value()));
      return;
    }
  }
}

void RaftChecker::OnSend(const raft::Message& message, const RaftDisk& sender) {
  const raft::HardState& hard = sender.durable_hard();
  const auto* reply = std::get_if<raft::VoteReply>(&message.body);
  const auto* request = std::get_if<raft::VoteRequest>(&message.body);
  const bool pre_vote = (reply != nullptr && reply->pre_vote) ||
                        (request != nullptr && request->pre_vote);
  if (!pre_vote && hard.term < message.term) {
    Break(absl::StrCat("R3: node ", message.from.id.value(), " speaks of term ",
                       message.term.value(), ", durable is ",
                       hard.term.value()));
  }
  if (reply != nullptr && reply->granted && !reply->pre_vote) {
    const auto [at, fresh] =
        votes_.emplace(std::pair(message.term, message.from), message.to);
    if (!fresh && at->second != message.to) {
      Break(absl::StrCat("R2: node ", message.from.id.value(),
                         " voted twice in term ", message.term.value()));
    }
    if (hard.term == message.term && hard.vote != message.to) {
      Break("R3: a vote was sent before it was durable");
    }
  }
  const auto* append = std::get_if<raft::AppendReply>(&message.body);
  if (append != nullptr && append->accepted && append->match > raft::kNoIndex &&
      append->match > sender.latest_snapshot().id.index &&
      !sender.durable_log().contains(append->match)) {
    Break(absl::StrCat("R9: node ", message.from.id.value(),
                       " acknowledged entry ", append->match.value(),
                       " before it was durable"));
  }
}

void RaftChecker::OnAppend(const raft::Entry& entry,
                           std::optional<uint64_t> before) {
  const uint64_t hash = Combine(before.value_or(0), HashOf(entry));
  if (!before.has_value()) return;
  const auto [at, fresh] =
      entries_.emplace(raft::EntryId{entry.term, entry.index}, HashOf(entry));
  if (!fresh && at->second != HashOf(entry)) {
    Break(absl::StrCat("R6: two entries at ", entry.index.value(), " in term ",
                       entry.term.value(), " (", hash, ")"));
  }
}

void RaftChecker::OnLeaderCommit(
    LogIndex commit, const raft::Replica& leader,
    const std::map<raft::ReplicaKey, const RaftDisk*>& disks) {
  if (leader.log.TermAt(commit) != leader.hard.term) {
    Break(absl::StrCat("R8: entry ", commit.value(),
                       " of an older term was committed by counting"));
  }
  const raft::VoterSet& voters = leader.membership.current();
  size_t holders = 0;
  for (const raft::Voter& voter : voters.voters()) {
    const auto disk = disks.find(voter.key);
    if (disk != disks.end() &&
        HoldsDurably(*disk->second, commit, leader.hard.term)) {
      ++holders;
    }
  }
  if (holders < voters.Majority()) {
    Break(absl::StrCat("R8: entry ", commit.value(), " was committed with ",
                       holders, " durable copies of ", voters.size()));
  }
}

void RaftChecker::OnCommit(LogIndex commit, Term term) {
  LogIndex& reached = reached_.try_emplace(term, commit).first->second;
  reached = std::max(reached, commit);
}

void RaftChecker::OnApply(const raft::Entry& entry, LogIndex expected) {
  if (entry.index != expected) {
    Break(absl::StrCat("R10: entry ", entry.index.value(),
                       " was applied instead of ", expected.value()));
  }
  const auto [at, fresh] =
      committed_.emplace(entry.index, std::pair(entry.term, HashOf(entry)));
  if (!fresh && at->second != std::pair(entry.term, HashOf(entry))) {
    Break(absl::StrCat("R12: two different entries were committed at ",
                       entry.index.value()));
  }
}

void RaftChecker::OnState(LogIndex index, uint64_t state) {
  const auto [at, fresh] = applied_.emplace(index, state);
  if (!fresh && at->second != state) {
    Break(absl::StrCat("R13: two different states at ", index.value()));
  }
}

void RaftChecker::OnRead(uint64_t read) {
  reads_[read] =
      committed_.empty() ? raft::kNoIndex : committed_.rbegin()->first;
}

void RaftChecker::OnReadOver(const raft::ReadOutcome& outcome) {
  const auto begun = reads_.find(outcome.read);
  if (begun == reads_.end()) return;
  if (outcome.confirmed && outcome.index < begun->second) {
    Break(absl::StrCat("R18: a read is answered up to ", outcome.index.value(),
                       ", and ", begun->second.value(),
                       " was committed when it began"));
  }
  reads_.erase(begun);
}

}  // namespace barnabas::sim
