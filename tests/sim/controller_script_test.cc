// Stories of three controllers, told on virtual time.
#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "controller/quorum/quorum_members.h"
#include "proto/types/error.h"
#include "tests/sim/controller_checker.h"
#include "tests/sim/controller_node.h"
#include "tests/sim/sim_network.h"
#include "tests/support/matchers.h"
#include "tests/support/sim_scheduler.h"

namespace barnabas::sim {
namespace {

class ControllerScriptTest : public ::testing::Test {
 protected:
  void SetUp() override {
    for (int32_t id = 1; id <= 3; ++id) {
      voters_.push_back({NodeId(id), Uuid::FromRandom(id, 7),
                         absl::StrCat("controller-", id), 9293});
    }
    world_.scheduler = &scheduler_;
    world_.network = &network_;
    world_.checker = &checker_;
    world_.cluster = Uuid::FromRandom(1, 1);
    world_.disk_time_max = absl::Milliseconds(2);
    network_.SetDelayMax(absl::Milliseconds(2));
    for (const quorum::Voter& voter : voters_) Add(voter, voters_);
    ASSERT_TRUE(RunUntil([this] { return Leader() != nullptr; }));
  }
  void TearDown() override { EXPECT_EQ(checker_.broken(), ""); }

  void Add(const quorum::Voter& self,
           const std::vector<quorum::Voter>& voters) {
    nodes_.push_back(std::make_unique<ControllerNode>(world_, self, voters));
    nodes_.back()->Start();
  }

  bool RunUntil(const std::function<bool()>& done,
                absl::Duration limit = absl::Seconds(10)) {
    return scheduler_.RunUntil(
        [&] {
          for (const auto& node : nodes_) node->Look();
          return done();
        },
        limit);
  }
  void RunFor(absl::Duration time) {
    RunUntil([] { return false; }, time);
  }

  ControllerNode* Leader(const ControllerNode* but = nullptr) {
    for (const auto& node : nodes_) {
      if (node.get() != but && node->up() && node->driver().leading()) {
        return node.get();
      }
    }
    return nullptr;
  }
  ControllerNode* Follower() {
    for (const auto& node : nodes_) {
      if (node.get() != Leader()) return node.get();
    }
    return nullptr;
  }

  // Cut off from everyone, both ways.
  void Isolate(const ControllerNode& node) {
    for (const auto& other : nodes_) {
      if (other.get() == &node) continue;
      network_.Cut(node.key(), other->key());
      network_.Cut(other->key(), node.key());
    }
  }

  // Sets a setting on `node`; what it was answered.
  absl::Status Change(ControllerNode* node, const std::string& value) {
    v1::AlterConfigRequest request;
    v1::AlterConfig* change = request.add_changes();
    change->mutable_scope()->set_kind(v1::SCOPE_KIND_CLUSTER);
    v1::SettingValue* setting = change->add_settings();
    setting->set_key("num.partitions");
    setting->set_value(value);
    std::optional<absl::Status> answered;
    node->driver().Submit(
        request, [&](const auto& answer) { answered = answer.status(); });
    RunUntil([&] { return answered.has_value(); });
    return answered.value_or(absl::UnknownError("never answered"));
  }

  absl::Status Read(ControllerNode* node) {
    std::optional<absl::Status> answered;
    node->driver().ReadCurrent(
        [&](const absl::Status& status) { answered = status; });
    RunUntil([&] { return answered.has_value(); });
    return answered.value_or(absl::UnknownError("never answered"));
  }

  Term TermOf(ControllerNode* node) { return node->quorum().facts().term; }

  support::SimScheduler scheduler_{11};
  SimNetwork network_{&scheduler_};
  ControllerChecker checker_;
  ControllerWorld world_;
  std::vector<quorum::Voter> voters_;
  std::vector<std::unique_ptr<ControllerNode>> nodes_;
};

TEST_F(ControllerScriptTest, R16AFollowerThatWasCutOffUnseatsNobody) {
  ControllerNode* const leader = Leader();
  ControllerNode* const lost = Follower();
  const Term term = TermOf(leader);
  Isolate(*lost);
  RunFor(absl::Seconds(60));
  network_.Heal();
  RunFor(absl::Seconds(5));
  EXPECT_EQ(Leader(), leader);
  EXPECT_EQ(TermOf(leader), term);
  EXPECT_EQ(TermOf(lost), term);
  ASSERT_OK(Change(leader, "3"));
  EXPECT_TRUE(RunUntil([&] {
    return lost->driver().image().version() ==
           leader->driver().image().version();
  }));
}

TEST_F(ControllerScriptTest, R17ALeaderThatItsMajorityLeftStepsDownInTime) {
  ControllerNode* const old = Leader();
  Isolate(*old);
  const absl::Duration begin = scheduler_.clock()->Monotonic();
  ASSERT_TRUE(RunUntil([&] { return !old->driver().leading(); }));
  EXPECT_LT(scheduler_.clock()->Monotonic() - begin, absl::Milliseconds(800));
  EXPECT_THAT(Change(old, "4"),
              support::HasErrorCode(ErrorCode::kNotController));
  ASSERT_TRUE(
      RunUntil([&] { return Leader(old) != nullptr; }, absl::Seconds(3)));
  ASSERT_OK(Change(Leader(old), "5"));
  network_.Heal();
  EXPECT_TRUE(RunUntil([&] {
    return old->driver().image().version() ==
           Leader(old)->driver().image().version();
  }));
}

TEST_F(ControllerScriptTest, AKilledLeaderIsReplacedOnEvidence) {
  ControllerNode* const old = Leader();
  const absl::Duration begin = scheduler_.clock()->Monotonic();
  old->Crash();
  ASSERT_TRUE(RunUntil([&] { return Leader(old) != nullptr; }));
  EXPECT_LT(scheduler_.clock()->Monotonic() - begin, absl::Milliseconds(250))
      << "long before an election timeout";
}

TEST_F(ControllerScriptTest, AnUncommittedChangeOfALostLeaderIsDropped) {
  ControllerNode* const old = Leader();
  Isolate(*old);
  EXPECT_THAT(Change(old, "9"),
              support::HasErrorCode(ErrorCode::kRequestTimedOut))
      << "for all it knows, others may have committed it";
  ASSERT_TRUE(RunUntil([&] { return Leader(old) != nullptr; }));
  network_.Heal();
  ASSERT_OK(Change(Leader(old), "6"));
  ASSERT_TRUE(RunUntil([&] {
    return old->driver().image().version() ==
           Leader(old)->driver().image().version();
  }));
  EXPECT_EQ(old->driver()
                .image()
                .Settings(image::ConfigScope::kCluster, "")
                .at("num.partitions"),
            "6");
}

TEST_F(ControllerScriptTest, R18ALeaderThatWasLeftAnswersNoCurrentRead) {
  ControllerNode* const old = Leader();
  ASSERT_OK(Read(old));
  Isolate(*old);
  ASSERT_TRUE(old->driver().leading()) << "it does not know yet";
  EXPECT_THAT(Read(old), support::HasErrorCode(ErrorCode::kNotController));
  ASSERT_TRUE(RunUntil([&] { return Leader(old) != nullptr; }));
  EXPECT_OK(Read(Leader(old)));
}

TEST_F(ControllerScriptTest, WhoeverWasRemovedForgetsItsLeader) {
  ControllerNode* const leader = Leader();
  ControllerNode* const removed = Follower();
  std::optional<absl::Status> answered;
  leader->loop().PostAlways([&] {
    auto voters = leader->quorum().members()->Without(removed->self().id);
    ASSERT_OK(voters);
    leader->driver().Submit(*std::move(voters), [&](const auto& answer) {
      answered = answer.status();
    });
  });
  ASSERT_TRUE(RunUntil([&] { return answered.has_value(); }));
  ASSERT_OK(*answered);
  // The leader that removed it goes on sending to it; the next one does not,
  // and whoever follows the removed one must then look for another.
  leader->Crash();
  EXPECT_TRUE(RunUntil([&] { return !removed->driver().ready(); }));
  leader->Start();
  ASSERT_TRUE(RunUntil([this] { return Leader() != nullptr; }));
  EXPECT_FALSE(removed->driver().ready());
}

TEST_F(ControllerScriptTest, R13WhoFellFarBehindIsBroughtBackBySnapshot) {
  for (const auto& node : nodes_) node->Crash();
  world_.snapshots.bytes = 300;
  nodes_.clear();
  checker_ = ControllerChecker();
  for (const quorum::Voter& voter : voters_) Add(voter, voters_);
  ASSERT_TRUE(RunUntil([this] { return Leader() != nullptr; }));
  ControllerNode* const lost = Follower();
  lost->Crash();
  for (int i = 1; i <= 60; ++i) {
    ASSERT_OK(Change(Leader(), absl::StrCat(i)));
  }
  EXPECT_GT(Leader()->quorum().log_start(), LogIndex(10));
  lost->Start();
  EXPECT_TRUE(RunUntil([&] {
    return lost->driver().image().version() ==
           Leader()->driver().image().version();
  }));
  EXPECT_GT(lost->quorum().log_start(), LogIndex(10));
}

}  // namespace
}  // namespace barnabas::sim
