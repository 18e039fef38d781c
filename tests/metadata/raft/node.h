// Node: one Raft core with a disk that reports only when told to.
//
// What: what the tests of election, replication and core share.
// Units: ticks, indexes. Empty case: a node that just started.
// Thread: a test's. Errors: broken invariants fail the test.
#ifndef BARNABAS_TESTS_METADATA_RAFT_NODE_H_
#define BARNABAS_TESTS_METADATA_RAFT_NODE_H_

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "metadata/raft/core.h"
#include "metadata/raft/invariants.h"
#include "tests/metadata/raft/fixtures.h"

namespace barnabas::raft {

inline constexpr int kElection = 50;

// One core with a disk that writes at once but reports only when told to.
class Node {
 public:
  explicit Node(int32_t id, int32_t voters, HardState hard = {}) {
    Entry bootstrap = DataEntry(0, 0);
    bootstrap.kind = EntryKind::kBootstrap;
    bootstrap.voters = std::make_shared<const VoterSet>(Voters(voters));
    log_.Write({bootstrap});
    Found found;
    found.hard = hard;
    found.log = &log_;
    found.voter_entries = {bootstrap};
    core_.emplace(Options(), Key(id), found);
  }

  Effects Take() {
    Effects effects = core_->TakeEffects();
    log_.Write(effects.entries);
    if (effects.NeedsPersisting()) last_id_ = effects.persist_id;
    EXPECT_TRUE(BrokenIn(core_->replica()).empty());
    return effects;
  }
  // Everything written is on disk now.
  Effects Persist() {
    Take();
    core_->Persisted(last_id_);
    return Take();
  }
  void TickUntilCampaign() {
    for (int i = 0; i < 2 * kElection + 1 && role() == Role::kFollower; ++i) {
      core_->Tick();
    }
  }
  void Receive(int32_t from, int32_t term, decltype(Message::body) body) {
    core_->Step(
        Message{Key(from), core_->replica().self, Term(term), std::move(body)});
  }
  // Wins an election among three: pre-vote, vote, first entry durable.
  void Win(int32_t term) {
    TickUntilCampaign();
    Receive(2, term - 1, VoteReply{true, Term(term - 1), true});
    Persist();
    Receive(2, term, VoteReply{false, Term(term), true});
    Persist();
  }

  Core& core() { return *core_; }
  Role role() const { return core_->replica().role; }
  Term term() const { return core_->replica().hard.term; }
  LogIndex commit() const { return core_->replica().commit; }

 private:
  MemoryLog log_;
  std::optional<Core> core_;
  uint64_t last_id_ = 0;
};

template <typename Body>
const Body* Find(const std::vector<Message>& messages, int32_t to) {
  for (const Message& message : messages) {
    const Body* body = std::get_if<Body>(&message.body);
    if (body != nullptr && message.to == Key(to)) return body;
  }
  return nullptr;
}

}  // namespace barnabas::raft

#endif  // BARNABAS_TESTS_METADATA_RAFT_NODE_H_
