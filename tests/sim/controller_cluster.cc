#include "tests/sim/controller_cluster.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "controller/quorum/quorum_members.h"
#include "proto/types/units.h"

namespace barnabas::sim {
namespace {

constexpr absl::Duration kConvergence = absl::Seconds(120);
constexpr absl::Duration kAskAgain = absl::Milliseconds(100);

quorum::Voter MakeVoter(int node) {
  return quorum::Voter{NodeId(node + 1), Uuid::FromRandom(node + 1, 7),
                       absl::StrCat("controller-", node + 1), 9293};
}

v1::CreateTopicsRequest CreateRequest(const std::string& name) {
  v1::CreateTopicsRequest request;
  request.add_topics()->set_name(name);
  request.mutable_topics(0)->set_partitions(1);
  request.mutable_topics(0)->set_replication_factor(1);
  return request;
}

}  // namespace

ControllerCluster::ControllerCluster(uint64_t seed)
    : scheduler_(seed), loop_(&scheduler_), network_(&scheduler_) {
  DrawSwarm();
  network_.SetDelayMax(swarm_.delay_max);
  network_.Watch(
      [this](const raft::Message& message) { checker_.OnSend(message); });
  MakeNodes();
  SimBroker::Deps deps;
  deps.loop = &loop_;
  deps.leader = [this] { return Leader(); };
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
  swarm_.disk_max = absl::Milliseconds(Draw(0, Chance(0.2) ? 150 : 8));
  swarm_.crash = some(0.03);
  swarm_.cut = some(0.06);
  swarm_.break_stream = some(0.1);
  swarm_.pause = some(0.04);
  swarm_.disk_error = some(0.01);
  swarm_.disk_full = some(0.02);
  swarm_.broker = some(0.02);
  swarm_.spares = Chance(0.5) ? 0 : static_cast<int>(Draw(1, 3));
  swarm_.member = some(0.1);
  swarm_.transfer = some(0.05);
  swarm_.snapshot_bytes = Chance(0.3) ? 8 * kMiB : Draw(500, 20000);
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
  world.disk_time_max = swarm_.disk_max;
  world.snapshots.bytes = swarm_.snapshot_bytes;
  for (const quorum::Voter& voter : voters) {
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
  const bool reached = scheduler_.RunUntil(
      [&] {
        ++events_;
        for (const auto& node : nodes_) node->Look();
        return !checker_.broken().empty() || done();
      },
      limit);
  return reached && checker_.broken().empty();
}

ControllerNode& ControllerCluster::AnyNode() {
  return *nodes_[Draw(0, static_cast<int64_t>(nodes_.size()))];
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
  if (!node.up()) {
    if (Chance(0.2)) node.Start();
    return;
  }
  if (Chance(swarm_.crash)) return node.Crash();
  if (Chance(swarm_.pause)) node.loop().SetPaused(true);
  if (Chance(0.2)) node.loop().SetPaused(false);
  support::FaultPlan& plan = *node.files().plan();
  if (Chance(swarm_.disk_error)) {
    plan.Fail({.action = support::FileAction::kSync,
               .after = static_cast<int>(Draw(0, 5))});
  }
  if (Chance(swarm_.disk_full)) {
    const auto space = node.files().SpaceOf("/controller");
    if (space.ok()) {
      plan.SetCapacity(space->total_bytes - space->free_bytes + Draw(0, 4096));
    }
  }
  if (Chance(0.2)) plan.SetCapacity(std::nullopt);
}

void ControllerCluster::ChaosOnNetwork() {
  const ControllerNode& a = AnyNode();
  const ControllerNode& b = AnyNode();
  if (&a != &b && Chance(swarm_.cut)) {
    network_.Cut(a.key(), b.key());
    if (Chance(0.7)) network_.Cut(b.key(), a.key());
  }
  if (Chance(0.1)) network_.Heal();
  if (&a != &b && Chance(swarm_.break_stream)) network_.Break(a.key(), b.key());
}

// As the service does it: on the leader's loop. Refusals are its right; the
// invariants judge what it accepts.
void ControllerCluster::ChaosOnQuorum() {
  ControllerNode* const leader = Leader();
  if (leader == nullptr) return;
  quorum::QuorumMembers* const members = leader->quorum().members();
  controller::ActiveDriver* const driver = &leader->driver();
  const quorum::Voter other = AnyNode().self();
  const raft::Voter voter{raft::ReplicaKey{other.id, other.directory},
                          other.host, other.port};
  if (Chance(swarm_.transfer)) {
    leader->loop().PostAlways(
        [members, voter] { members->Transfer(voter.key.id).IgnoreError(); });
  }
  if (!Chance(swarm_.member)) return;
  leader->loop().PostAlways([members, driver, voter] {
    absl::StatusOr<internal::v1::VotersRecord> next =
        members->Without(voter.key.id);
    if (!next.ok()) next = members->With(voter);
    if (next.ok()) return driver->Submit(*next, [](const auto&) {});
    members->Learn(voter).IgnoreError();
  });
}

void ControllerCluster::Chaos() {
  ChaosOnNode(AnyNode());
  ChaosOnNetwork();
  ChaosOnQuorum();
  if (Chance(swarm_.broker)) {
    brokers_[Draw(0, static_cast<int64_t>(brokers_.size()))]->Restart();
  }
  if (Chance(swarm_.request)) Ask();
}

void ControllerCluster::Ask() {
  ControllerNode* const leader = Leader();
  ControllerNode& node = leader != nullptr && Chance(0.8) ? *leader : AnyNode();
  if (!node.up()) return;
  if (topics_ > 0 && Chance(0.2)) {
    const std::string name = absl::StrCat("t", Draw(1, topics_ + 1));
    v1::DeleteTopicsRequest request;
    request.add_topics()->mutable_topic()->set_name(name);
    checker_.OnTopicRemoval(name);
    return node.driver().Submit(request, [](const auto&) {});
  }
  const std::string name = absl::StrCat("t", ++topics_);
  node.driver().Submit(
      CreateRequest(name),
      [this, name](const absl::StatusOr<active::AdminResponse>& answer) {
        if (!answer.ok()) return;
        const auto& response = std::get<v1::CreateTopicsResponse>(*answer);
        if (!response.results(0).has_error()) checker_.OnTopicMade(name);
      });
}

void ControllerCluster::Heal() {
  network_.Heal();
  network_.SetDelayMax(std::min(swarm_.delay_max, absl::Milliseconds(20)));
  for (const auto& node : nodes_) {
    node->files().plan()->Clear();
    if (node->up()) {
      node->loop().SetPaused(false);
    } else {
      node->Start();
    }
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
          const std::string name = absl::StrCat("after-healing-", ++topics_);
          leader->driver().Submit(CreateRequest(name), [&](const auto& answer) {
            // Leadership may have moved, or no broker been back yet.
            asked = false;
            if (!answer.ok()) return;
            const auto& response = std::get<v1::CreateTopicsResponse>(*answer);
            answered = answered || !response.results(0).has_error();
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
  if (!RunUntil([this] { return Converged(); }, kConvergence) &&
      checker_.broken().empty()) {
    checker_.Break(absl::StrCat("R20: not everyone catches up", Describe()));
  }
}

ControllerOutcome ControllerCluster::Run(int64_t events) {
  while (events_ < events && checker_.broken().empty()) {
    RunFor(absl::Milliseconds(Draw(1, 60)));
    Chaos();
  }
  if (checker_.broken().empty()) {
    Heal();
    CheckLiveness();
  }
  if (checker_.broken().empty()) {
    checker_.CheckMade(Leader()->driver().image());
  }
  ControllerOutcome outcome;
  outcome.broken = checker_.broken();
  outcome.fingerprint = checker_.fingerprint();
  outcome.events = events_;
  outcome.commits = checker_.commits();
  outcome.terms = checker_.terms();
  outcome.made = checker_.made();
  return outcome;
}

}  // namespace barnabas::sim
