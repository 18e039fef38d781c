// When a snapshot of the owner's state is taken.
#include "controller/quorum/snapshot_taker.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/support/fault_files.h"
#include "tests/support/matchers.h"
#include "tests/support/sim_event_loop.h"
#include "tests/support/sim_scheduler.h"

namespace barnabas::quorum {
namespace {

constexpr char kPlace[] = "/c";

class SnapshotTakerTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK(files_.CreateDirectory(kPlace));
    auto store = SnapshotStore::Open({&files_, kPlace, Uuid::FromRandom(1, 1)});
    ASSERT_OK(store);
    store_ = *std::move(store);
    SnapshotTaker::Deps deps;
    deps.loop = &loop_;
    deps.workers = &workers_;
    deps.store = store_.get();
    deps.policy = {.bytes = 1000, .age = absl::Hours(1)};
    deps.capture = [this] {
      ++captured_;
      return SnapshotTaker::Captured{raft::SnapshotId{Term(2), told_},
                                     raft::VoterSet(), [this] {
                                       encoded_while_running_ = true;
                                       return std::string("state");
                                     }};
    };
    deps.taken = [this](const raft::SnapshotId& id) {
      taken_.push_back(id.index.value());
      store_->Adopt(id);
    };
    taker_ = std::make_unique<SnapshotTaker>(deps);
  }

  void Told(int64_t index, int64_t bytes) {
    told_ = LogIndex(index);
    taker_->Consider(told_, bytes);
  }

  support::SimScheduler scheduler_{5};
  support::SimEventLoop loop_{&scheduler_};
  support::SimWorkerPool workers_{
      &scheduler_, {.workers = 1, .task_time_max = absl::Milliseconds(5)}};
  support::FaultFiles files_;
  std::unique_ptr<SnapshotStore> store_;
  std::unique_ptr<SnapshotTaker> taker_;
  LogIndex told_;
  int captured_ = 0;
  bool encoded_while_running_ = false;
  std::vector<int64_t> taken_;
};

TEST_F(SnapshotTakerTest, TakesOneWhenEnoughBytesWereTold) {
  Told(10, 999);
  scheduler_.RunFor(absl::Seconds(1));
  EXPECT_EQ(captured_, 0);
  Told(11, 1000);
  EXPECT_FALSE(encoded_while_running_) << "encoding is a worker's";
  EXPECT_TRUE(taken_.empty()) << "not before it is durable";
  scheduler_.RunFor(absl::Seconds(1));
  EXPECT_EQ(taken_, std::vector<int64_t>{11});
  ASSERT_OK_AND_ASSIGN(const Snapshot read, store_->Read(store_->newest()));
  EXPECT_EQ(read.payload, "state");
}

TEST_F(SnapshotTakerTest, CountsBytesFromTheLastOneOn) {
  Told(10, 1000);
  scheduler_.RunFor(absl::Seconds(1));
  Told(20, 1999);
  scheduler_.RunFor(absl::Seconds(1));
  EXPECT_EQ(taken_, std::vector<int64_t>{10});
  Told(21, 2000);
  scheduler_.RunFor(absl::Seconds(1));
  EXPECT_EQ(taken_, (std::vector<int64_t>{10, 21}));
}

TEST_F(SnapshotTakerTest, TakesOneThatIsDueByAge) {
  scheduler_.RunFor(absl::Hours(2));
  Told(10, 1);
  scheduler_.RunFor(absl::Seconds(1));
  EXPECT_EQ(taken_, std::vector<int64_t>{10});
}

TEST_F(SnapshotTakerTest, TakesNoneWithoutANewEntry) {
  Told(10, 5000);
  scheduler_.RunFor(absl::Seconds(1));
  Told(10, 50000);
  scheduler_.RunFor(absl::Hours(2));
  Told(10, 50000);
  scheduler_.RunFor(absl::Seconds(1));
  EXPECT_EQ(captured_, 1);
}

TEST_F(SnapshotTakerTest, TakesOneAtATime) {
  workers_.SetStalled(true);
  Told(10, 5000);
  Told(20, 50000);
  scheduler_.RunFor(absl::Seconds(1));
  EXPECT_EQ(captured_, 1);
  workers_.SetStalled(false);
  scheduler_.RunFor(absl::Seconds(1));
  EXPECT_EQ(taken_, std::vector<int64_t>{10});
}

TEST_F(SnapshotTakerTest, PausesAfterOneThatCouldNotBeWritten) {
  files_.plan()->Fail({.action = support::FileAction::kSync});
  Told(10, 5000);
  scheduler_.RunFor(absl::Seconds(1));
  EXPECT_EQ(captured_, 1);
  EXPECT_TRUE(taken_.empty());
  files_.plan()->Clear();
  Told(11, 5001);
  EXPECT_EQ(captured_, 1) << "not at once";
  scheduler_.RunFor(SnapshotTaker::kPause);
  Told(12, 50000);
  scheduler_.RunFor(absl::Seconds(1));
  EXPECT_EQ(taken_, std::vector<int64_t>{12});
}

}  // namespace
}  // namespace barnabas::quorum
