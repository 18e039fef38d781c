#include "tests/sim/raft_cluster.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "controller/quorum/message_codec.h"
#include "tests/sim/shrinker.h"

namespace barnabas::sim {
namespace {

constexpr int64_t kTickMs = 10;
constexpr size_t kTextMax = 300;
// Time to converge after healing: catching up may go an entry at a time, each a
// round trip, where a seed made messages that small.
constexpr int64_t kConvergenceMs = 300 * 1000;
// Long enough for an election that should not be.
constexpr int64_t kHealed = 4000;

raft::Voter MakeVoter(int node, uint64_t directory) {
  return raft::Voter{
      raft::ReplicaKey{NodeId(node + 1), Uuid::FromRandom(node + 1, directory)},
      "", 0};
}

// For a report.
std::string TextOf(const raft::Message& message) {
  return absl::StrCat(message.from.id.value(), " to ", message.to.id.value(),
                      " in term ", message.term.value(), ": ",
                      quorum::ToProto(message).ShortDebugString())
      .substr(0, kTextMax);
}

}  // namespace

RaftCluster::RaftCluster(const SimOptions& options)
    : random_(options.seed), decisions_(options) {
  DrawSwarm();
  std::vector<raft::Voter> voters;
  for (int i = 0; i < swarm_.voters; ++i) voters.push_back(MakeVoter(i, 7));
  const raft::VoterSet bootstrap(voters);
  for (int i = 0; i < swarm_.voters + swarm_.spares; ++i) {
    nodes_.push_back(
        std::make_unique<RaftNode>(MakeVoter(i, 7).key, bootstrap, &checker_));
    disks_[nodes_.back()->key()] = &nodes_.back()->disk();
  }
  for (size_t i = 0; i < nodes_.size(); ++i) {
    StartNode(static_cast<int>(i));
    TickNode(static_cast<int>(i));
  }
  Chaos();
}

void RaftCluster::DrawSwarm() {
  const auto some = [this](double rate) {
    // Each kind of fault is absent in half of all worlds (swarm testing).
    return Chance(0.5) ? 0.0 : rate * static_cast<double>(Draw(1, 11)) / 10;
  };
  swarm_.voters = static_cast<int>(Draw(1, 6));
  swarm_.spares = static_cast<int>(Draw(0, 3));
  swarm_.delay_max_ms = Draw(1, Chance(0.3) ? 400 : 30);
  swarm_.disk_max_ms = Draw(1, Chance(0.2) ? 300 : 15);
  swarm_.crash = some(0.05);
  swarm_.cut = some(0.08);
  swarm_.heal = 0.1;
  swarm_.break_stream = some(0.2);
  swarm_.propose = static_cast<double>(Draw(2, 10)) / 10;
  swarm_.member = some(0.05);
  swarm_.transfer = some(0.03);
  swarm_.snapshot = some(0.1);
  swarm_.pause = some(0.05);
  swarm_.drift = some(0.5);
  swarm_.astray = some(0.05);
}

void RaftCluster::At(int64_t delay_ms, std::function<void()> run) {
  queue_.push(Event{now_ms_ + delay_ms, ++order_, std::move(run)});
}

bool RaftCluster::Chance(double probability) {
  return static_cast<double>(random_() >> 11) * 0x1.0p-53 < probability;
}

int64_t RaftCluster::Draw(int64_t low, int64_t high) {
  return low + static_cast<int64_t>(random_() % (high - low));
}

int RaftCluster::NodeOf(const raft::ReplicaKey& key) const {
  for (size_t i = 0; i < nodes_.size(); ++i) {
    if (nodes_[i]->key() == key) return static_cast<int>(i);
  }
  return -1;
}

void RaftCluster::TickNode(int node) {
  const bool late = Chance(swarm_.drift * 0.3);
  At(kTickMs + (late ? Draw(0, 5 * kTickMs) : 0),
     [this, node] { TickNode(node); });
  if (!nodes_[node]->up() || paused_.contains(node)) return;
  nodes_[node]->Tick();
  CheckHeard(node);
  After(node);
}

void RaftCluster::After(int node) {
  RaftNode& replica = *nodes_[node];
  const size_t before = replica.writes_under_way();
  replica.Settle(disks_);
  for (raft::Message& message : replica.TakeMessages()) {
    Send(node, std::move(message));
  }
  if (before == 0 && replica.writes_under_way() > 0) ScheduleDisk(node);
}

void RaftCluster::ScheduleDisk(int node) {
  const int64_t life = nodes_[node]->lives();
  At(Draw(0, swarm_.disk_max_ms + 1), [this, node, life] {
    RaftNode& replica = *nodes_[node];
    if (!replica.up() || replica.lives() != life) return;
    replica.FinishWrite();
    // Further writes wait their turn.
    const bool more = replica.writes_under_way() > 0;
    After(node);
    if (more) ScheduleDisk(node);
  });
}

void RaftCluster::Send(int from, raft::Message message) {
  const int to = NodeOf(message.to);
  const Link link(from, to);
  const bool lost = to < 0 || cuts_.contains(link);
  if (decisions_.trace())
    Note(absl::StrCat(lost ? "loses " : "sends ", TextOf(message)));
  if (lost) return;
  auto& [generation, last_ms] = streams_[link];
  // A stream keeps order: nothing arrives before what was sent earlier.
  last_ms = std::max(last_ms, now_ms_ + Draw(0, swarm_.delay_max_ms + 1));
  const uint64_t sent = generation;
  At(last_ms - now_ms_, [this, link, sent, to, message = std::move(message)] {
    if (streams_[link].first != sent || !nodes_[to]->up()) return;
    if (paused_.contains(to)) return;
    if (decisions_.trace()) Note(absl::StrCat("arrives ", TextOf(message)));
    Hearing& hearing = hearing_[to];
    hearing.heard[message.from] = hearing.ticks;
    nodes_[to]->Receive(message);
    After(to);
  });
}

void RaftCluster::Break(const Link& link) {
  ++streams_[link].first;
  RaftNode& from = *nodes_[link.first];
  if (!from.up()) return;
  from.core().PeerLost(nodes_[link.second]->key(),
                       /*gone=*/!nodes_[link.second]->up());
  After(link.first);
}

void RaftCluster::CrashNode(int node) {
  Note(absl::StrCat("node ", node + 1, " crashes"));
  nodes_[node]->Crash(decisions_.Draw(0, 4), decisions_.Draw(0, 4));
  for (size_t i = 0; i < nodes_.size(); ++i) {
    const int other = static_cast<int>(i);
    if (other == node) continue;
    Break(Link(node, other));
    Break(Link(other, node));
  }
}

void RaftCluster::StartNode(int node) {
  raft::Options options;
  options.seed = random_();
  options.message_bytes_max = Draw(1, 200);
  options.in_flight_max = static_cast<int32_t>(Draw(1, 10));
  Note(absl::StrCat("node ", node + 1, " starts"));
  hearing_.erase(node);
  nodes_[node]->Start(options);
  After(node);
}

int RaftCluster::LeaderNode() {
  int leader = -1;
  for (size_t i = 0; i < nodes_.size(); ++i) {
    if (!nodes_[i]->up()) continue;
    const raft::Replica& replica = nodes_[i]->core().replica();
    if (replica.role != raft::Role::kLeader) continue;
    if (leader < 0 ||
        replica.hard.term > nodes_[leader]->core().replica().hard.term) {
      leader = static_cast<int>(i);
    }
  }
  return leader;
}

void RaftCluster::ChaosOnNodes() {
  Decisions& d = decisions_;
  const int node = static_cast<int>(d.Draw(0, nodes_.size()));
  const int other = static_cast<int>(d.Draw(0, nodes_.size()));
  const bool up = nodes_[node]->up();
  if (d.Chance(swarm_.crash) && up && d.Take("crash", node)) CrashNode(node);
  if (d.Chance(0.2) && !nodes_[node]->up() && d.Take("start", node)) {
    StartNode(node);
  }
  if (d.Chance(swarm_.pause) && d.Take("pause", node)) paused_.insert(node);
  if (d.Chance(0.2)) paused_.erase(node);
  const bool both = d.Chance(0.7);
  if (d.Chance(swarm_.cut) && node != other &&
      d.Take(both ? "cut" : "cut one way", node, other)) {
    cuts_.insert(Link(node, other));
    if (both) cuts_.insert(Link(other, node));
  }
  if (d.Chance(swarm_.heal)) cuts_.clear();
  if (d.Chance(swarm_.break_stream) && node != other &&
      d.Take("break", node, other)) {
    Break(Link(node, other));
  }
  const int64_t keep = d.Draw(0, 10);
  if (d.Chance(swarm_.snapshot) && nodes_[node]->up() &&
      d.Take("snapshot", node)) {
    nodes_[node]->TakeSnapshot(keep);
  }
  if (d.Chance(swarm_.astray) && d.Take("astray", node)) SendAstray(node);
}

void RaftCluster::ChaosOnQuorum() {
  Decisions& d = decisions_;
  const int leader = LeaderNode();
  const int other = static_cast<int>(d.Draw(0, nodes_.size()));
  const int64_t count = d.Draw(1, 5);
  const bool propose = d.Chance(swarm_.propose);
  const bool member = d.Chance(swarm_.member);
  const bool transfer = d.Chance(swarm_.transfer);
  const bool read = d.Chance(0.1);
  if (leader < 0) return;
  RaftNode& node = *nodes_[leader];
  // Refusals are the core's right; the invariants judge what it accepts.
  if (propose && d.Take("propose", leader, count)) {
    std::vector<std::string> payloads;
    for (int64_t i = 0; i < count; ++i) {
      payloads.push_back(absl::StrCat("p", ++order_));
    }
    (void)node.core().Propose(std::move(payloads)).ok();
  }
  if (member && d.Take("change voters", leader, other)) {
    const raft::Voter voter = MakeVoter(other, 7);
    if (node.core().replica().membership.current().Contains(voter.key)) {
      (void)node.core().RemoveVoter(voter.key).ok();
    } else {
      (void)node.core().AddLearner(voter.key).ok();
      (void)node.core().AddVoter(voter).ok();
    }
  }
  if (transfer && d.Take("hand over", leader, other)) {
    (void)node.core().TransferLeadership(nodes_[other]->key()).ok();
  }
  if (read && d.Take("read", leader)) {
    checker_.OnRead(++order_);
    const absl::Status begun = node.core().Read(order_);
    if (!begun.ok()) checker_.OnReadOver({order_, false, raft::kNoIndex});
  }
  After(leader);
}

void RaftCluster::Chaos() {
  decisions_.BeginStep(absl::Milliseconds(now_ms_));
  At(decisions_.Draw(1, 40), [this] { Chaos(); });
  if (healing_) return;
  ChaosOnNodes();
  ChaosOnQuorum();
}

void RaftCluster::SendAstray(int node) {
  RaftNode& replica = *nodes_[node];
  if (!replica.up()) return;
  raft::Message message;
  message.from = MakeVoter((node + 1) % 5, 7).key;
  message.to = MakeVoter(node, 8).key;
  message.term = replica.core().replica().hard.term.Next();
  message.body =
      raft::VoteRequest{false, true, {message.term, LogIndex(1'000'000)}};
  const raft::HardState before = replica.core().replica().hard;
  const raft::Role role = replica.core().replica().role;
  replica.Receive(message);
  if (!(replica.core().replica().hard == before) ||
      replica.core().replica().role != role) {
    checker_.Break("R15: a message for another directory changed something");
  }
  After(node);
}

void RaftCluster::CheckHeard(int node) {
  const raft::Replica& replica = nodes_[node]->core().replica();
  Hearing& hearing = hearing_[node];
  ++hearing.ticks;
  const LogIndex change = replica.membership.last_change();
  if (replica.role != raft::Role::kLeader) return;
  if (hearing.term != replica.hard.term || hearing.change != change) {
    hearing.term = replica.hard.term;
    hearing.change = change;
    hearing.since = hearing.ticks;
    hearing.heard.clear();
  }
  const raft::VoterSet& voters = replica.membership.current();
  std::vector<int64_t> silent;
  for (const raft::Voter& voter : voters.voters()) {
    const auto heard = hearing.heard.find(voter.key);
    const int64_t last = voter.key == replica.self      ? hearing.ticks
                         : heard == hearing.heard.end() ? hearing.since
                                                        : heard->second;
    silent.push_back(hearing.ticks - last);
  }
  std::sort(silent.begin(), silent.end());
  const int64_t allowed = replica.options.election_ticks * 3 / 2;
  if (voters.size() > 0 && silent[voters.Majority() - 1] > allowed) {
    checker_.Break(absl::StrCat("R17: node ", replica.self.id.value(),
                                " leads, and no majority answered for ",
                                silent[voters.Majority() - 1], " ticks"));
  }
}

void RaftCluster::Note(const std::string& event) {
  if (!decisions_.trace()) return;
  outcome_.last_events.push_back(
      absl::StrFormat("%10.3f s  %s", now_ms_ / 1000.0, event));
  if (outcome_.last_events.size() > kLastEvents) {
    outcome_.last_events.pop_front();
  }
}

void RaftCluster::Heal() {
  healing_ = true;
  cuts_.clear();
  paused_.clear();
  swarm_.delay_max_ms = std::min<int64_t>(swarm_.delay_max_ms, 20);
  swarm_.disk_max_ms = std::min<int64_t>(swarm_.disk_max_ms, 10);
  swarm_.drift = 0;
  for (size_t i = 0; i < nodes_.size(); ++i) {
    if (!nodes_[i]->up()) StartNode(static_cast<int>(i));
  }
}

bool RaftCluster::RunUntil(const std::function<bool()>& done,
                           int64_t deadline_ms) {
  while (now_ms_ < deadline_ms && !done()) {
    if (!checker_.broken().empty()) return false;
    Event event = queue_.top();
    queue_.pop();
    now_ms_ = event.at_ms;
    ++outcome_.events;
    event.run();
    outcome_.fingerprint = outcome_.fingerprint * 0x100000001b3ULL ^
                           (static_cast<uint64_t>(now_ms_) + random_());
  }
  return done();
}

bool RaftCluster::Converged() {
  const int leader = LeaderNode();
  if (leader < 0) return false;
  const raft::Replica& replica = nodes_[leader]->core().replica();
  if (replica.commit != replica.log.last().index) return false;
  for (const raft::Voter& voter : replica.membership.current().voters()) {
    const int node = NodeOf(voter.key);
    if (nodes_[node]->applied().first < replica.commit) return false;
    if (nodes_[node]->applied() != nodes_[leader]->applied()) return false;
  }
  return true;
}

std::string RaftCluster::Describe() {
  std::string text;
  for (const std::unique_ptr<RaftNode>& node : nodes_) {
    const raft::Replica& replica = node->core().replica();
    absl::StrAppend(
        &text, "\n  node ", node->key().id.value(), " role ",
        static_cast<int>(replica.role), " term ", replica.hard.term.value(),
        " log ", replica.log.first().value(), "..",
        replica.log.last().index.value(), "@", replica.log.last().term.value(),
        " durable ", replica.log.durable().value(), " commit ",
        replica.commit.value(), " snapshot ",
        replica.log.snapshot().index.value(), " writes ",
        node->writes_under_way(), " voters");
    for (const raft::Voter& voter : replica.membership.current().voters()) {
      absl::StrAppend(&text, " ", voter.key.id.value());
    }
    for (const auto& [key, peer] : replica.leadership.peers) {
      absl::StrAppend(&text, "; peer ", key.id.value(), " mode ",
                      static_cast<int>(peer.mode()), " match ",
                      peer.match().value(), " next ", peer.next().value());
    }
  }
  return text;
}

void RaftCluster::CheckCutOff() {
  const int leader = LeaderNode();
  const raft::Replica& replica = nodes_[leader]->core().replica();
  const raft::VoterSet voters = replica.membership.current();
  if (!replica.IsVoter() || voters.size() < 3 ||
      replica.leadership.successor.has_value()) {
    return;
  }
  int away = leader;
  while (away == leader) {
    away = NodeOf(voters.voters()[Draw(0, voters.size())].key);
  }
  const Term term = replica.hard.term;
  for (size_t i = 0; i < nodes_.size(); ++i) {
    const int other = static_cast<int>(i);
    if (other == away) continue;
    cuts_.insert(Link(away, other));
    cuts_.insert(Link(other, away));
  }
  const auto never = [] { return false; };
  RunUntil(never, now_ms_ + Draw(100, 20'000));
  cuts_.clear();
  RunUntil(never, now_ms_ + kHealed);
  if (!checker_.broken().empty()) return;
  if (LeaderNode() != leader || replica.hard.term != term) {
    checker_.Break(absl::StrCat("R16: node ", away + 1,
                                " was cut off and came back, and term ",
                                term.value(), " of a healthy leader ended"));
  }
}

RaftOutcome RaftCluster::Run(int64_t events) {
  RunUntil([&] { return outcome_.events >= events; },
           now_ms_ + int64_t{3600} * 1000);
  if (checker_.broken().empty()) {
    Heal();
    // R20: a leader, a commit of its own, and everyone caught up.
    const int64_t before = checker_.commits();
    const bool agreed =
        RunUntil([this] { return Converged(); }, now_ms_ + kConvergenceMs);
    bool proposed = false;
    const bool moved = RunUntil(
        [&] {
          const int leader = LeaderNode();
          // Refused while leadership is being handed over.
          if (!proposed && leader >= 0) {
            proposed = nodes_[leader]->core().Propose({"after healing"}).ok();
            After(leader);
          }
          return checker_.commits() > before && Converged();
        },
        now_ms_ + kConvergenceMs);
    if (agreed && moved) CheckCutOff();
    if (checker_.broken().empty() && !(agreed && moved)) {
      checker_.Break(
          absl::StrCat("R20: no progress after healing", Describe()));
    }
  }
  outcome_.broken = checker_.broken();
  outcome_.decisions = decisions_.taken();
  outcome_.commits = checker_.commits();
  outcome_.terms = checker_.leaders();
  return outcome_;
}

}  // namespace barnabas::sim
