// Replica: everything one node of the quorum knows, and the outbox of a step.
//
// What: the state that election, replication and reads work on; passive, so
//   that each of them stays a set of functions over it. Core owns one.
// Units: ticks, indexes. Empty case: a joiner: no voters, no entries.
// Thread: the core's. Errors: none.
// Always true: messages go out at once only when nothing they say depends on
//   bytes that are not durable yet (R3, R9).
#ifndef BARNABAS_METADATA_RAFT_REPLICA_H_
#define BARNABAS_METADATA_RAFT_REPLICA_H_

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "metadata/raft/effects.h"
#include "metadata/raft/membership.h"
#include "metadata/raft/messages.h"
#include "metadata/raft/options.h"
#include "metadata/raft/progress.h"
#include "metadata/raft/replica_log.h"
#include "metadata/raft/types.h"

namespace barnabas::raft {

// What was handed out to be persisted and is not reported durable yet.
struct Handed {
  uint64_t persist_id = 0;
  HardState hard;
  EntryId last;
};

// A follower's or candidate's side.
struct Ballot {
  // Since the last sign of a leader, a granted vote, or a campaign's begin.
  int32_t elapsed_ticks = 0;
  // When to campaign; drawn anew each time.
  int32_t timeout_ticks = 0;
  // Begun since a leader was heard: each is given longer than the one before.
  int32_t campaigns = 0;
  CampaignCause cause = CampaignCause::kTimeout;
  // Since the leader was last heard; loyal below election_ticks.
  int32_t leaderless_ticks = 0;
  std::set<ReplicaKey> granted;
  std::set<ReplicaKey> refused;
};

struct PendingRead {
  uint64_t read = 0;
  LogIndex index;
  // Leadership is confirmed when a majority answered this round.
  uint64_t round = 0;
};

// A leader's side; empty in other roles.
struct Leadership {
  // Voters, the learner, and who was removed but may not know yet.
  std::map<ReplicaKey, Progress> peers;
  // The latest that was added and does not vote.
  std::optional<ReplicaKey> learner;
  // By removed replica: who answers this round knows of its removal.
  std::map<ReplicaKey, uint64_t> removal_told;
  // First entry of the term: commits and reads wait for it (R8, R18).
  LogIndex first_of_term = kNoIndex;
  // Entries were appended since effects were taken last; they go out with
  // those, so that what comes together is sent together.
  bool appended = false;
  uint64_t round = 0;
  int32_t heartbeat_ticks = 0;
  int32_t quorum_ticks = 0;
  std::deque<PendingRead> reads;
  // Set while leadership is being handed over.
  std::optional<ReplicaKey> successor;
  int32_t transfer_ticks = 0;
};

struct Replica {
  Replica(const Options& options_given, const ReplicaKey& key,
          const HardState& hard_found, const LogView* view)
      : options(options_given),
        self(key),
        hard(hard_found),
        durable_hard(hard_found),
        log(view),
        commit(log.snapshot().index),
        random(options_given.seed) {}

  const Options options;
  const ReplicaKey self;

  HardState hard;
  HardState durable_hard;
  ReplicaLog log;
  LogIndex commit;
  Membership membership;
  Role role = Role::kFollower;
  std::optional<ReplicaKey> leader;
  Ballot ballot;
  Leadership leadership;
  std::deque<Handed> handed;
  uint64_t persist_id = 0;
  std::mt19937_64 random;
  // Filled by the step under way, taken by Core.
  Effects effects;

  bool IsVoter() const { return membership.current().Contains(self); }
  // Also a voter that an uncommitted change removes: without its vote-getting
  // nobody might be able to commit that change (dissertation 4.2.2).
  bool MayCampaign() const {
    const LogIndex change = membership.last_change();
    return IsVoter() ||
           (change > commit && membership.At(change.Plus(-1)).Contains(self));
  }

  // Sends to `to` in the current term; later, if what it says must first be
  // durable.
  template <typename Body>
  void Send(const ReplicaKey& to, Body body, bool needs_durable = false) {
    Message message{self, to, hard.term, std::move(body)};
    const bool wait = needs_durable || !(hard == durable_hard);
    (wait ? effects.after_durable : effects.now).push_back(std::move(message));
  }

  void SetHardState(const HardState& next) {
    if (next == hard) return;
    hard = next;
    effects.hard_state = next;
  }

  // Into the log, the membership and the effects.
  void Append(const std::vector<Entry>& entries) {
    if (entries.empty()) return;
    log.Append(entries);
    for (const Entry& entry : entries) membership.OnAppend(entry);
    membership.OnTruncate(entries.back().index.Next());
    // A later append of the same step replaces from its first entry on.
    std::vector<Entry>& out = effects.entries;
    while (!out.empty() && out.back().index >= entries.front().index) {
      out.pop_back();
    }
    out.insert(out.end(), entries.begin(), entries.end());
  }

  void NoteRole() {
    effects.role = RoleChange{role, hard.term, leader, ballot.cause};
  }
  void Fact(std::string text) { effects.facts.push_back(std::move(text)); }

  // Uniform in [low, high).
  int32_t Draw(int32_t low, int32_t high) {
    return low + static_cast<int32_t>(random() % (high - low));
  }
};

}  // namespace barnabas::raft

#endif  // BARNABAS_METADATA_RAFT_REPLICA_H_
