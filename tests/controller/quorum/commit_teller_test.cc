// What the owner is told: in order, once, never from inside its own call.
#include "controller/quorum/commit_teller.h"

#include <gtest/gtest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "proto/types/error.h"
#include "proto/types/units.h"
#include "tests/metadata/raft/fixtures.h"
#include "tests/support/sim_event_loop.h"
#include "tests/support/sim_scheduler.h"

namespace barnabas::quorum {
namespace {

class CommitTellerTest : public ::testing::Test, public QuorumEvents {
 protected:
  void SetUp() override {
    for (int64_t i = 0; i < 10; ++i) {
      view_.Write({raft::DataEntry(i, 1, absl::StrCat("v", i))});
    }
    log_ = std::make_unique<raft::ReplicaLog>(&view_);
    CommitTeller::Deps deps;
    deps.loop = &loop_;
    deps.log = log_.get();
    deps.events = this;
    deps.leads = [this](Term term) -> std::optional<LogIndex> {
      if (term != leads_) return std::nullopt;
      return LogIndex(10);
    };
    deps.rested = [this] { ++rested_; };
    teller_ = std::make_unique<CommitTeller>(deps);
  }

  void OnSnapshot(LogIndex index, const std::string& payload) override {
    told_.push_back(absl::StrCat("snapshot ", index.value(), " ", payload));
  }
  absl::AnyInvocable<std::string()> CaptureSnapshot() override {
    return [] { return std::string(); };
  }
  void OnCommitted(const QuorumEntry& entry) override {
    told_.push_back(entry.value);
    if (on_committed_) on_committed_();
  }
  void OnLeading(Term term, LogIndex log_end) override {
    told_.push_back(
        absl::StrCat("leading ", term.value(), " from ", log_end.value()));
  }
  void OnFollowing(Term term, std::optional<NodeId> leader) override {
    told_.push_back(absl::StrCat("following ", term.value(), " ",
                                 leader.value_or(NodeId(-1)).value()));
  }
  void OnFailed(const absl::Status&) override { told_.push_back("failed"); }

  using Texts = std::vector<std::string>;

  raft::MemoryLog view_;
  std::unique_ptr<raft::ReplicaLog> log_;
  support::SimScheduler scheduler_{3};
  support::SimEventLoop loop_{&scheduler_};
  std::unique_ptr<CommitTeller> teller_;
  Term leads_{7};
  int rested_ = 0;
  Texts told_;
  std::function<void()> on_committed_;
};

TEST_F(CommitTellerTest, TellsInTheOrderInWhichThingsHappened) {
  teller_->Committed(LogIndex(1));
  teller_->Leading(Term(7));
  teller_->Committed(LogIndex(2));
  EXPECT_TRUE(told_.empty()) << "never from inside the caller's call";
  scheduler_.RunReady();
  EXPECT_EQ(told_, (Texts{"v0", "v1", "leading 7 from 10", "v2"}));
  EXPECT_EQ(teller_->led(), Term(7));
  EXPECT_EQ(teller_->told(), LogIndex(2));
  EXPECT_EQ(rested_, 1);
}

TEST_F(CommitTellerTest, DoesNotTellALeadershipThatIsOver) {
  teller_->Leading(Term(6));
  teller_->Following(Term(7), NodeId(2));
  scheduler_.RunReady();
  EXPECT_EQ(told_, (Texts{"following 7 2"}));
  EXPECT_EQ(teller_->led(), std::nullopt);
}

TEST_F(CommitTellerTest, OfSeveralFollowingsOnlyTheLastMatters) {
  teller_->Following(Term(5), std::nullopt);
  teller_->Following(Term(6), NodeId(1));
  teller_->Following(Term(7), NodeId(3));
  scheduler_.RunReady();
  EXPECT_EQ(told_, (Texts{"following 7 3"}));
}

TEST_F(CommitTellerTest, ASnapshotStandsForWhatItHolds) {
  teller_->Loaded(LogIndex(5), "state");
  teller_->Committed(LogIndex(5));
  teller_->Committed(LogIndex(7));
  scheduler_.RunReady();
  EXPECT_EQ(told_, (Texts{"snapshot 5 state", "v6", "v7"}));
}

TEST_F(CommitTellerTest, ASnapshotStandsForWhatWasNotToldYet) {
  teller_->Committed(LogIndex(3));
  view_.TrimTo(raft::SnapshotId{Term(1), LogIndex(5)});
  teller_->Loaded(LogIndex(5), "state");
  scheduler_.RunReady();
  EXPECT_EQ(told_, (Texts{"snapshot 5 state"}));
}

TEST_F(CommitTellerTest, ASnapshotOfWhatWasToldIsNotTold) {
  teller_->Committed(LogIndex(8));
  scheduler_.RunReady();
  teller_->Loaded(LogIndex(5), "state");
  scheduler_.RunReady();
  EXPECT_EQ(told_.size(), 9u);
  EXPECT_EQ(told_.back(), "v8");
}

TEST_F(CommitTellerTest, NewsThatComesWhileItTellsIsNotLost) {
  on_committed_ = [this] {
    if (told_.size() == 1) {
      teller_->Committed(LogIndex(3));
      teller_->Following(Term(9), std::nullopt);
    }
  };
  teller_->Committed(LogIndex(1));
  scheduler_.RunReady();
  EXPECT_EQ(told_, (Texts{"v0", "v1", "v2", "v3", "following 9 -1"}));
}

TEST_F(CommitTellerTest, ALongReplayIsToldInPieces) {
  std::vector<raft::Entry> large;
  for (int64_t i = 10; i < 16; ++i) {
    large.push_back(raft::DataEntry(i, 1, std::string(kMiB, 'x')));
  }
  view_.Write(large);
  log_->Reset();
  teller_->Committed(LogIndex(15));
  ASSERT_TRUE(scheduler_.RunOne());
  EXPECT_LT(told_.size(), 16u) << "others have their turn in between";
  scheduler_.RunReady();
  EXPECT_EQ(told_.size(), 16u);
  EXPECT_GT(teller_->told_bytes(), 6 * kMiB);
}

TEST_F(CommitTellerTest, NothingIsToldAfterAFailure) {
  teller_->Committed(LogIndex(4));
  teller_->Failed(MakeError(ErrorCode::kStorageError, "gone"));
  teller_->Committed(LogIndex(5));
  teller_->Failed(MakeError(ErrorCode::kStorageError, "again"));
  scheduler_.RunReady();
  EXPECT_EQ(told_, (Texts{"failed"}));
}

}  // namespace
}  // namespace barnabas::quorum
