#include "tests/sim/controller_cluster.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "controller/quorum/message_codec.h"
#include "controller/quorum/quorum_members.h"
#include "proto/types/units.h"
#include "tests/sim/shrinker.h"

namespace barnabas::sim {
namespace {

constexpr absl::Duration kConvergence = absl::Seconds(120);
constexpr absl::Duration kAskAgain = absl::Milliseconds(100);
// Long enough for an election that should not be.
constexpr absl::Duration kHealed = absl::Seconds(3);
// For what went wrong before healing to show.
constexpr absl::Duration kSurfacing = absl::Seconds(1);
// Slower ones could not elect a leader in time.
constexpr absl::Duration kDiskMax = absl::Milliseconds(200);
constexpr size_t kTextMax = 300;
// Tasks of one wait; more are a livelock.
constexpr int64_t kStepsMax = 1'000'000;

quorum::Voter MakeVoter(int node) {
  return quorum::Voter{NodeId(node + 1), Uuid::FromRandom(node + 1, 7),
                       absl::StrCat("controller-", node + 1), 9293};
}

}  // namespace

ControllerCluster::ControllerCluster(const SimOptions& options)
    : decisions_(options),
      scheduler_(options.seed),
      loop_(&scheduler_),
      network_(&scheduler_) {
  DrawSwarm();
  network_.SetDelayMax(swarm_.delay_max);
  network_.Watch([this](const raft::Message& message) {
    if (decisions_.trace()) {
      Note(absl::StrCat(message.from.id.value(), " to ", message.to.id.value(),
                        " in term ", message.term.value(), ": ",
                        quorum::ToProto(message).ShortDebugString())
               .substr(0, kTextMax));
    }
    checker_.OnSend(message);
  });
  MakeNodes();
  SimBroker::Deps deps;
  deps.loop = &loop_;
  deps.leader = [this] { return Leader(); };
  deps.any = [this] {
    return nodes_[static_cast<size_t>(Draw(0, Count()))].get();
  };
  deps.checker = &checker_;
  deps.cluster = Uuid::FromRandom(1, 1);
  for (int32_t id = 100; id < 103; ++id) {
    brokers_.push_back(std::make_unique<SimBroker>(deps, BrokerId(id)));
    brokers_.back()->Start();
  }
}

ControllerCluster::~ControllerCluster() = default;

void ControllerCluster::DrawSwarm() {
  const auto some = [this](double rate) {
    // Each kind of fault is absent in half of all worlds (swarm testing).
    return Chance(0.5) ? 0.0 : rate * static_cast<double>(Draw(1, 11)) / 10;
  };
  constexpr int kSizes[] = {1, 3, 3, 3, 5};
  swarm_.controllers = kSizes[Draw(0, 5)];
  swarm_.delay_max = absl::Milliseconds(Draw(1, Chance(0.2) ? 200 : 20));
  swarm_.disk.time_max = absl::Milliseconds(Draw(0, Chance(0.2) ? 150 : 8));
  swarm_.crash = some(0.03);
  swarm_.cut = some(0.06);
  swarm_.break_stream = some(0.1);
  swarm_.pause = some(0.04);
  swarm_.disk.error = some(0.01);
  swarm_.disk.full = some(0.02);
  swarm_.broker = some(0.02);
  swarm_.spares = Chance(0.5) ? 0 : static_cast<int>(Draw(1, 3));
  swarm_.member = some(0.1);
  swarm_.transfer = some(0.05);
  swarm_.snapshot_bytes = Chance(0.3) ? 8 * kMiB : Draw(500, 20000);
  swarm_.disk.slow = Chance(0.5) ? 1 : Draw(2, 20);
  swarm_.disk.stall = some(0.02);
  swarm_.disk.damage = some(0.3);
  swarm_.strand = some(0.02);
  swarm_.request = static_cast<double>(Draw(2, 10)) / 10;
}

bool ControllerCluster::Chance(double probability) {
  return static_cast<double>(scheduler_.Draw() >> 11) * 0x1.0p-53 < probability;
}

int64_t ControllerCluster::Draw(int64_t low, int64_t high) {
  return low + static_cast<int64_t>(scheduler_.Draw() %
                                    static_cast<uint64_t>(high - low));
}

void ControllerCluster::MakeNodes() {
  std::vector<quorum::Voter> voters;
  for (int i = 0; i < swarm_.controllers; ++i) voters.push_back(MakeVoter(i));
  ControllerWorld world;
  world.scheduler = &scheduler_;
  world.network = &network_;
  world.checker = &checker_;
  world.cluster = Uuid::FromRandom(1, 1);
  world.disk_time_max = swarm_.disk.time_max;
  world.snapshots.bytes = swarm_.snapshot_bytes;
  world.note = [this](const std::string& event) { Note(event); };
  for (const quorum::Voter& voter : voters) {
    world.disk_time_max = std::min(
        kDiskMax, swarm_.disk.time_max * (Chance(0.4) ? swarm_.disk.slow : 1));
    nodes_.push_back(std::make_unique<ControllerNode>(world, voter, voters));
  }
  for (int i = 0; i < swarm_.spares; ++i) {
    nodes_.push_back(std::make_unique<ControllerNode>(
        world, MakeVoter(swarm_.controllers + i),
        std::vector<quorum::Voter>()));
  }
  for (const auto& node : nodes_) node->Start();
}

void ControllerCluster::RunFor(absl::Duration time) {
  RunUntil([] { return false; }, time);
}

bool ControllerCluster::RunUntil(const std::function<bool()>& done,
                                 absl::Duration limit) {
  const support::Waited waited = scheduler_.Wait(
      [&] {
        ++outcome_.events;
        for (const auto& node : nodes_) node->Look();
        return !checker_.broken().empty() || done();
      },
      limit, kStepsMax);
  if (waited == support::Waited::kLivelock) {
    checker_.Break(absl::StrCat("R20: ", kStepsMax,
                                " tasks in one wait lead nowhere", Describe()));
  }
  return waited == support::Waited::kDone && checker_.broken().empty();
}

ControllerNode& ControllerCluster::AnyNode() {
  return *nodes_[static_cast<size_t>(decisions_.Draw(0, Count()))];
}

void ControllerCluster::Note(const std::string& event) {
  if (!decisions_.trace()) return;
  outcome_.last_events.push_back(absl::StrFormat(
      "%10.3f s  %s", absl::ToDoubleSeconds(scheduler_.clock()->Monotonic()),
      event));
  if (outcome_.last_events.size() > kLastEvents) {
    outcome_.last_events.pop_front();
  }
}

ControllerNode* ControllerCluster::Leader() {
  ControllerNode* leader = nullptr;
  for (const auto& node : nodes_) {
    if (!node->up() || !node->driver().leading()) continue;
    if (leader == nullptr ||
        node->quorum().facts().term > leader->quorum().facts().term) {
      leader = node.get();
    }
  }
  return leader;
}

void ControllerCluster::ChaosOnNode(ControllerNode& node) {
  Decisions& d = decisions_;
  const int64_t id = node.self().id.value();
  const bool start = d.Chance(0.2);
  const bool crash = d.Chance(swarm_.crash);
  const bool damage = d.Chance(swarm_.disk.damage);
  const int64_t where = d.Draw(0, 1 << 20);
  if (!node.up()) {
    if (start && d.Take("start", id)) node.Start();
    return;
  }
  if (crash && d.Take("crash", id)) {
    node.Crash();
    if (damage && d.Take("damage snapshot", id)) {
      node.DamageSnapshot(static_cast<uint64_t>(where));
    }
    return;
  }
  if (d.Chance(swarm_.pause) && d.Take("pause", id)) {
    node.loop().SetPaused(true);
  }
  if (d.Chance(0.2)) node.loop().SetPaused(false);
  ChaosOnDisk(node);
}

void ControllerCluster::ChaosOnDisk(ControllerNode& node) {
  Decisions& d = decisions_;
  const int64_t id = node.self().id.value();
  support::FaultPlan& plan = *node.files().plan();
  const int after = static_cast<int>(d.Draw(0, 5));
  if (d.Chance(swarm_.disk.error) && d.Take("fail sync", id, after)) {
    plan.Fail({.action = support::FileAction::kSync, .after = after});
  }
  const int64_t room = d.Draw(0, 4096);
  if (d.Chance(swarm_.disk.full) && d.Take("fill disk", id, room)) {
    const auto space = node.files().SpaceOf("/controller");
    if (space.ok()) {
      plan.SetCapacity(space->total_bytes - space->free_bytes + room);
    }
  }
  if (d.Chance(0.2)) plan.SetCapacity(std::nullopt);
  if (d.Chance(swarm_.disk.stall) && d.Take("stall disk", id)) {
    node.SetStalled(true);
  }
  if (d.Chance(0.1)) node.SetStalled(false);
}

void ControllerCluster::ChaosOnNetwork() {
  Decisions& d = decisions_;
  const ControllerNode& a = AnyNode();
  const ControllerNode& b = AnyNode();
  const int64_t from = a.self().id.value();
  const int64_t to = b.self().id.value();
  const bool both = d.Chance(0.7);
  if (d.Chance(swarm_.cut) && &a != &b &&
      d.Take(both ? "cut" : "cut one way", from, to)) {
    network_.Cut(a.key(), b.key());
    if (both) network_.Cut(b.key(), a.key());
  }
  if (d.Chance(0.1)) network_.Heal();
  if (d.Chance(swarm_.break_stream) && &a != &b && d.Take("break", from, to)) {
    network_.Break(a.key(), b.key());
  }
  if (d.Chance(swarm_.strand)) Strand();
}

// The leader and one other are cut off, the other's disk hangs, and what the
// leader appends meanwhile waits there while a new leader replaces it.
void ControllerCluster::Strand() {
  ControllerNode* const leader = Leader();
  ControllerNode& other = AnyNode();
  if (leader == nullptr || leader == &other) return;
  if (!decisions_.Take("strand", leader->self().id.value(),
                       other.self().id.value())) {
    return;
  }
  for (const auto& node : nodes_) {
    for (const raft::ReplicaKey& away : {leader->key(), other.key()}) {
      if (node->key() == leader->key() || node->key() == other.key()) continue;
      network_.Cut(away, node->key());
      network_.Cut(node->key(), away);
    }
  }
  other.SetStalled(true);
  callers_.Create(leader);
}

// As the service does it: on the leader's loop. Refusals are its right; the
// invariants judge what it accepts.
void ControllerCluster::ChaosOnQuorum() {
  Decisions& d = decisions_;
  const quorum::Voter other = AnyNode().self();
  const bool transfer = d.Chance(swarm_.transfer);
  const bool member = d.Chance(swarm_.member);
  ControllerNode* const leader = Leader();
  if (leader == nullptr) return;
  quorum::QuorumMembers* const members = leader->quorum().members();
  controller::ActiveDriver* const driver = &leader->driver();
  const raft::Voter voter{raft::ReplicaKey{other.id, other.directory},
                          other.host, other.port};
  if (transfer && d.Take("hand over", other.id.value())) {
    leader->loop().PostAlways(
        [members, voter] { members->Transfer(voter.key.id).IgnoreError(); });
  }
  if (!member || !d.Take("change voters", other.id.value())) return;
  leader->loop().PostAlways([members, driver, voter] {
    absl::StatusOr<internal::v1::VotersRecord> next =
        members->Without(voter.key.id);
    if (!next.ok()) next = members->With(voter);
    if (next.ok()) return driver->Submit(*next, [](const auto&) {});
    members->Learn(voter).IgnoreError();
  });
}

void ControllerCluster::ChaosOfCallers() {
  Decisions& d = decisions_;
  const bool at_leader = d.Chance(0.8);
  ControllerNode& any = AnyNode();
  ControllerNode* const leader = Leader();
  ControllerNode* const node = leader != nullptr && at_leader ? leader : &any;
  const int64_t id = node->self().id.value();
  const int64_t topic = d.Draw(1, callers_.topics() + 2);
  const bool request = d.Chance(swarm_.request);
  const bool remove = d.Chance(0.2);
  const bool alter = d.Chance(0.2);
  if (!node->up()) return;
  if (request && remove) {
    if (d.Take("delete", id, topic)) callers_.Delete(node, topic);
  } else if (request && alter) {
    if (d.Take("alter", id, topic)) callers_.Alter(node, topic, topic);
  } else if (request) {
    if (d.Take("create", id)) callers_.Create(node);
  }
  if (d.Chance(swarm_.request) && any.up() &&
      d.Take("read", any.self().id.value())) {
    callers_.Read(&any);
  }
}

void ControllerCluster::Chaos() {
  Decisions& d = decisions_;
  ChaosOnNode(AnyNode());
  ChaosOnNetwork();
  ChaosOnQuorum();
  const int64_t broker = d.Draw(0, static_cast<int64_t>(brokers_.size()));
  if (d.Chance(swarm_.broker) && d.Take("restart broker", broker)) {
    brokers_[static_cast<size_t>(broker)]->Restart();
  }
  if (d.Chance(swarm_.broker) && d.Take("stop broker", broker)) {
    brokers_[static_cast<size_t>(broker)]->Stop();
  }
  ChaosOfCallers();
}

void ControllerCluster::Heal() {
  network_.Heal();
  network_.SetDelayMax(std::min(swarm_.delay_max, absl::Milliseconds(20)));
  for (const auto& node : nodes_) {
    node->files().plan()->Clear();
    node->SetStalled(false);
    if (node->up()) node->loop().SetPaused(false);
  }
  // A sync that failed while its node was paused ends it only now.
  RunFor(kSurfacing);
  for (const auto& node : nodes_) {
    if (!node->up()) node->Start();
  }
}

bool ControllerCluster::Converged() {
  ControllerNode* const leader = Leader();
  if (leader == nullptr) return false;
  const LogIndex end = leader->quorum().facts().log_end;
  const image::ClusterImage image = leader->driver().image();
  for (const auto& node : nodes_) {
    if (!node->up()) return false;
    // Who does not vote need not catch up.
    const bool votes = std::any_of(image.voters().begin(), image.voters().end(),
                                   [&](const image::VoterState& voter) {
                                     return voter.id == node->self().id;
                                   });
    if (!votes) continue;
    const quorum::QuorumFacts facts = node->quorum().facts();
    if (facts.log_end != end || facts.committed_end != end) return false;
    if (node->driver().image().version().Next() != end) return false;
  }
  return true;
}

std::string ControllerCluster::Describe() {
  std::string text;
  for (const auto& node : nodes_) {
    absl::StrAppend(&text, "\n  node ", node->self().id.value());
    if (!node->up()) {
      absl::StrAppend(&text, " is down");
      continue;
    }
    const quorum::QuorumFacts facts = node->quorum().facts();
    absl::StrAppend(&text, " term ", facts.term.value(), " leader ",
                    facts.leader.value_or(NodeId(-1)).value(), " log end ",
                    facts.log_end.value(), " committed ",
                    facts.committed_end.value(), " image ",
                    node->driver().image().version().value());
  }
  return text;
}

bool ControllerCluster::BrokersFollow() {
  ControllerNode* const leader = Leader();
  if (leader == nullptr) return false;
  const LogIndex version = leader->driver().image().version();
  return std::all_of(brokers_.begin(), brokers_.end(), [&](const auto& broker) {
    return broker->image().version() == version;
  });
}

// R20: a leader that takes requests, and everyone where it is.
void ControllerCluster::CheckLiveness() {
  bool answered = false;
  bool asked = false;
  // Time must pass between two tries, or it never would.
  absl::Duration next = scheduler_.clock()->Monotonic();
  const bool made = RunUntil(
      [&] {
        ControllerNode* const leader = Leader();
        const absl::Duration now = scheduler_.clock()->Monotonic();
        if (!asked && leader != nullptr && now >= next) {
          asked = true;
          next = now + kAskAgain;
          // Leadership may move, or no broker be back yet.
          callers_.Create(leader, [&](bool done) {
            asked = false;
            answered = answered || done;
          });
        }
        return answered;
      },
      kConvergence);
  if (!checker_.broken().empty()) return;
  if (!made) {
    return checker_.Break(
        absl::StrCat("R20: no request is answered after healing", Describe()));
  }
  if (!RunUntil([this] { return Converged() && BrokersFollow(); },
                kConvergence) &&
      checker_.broken().empty()) {
    checker_.Break(absl::StrCat("R20: not everyone catches up", Describe()));
  }
}

void ControllerCluster::CheckCutOff() {
  ControllerNode* const leader = Leader();
  const Term term = leader->quorum().facts().term;
  const std::vector<image::VoterState> voters =
      leader->driver().image().voters();
  std::vector<ControllerNode*> others;
  bool votes = false;
  for (const auto& node : nodes_) {
    const bool voter = std::any_of(
        voters.begin(), voters.end(),
        [&](const auto& each) { return each.id == node->self().id; });
    votes = votes || (voter && node.get() == leader);
    if (voter && node.get() != leader) others.push_back(node.get());
  }
  if (!votes || others.size() < 2) return;
  ControllerNode* const away =
      others[static_cast<size_t>(Draw(0, static_cast<int64_t>(others.size())))];
  for (const auto& node : nodes_) {
    if (node.get() == away) continue;
    network_.Cut(away->key(), node->key());
    network_.Cut(node->key(), away->key());
  }
  RunFor(absl::Milliseconds(Draw(100, 10'000)));
  network_.Heal();
  RunFor(kHealed);
  if (!checker_.broken().empty()) return;
  if (Leader() != leader || leader->quorum().facts().term != term) {
    checker_.Break(absl::StrCat("R16: node ", away->self().id.value(),
                                " was cut off and came back, and term ",
                                term.value(), " of a healthy leader ended"));
  }
}

ControllerOutcome ControllerCluster::Run(int64_t events) {
  while (outcome_.events < events && checker_.broken().empty()) {
    decisions_.BeginStep(scheduler_.clock()->Monotonic());
    RunFor(absl::Milliseconds(decisions_.Draw(1, 60)));
    Chaos();
  }
  if (checker_.broken().empty()) {
    Heal();
    CheckLiveness();
  }
  if (checker_.broken().empty()) {
    calls_.CheckMade(Leader()->driver().image());
    CheckCutOff();
  }
  outcome_.broken = checker_.broken();
  outcome_.decisions = decisions_.taken();
  outcome_.fingerprint = checker_.fingerprint();
  outcome_.commits = checker_.commits();
  outcome_.terms = checker_.terms();
  outcome_.made = calls_.made();
  outcome_.moves = checker_.moves();
  outcome_.reads = calls_.reads();
  return outcome_;
}

}  // namespace barnabas::sim
