#include "metadata/raft/replication.h"

#include <glog/logging.h>

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "metadata/raft/election.h"
#include "metadata/raft/quorum.h"
#include "proto/types/seeded_bug.h"

namespace barnabas::raft {
namespace {

// Election timeouts without a word of a removed replica.
constexpr int32_t kRemovedSilentElections = 4;

Progress* FindPeer(Replica& replica, const ReplicaKey& key) {
  auto found = replica.leadership.peers.find(key);
  return found == replica.leadership.peers.end() ? nullptr : &found->second;
}

LogIndex MatchOf(const Replica& replica, const ReplicaKey& key) {
  // The leader counts itself only for what is on its own disk (R8).
  if (key == replica.self) {
    return SEEDED_BUG(kCountsItselfBeforeSync) ? replica.log.last().index
                                               : replica.log.durable();
  }
  auto found = replica.leadership.peers.find(key);
  return found == replica.leadership.peers.end() ? kNoIndex
                                                 : found->second.match();
}

// A silent leader must not linger where a majority has left it (R17).
void CheckQuorum(Replica& replica) {
  Leadership& leadership = replica.leadership;
  if (++leadership.quorum_ticks < replica.options.election_ticks / 4) return;
  leadership.quorum_ticks = 0;
  const bool heard =
      MajorityHolds(replica.membership.current(), [&](const ReplicaKey& key) {
        if (key == replica.self) return true;
        const Progress* peer = FindPeer(replica, key);
        return peer != nullptr &&
               peer->silent_ticks() <= replica.options.election_ticks;
      });
  if (heard) return;
  replica.Fact("leadership given up: no majority of the voters is heard");
  BecomeFollower(replica, replica.hard.term, std::nullopt);
}

bool Belongs(const Replica& replica, const ReplicaKey& key) {
  return replica.membership.current().Contains(key) ||
         replica.leadership.learner == key;
}

// Who does not belong to it any more is sent to until it knows that, or has
// been silent for long.
void ForgetRemoved(Replica& replica) {
  if (replica.commit < replica.membership.last_change()) return;
  Leadership& leadership = replica.leadership;
  std::erase_if(leadership.peers, [&](const auto& item) {
    const auto& [key, peer] = item;
    if (Belongs(replica, key)) return false;
    const auto told = leadership.removal_told.find(key);
    const bool knows =
        told != leadership.removal_told.end() && peer.round() >= told->second;
    const bool gone = peer.silent_ticks() >
                      kRemovedSilentElections * replica.options.election_ticks;
    if (knows || gone) leadership.removal_told.erase(key);
    return knows || gone;
  });
}

void SendHeartbeat(Replica& replica, const ReplicaKey& key,
                   const Progress& peer) {
  AppendRequest request;
  // What the peer surely has, so that a heartbeat is never refused; its
  // commit is bounded by the receiver's own end.
  const LogIndex previous = peer.match();
  const std::optional<Term> term = replica.log.TermAt(previous);
  request.previous = term.has_value() ? EntryId{*term, previous} : EntryId{};
  request.commit = std::min(replica.commit, previous);
  request.round = replica.leadership.round;
  replica.Send(key, std::move(request));
}

void SendSnapshotPiece(Replica& replica, const ReplicaKey& to,
                       const Progress& peer) {
  replica.effects.snapshots.push_back(SnapshotSend{
      to, replica.hard.term, peer.snapshot().id, peer.snapshot().position});
}

// Who was behind when others committed shall not wait for the next heartbeat;
// entries that are yet to be sent tell as well.
void TellCommit(Replica& replica, const ReplicaKey& key, const Progress& peer) {
  const bool idle = peer.mode() == SendMode::kReplicate &&
                    peer.next() > replica.log.last().index;
  if (idle) SendHeartbeat(replica, key, peer);
}

// A leader that is no voter any more leads until that is committed.
void StepDownIfRemoved(Replica& replica) {
  if (replica.IsVoter()) return;
  if (replica.commit < replica.membership.last_change()) return;
  SendHeartbeats(replica);
  replica.Fact("leadership given up: no longer a voter");
  BecomeFollower(replica, replica.hard.term, std::nullopt);
}

// Entries of a request that this log does not hold yet.
std::vector<Entry> NewEntries(const Replica& replica,
                              const std::vector<Entry>& entries) {
  size_t known = 0;
  while (
      known < entries.size() &&
      replica.log.Holds(EntryId{entries[known].term, entries[known].index})) {
    ++known;
  }
  return std::vector<Entry>(entries.begin() + known, entries.end());
}

}  // namespace

void RaiseCommit(Replica& replica, LogIndex commit) {
  if (commit <= replica.commit) return;
  replica.commit = commit;
  replica.effects.commit = commit;
  replica.membership.ForgetBefore(
      std::min(commit, replica.log.snapshot().index));
}

void BecomeLeader(Replica& replica) {
  replica.role = Role::kLeader;
  replica.leader = replica.self;
  replica.leadership = Leadership();
  replica.NoteRole();
  RefreshPeers(replica);
  Entry first;
  first.kind = EntryKind::kLeader;
  replica.leadership.first_of_term = replica.log.last().index.Next();
  AppendAsLeader(replica, {std::move(first)});
}

void AbandonLeadership(Replica& replica) {
  for (const PendingRead& read : replica.leadership.reads) {
    replica.effects.reads.push_back(ReadOutcome{read.read, false, kNoIndex});
  }
  replica.leadership = Leadership();
}

void RefreshPeers(Replica& replica) {
  const LogIndex last = replica.log.last().index;
  for (const Voter& voter : replica.membership.current().voters()) {
    if (voter.key == replica.self) continue;
    replica.leadership.peers.try_emplace(voter.key, last);
  }
}

void TickLeader(Replica& replica) {
  Leadership& leadership = replica.leadership;
  const int32_t resend_ticks = 2 * replica.options.heartbeat_ticks;
  std::vector<ReplicaKey> again;
  for (auto& [key, peer] : leadership.peers) {
    if (peer.OnTick(resend_ticks)) again.push_back(key);
  }
  for (const ReplicaKey& key : again) SendEntries(replica, key);
  if (++leadership.heartbeat_ticks >= replica.options.heartbeat_ticks) {
    SendHeartbeats(replica);
  }
  if (leadership.successor.has_value() &&
      ++leadership.transfer_ticks > replica.options.election_ticks) {
    replica.Fact("hand-over given up: the successor did not take over");
    leadership.successor.reset();
  }
  ForgetRemoved(replica);
  CheckQuorum(replica);
}

void AppendAsLeader(Replica& replica, std::vector<Entry> entries) {
  LogIndex next = replica.log.last().index.Next();
  for (Entry& entry : entries) {
    entry.index = next;
    entry.term = replica.hard.term;
    next = next.Next();
  }
  replica.Append(entries);
  RefreshPeers(replica);
  replica.leadership.appended = true;
}

void SendAppended(Replica& replica) {
  if (!std::exchange(replica.leadership.appended, false)) return;
  SendEntriesToAll(replica);
}

void SendEntriesToAll(Replica& replica) {
  for (auto& [key, peer] : replica.leadership.peers) SendEntries(replica, key);
}

void SendEntries(Replica& replica, const ReplicaKey& to) {
  Progress* peer = FindPeer(replica, to);
  CHECK(peer != nullptr) << "entries go to known replicas only";
  if (peer->mode() == SendMode::kSnapshot) {
    return SendSnapshotPiece(replica, to, *peer);
  }
  while (peer->MaySend(replica.options.in_flight_max)) {
    const LogIndex previous = peer->next().Plus(-1);
    const std::optional<Term> term = replica.log.TermAt(previous);
    const bool trimmed = peer->next() <= replica.log.last().index &&
                         peer->next() < replica.log.first();
    if (!term.has_value() || trimmed) {
      peer->BeginSnapshot(replica.log.snapshot());
      return SendSnapshotPiece(replica, to, *peer);
    }
    AppendRequest request;
    request.previous = EntryId{*term, previous};
    request.commit = replica.commit;
    request.round = replica.leadership.round;
    if (peer->next() <= replica.log.last().index) {
      request.entries =
          replica.log.Read(peer->next(), replica.options.message_bytes_max);
    } else if (peer->mode() == SendMode::kReplicate) {
      return;
    }
    peer->OnSent(
        previous.Next().Plus(static_cast<int64_t>(request.entries.size())));
    replica.Send(to, std::move(request));
  }
}

void SendHeartbeats(Replica& replica) {
  Leadership& leadership = replica.leadership;
  leadership.heartbeat_ticks = 0;
  ++leadership.round;
  const LogIndex change = replica.membership.last_change();
  for (auto& [key, peer] : leadership.peers) {
    SendHeartbeat(replica, key, peer);
    if (Belongs(replica, key)) {
      leadership.removal_told.erase(key);
    } else if (std::min(replica.commit, peer.match()) >= change) {
      leadership.removal_told.try_emplace(key, leadership.round);
    }
  }
}

void AdvanceCommit(Replica& replica) {
  if (replica.role != Role::kLeader) return;
  const LogIndex reached = MajorityIndex(
      replica.membership.current(),
      [&](const ReplicaKey& key) { return MatchOf(replica, key); });
  // Entries of older terms commit only behind one of this term (Raft 5.4.2).
  const bool own_term = reached >= replica.leadership.first_of_term ||
                        SEEDED_BUG(kCommitsOldTermByCount);
  if (reached > replica.commit && own_term) {
    RaiseCommit(replica, reached);
    SettleReads(replica);
    SendEntriesToAll(replica);
    // Followers learn of it with the next entries, or at once when there are
    // none: under load a heartbeat for every commit would cost more than the
    // commits.
    if (reached == replica.log.last().index) SendHeartbeats(replica);
    StepDownIfRemoved(replica);
  }
}

void OnAppendRequest(Replica& replica, const Message& message,
                     const AppendRequest& request) {
  HeardLeader(replica, message.from);
  AppendReply reply;
  reply.round = request.round;
  // Whatever is committed equals the leader's: no need to look.
  const bool behind =
      request.previous.index < replica.commit && request.entries.empty();
  const bool trimmed = request.previous.index < replica.log.snapshot().index;
  if (behind || trimmed) {
    reply.accepted = true;
    reply.match = std::min(replica.commit, replica.log.durable());
    replica.Send(message.from, reply);
    return;
  }
  if (!replica.log.Holds(request.previous)) {
    reply.hint = replica.log.AgreementBefore(request.previous);
    replica.Send(message.from, reply);
    return;
  }
  const std::vector<Entry> added = NewEntries(replica, request.entries);
  if (!added.empty()) {
    CHECK(added.front().index > replica.commit)
        << "R12: a committed entry is never replaced";
    replica.Append(added);
  }
  const LogIndex end =
      request.previous.index.Plus(static_cast<int64_t>(request.entries.size()));
  RaiseCommit(replica, std::min(request.commit, end));
  reply.accepted = true;
  reply.match = end;
  const bool durable =
      end <= replica.log.durable() || SEEDED_BUG(kAcknowledgesBeforeSync);
  if (!durable) {
    // The contact counts at once, the entries when they are on disk.
    AppendReply contact = reply;
    contact.match = replica.log.durable();
    if (request.entries.empty()) {
      replica.Send(message.from, contact);
      return;
    }
  }
  replica.Send(message.from, reply, /*needs_durable=*/!durable);
}

void OnAppendReply(Replica& replica, const Message& message,
                   const AppendReply& reply) {
  if (replica.role != Role::kLeader) return;
  Progress* peer = FindPeer(replica, message.from);
  if (peer == nullptr) return;
  if (!reply.accepted) {
    const EntryId agreed = replica.log.AgreementBefore(reply.hint);
    peer->OnRefused(agreed.index.Next(), reply.round);
  } else {
    const LogIndex match = std::min(reply.match, replica.log.last().index);
    const bool committed = match <= replica.commit;
    const bool rose = peer->OnAccepted(match, reply.round);
    // The others committed it before; when it was told, it did not hold it.
    if (rose && committed) TellCommit(replica, message.from, *peer);
    if (rose) AdvanceCommit(replica);
  }
  // Leadership may have ended with that commit.
  if (replica.role != Role::kLeader) return;
  SettleReads(replica);
  SendEntries(replica, message.from);
  ContinueTransfer(replica);
}

void BeginRead(Replica& replica, uint64_t read) {
  SendHeartbeats(replica);
  PendingRead pending;
  pending.read = read;
  pending.index = std::max(replica.commit, replica.leadership.first_of_term);
  pending.round = replica.leadership.round;
  replica.leadership.reads.push_back(pending);
  SettleReads(replica);
}

void SettleReads(Replica& replica) {
  std::deque<PendingRead>& reads = replica.leadership.reads;
  while (!reads.empty()) {
    const PendingRead& read = reads.front();
    const bool confirmed =
        MajorityHolds(replica.membership.current(), [&](const ReplicaKey& key) {
          if (key == replica.self) return true;
          const Progress* peer = FindPeer(replica, key);
          return peer != nullptr && peer->round() >= read.round;
        });
    if (!confirmed || replica.commit < read.index) return;
    replica.effects.reads.push_back(ReadOutcome{read.read, true, read.index});
    reads.pop_front();
  }
}

void ContinueTransfer(Replica& replica) {
  const std::optional<ReplicaKey>& successor = replica.leadership.successor;
  if (!successor.has_value()) return;
  const Progress* peer = FindPeer(replica, *successor);
  if (peer == nullptr || peer->match() != replica.log.last().index) return;
  replica.Send(*successor, TransferRequest{});
}

}  // namespace barnabas::raft
