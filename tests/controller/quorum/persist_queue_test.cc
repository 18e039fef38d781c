// What may leave, and when: order, group commit, replaced entries, full disks.
#include "controller/quorum/persist_queue.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "controller/quorum/hard_state_file.h"
#include "tests/controller/quorum/quorum_fixture.h"
#include "tests/support/matchers.h"

namespace barnabas::quorum {
namespace {

using ::barnabas::support::FaultFiles;
using ::barnabas::support::FileAction;
using ::barnabas::support::SimScheduler;

const raft::ReplicaKey kPeer{NodeId(2), Uuid::FromRandom(2, 2)};

raft::Entry EntryAt(int64_t index, int32_t term) {
  raft::Entry entry;
  entry.index = LogIndex(index);
  entry.term = Term(term);
  entry.payload = std::make_shared<const std::string>("value");
  return entry;
}

raft::Message Ack(int64_t match) {
  raft::AppendReply reply;
  reply.accepted = true;
  reply.match = LogIndex(match);
  return raft::Message{kPeer, kPeer, Term(1), reply};
}

int64_t MatchOf(const raft::Message& message) {
  return std::get<raft::AppendReply>(message.body).match.value();
}

class PersistQueueTest : public ::testing::Test, public PersistEvents {
 protected:
  void SetUp() override {
    ASSERT_OK(
        FormatController(FormatFor(&files_, scheduler_.clock()), OneVoter()));
    log::LogDirectory::Options options;
    options.files = &files_;
    options.clock = scheduler_.clock();
    options.path = kDirectory;
    options.node_id = NodeId(1);
    options.role = "controller";
    ASSERT_OK_AND_ASSIGN(directory_, log::LogDirectory::Open(options));
    ASSERT_OK_AND_ASSIGN(auto disk, DurableLog::Open(directory_.get()));
    ASSERT_OK_AND_ASSIGN(log_,
                         RaftLog::Open(std::move(disk), raft::SnapshotId()));
    PersistQueue::Deps deps;
    deps.loop = &loop_;
    deps.workers = &workers_;
    deps.files = &files_;
    deps.directory = kDirectory;
    deps.log = log_.get();
    deps.events = this;
    queue_ = std::make_unique<PersistQueue>(deps);
  }

  void Add(std::vector<raft::Entry> entries,
           std::vector<raft::Message> messages,
           std::optional<HardState> hard = std::nullopt) {
    raft::Effects effects;
    effects.entries = std::move(entries);
    effects.after_durable = std::move(messages);
    effects.hard_state = hard;
    if (effects.NeedsPersisting()) ++handed_;
    effects.persist_id = handed_;
    queue_->Add(effects);
  }

  void OnReleased(std::vector<raft::Message> messages) override {
    for (const raft::Message& message : messages) {
      released_.push_back(MatchOf(message));
      // R9: what is said to be held survives a crash now.
      EXPECT_LT(MatchOf(message), log_->disk()->durable_end().value());
    }
  }
  void OnPersisted(uint64_t id) override { persisted_.push_back(id); }
  void OnDiskFull(const absl::Status&) override { ++full_; }
  void OnRoom() override { ++room_; }
  void OnPersistFailed(const absl::Status& status) override {
    failed_ = status;
  }

  SimScheduler scheduler_{5};
  FaultFiles files_;
  support::SimEventLoop loop_{&scheduler_};
  support::SimWorkerPool workers_{
      &scheduler_, {.workers = 1, .task_time_max = absl::Milliseconds(5)}};
  std::unique_ptr<log::LogDirectory> directory_;
  std::unique_ptr<RaftLog> log_;
  std::unique_ptr<PersistQueue> queue_;
  uint64_t handed_ = 0;

  std::vector<int64_t> released_;
  std::vector<uint64_t> persisted_;
  int full_ = 0;
  int room_ = 0;
  absl::Status failed_;
};

TEST_F(PersistQueueTest, ReleasesInOrderAndOnlyWhatIsDurable) {
  for (int64_t i = 1; i <= 20; ++i) Add({EntryAt(i, 1)}, {Ack(i)});
  EXPECT_TRUE(released_.empty());
  EXPECT_FALSE(queue_->idle());
  scheduler_.RunFor(absl::Seconds(1));
  EXPECT_EQ(released_.back(), 20);
  EXPECT_TRUE(std::is_sorted(released_.begin(), released_.end()));
  EXPECT_EQ(persisted_.back(), 20u);
  EXPECT_LT(persisted_.size(), 5u) << "a sync serves many";
  EXPECT_LE(released_.size(), persisted_.size()) << "and so does an answer";
  EXPECT_TRUE(queue_->idle());
}

TEST_F(PersistQueueTest, DropsAcknowledgementsOfEntriesThatWereReplaced) {
  Add({EntryAt(1, 1), EntryAt(2, 1)}, {Ack(2)});
  Add({EntryAt(3, 1)}, {Ack(3)});
  // A new leader's: 2 and 3 of term 1 will never be durable.
  Add({EntryAt(2, 2)}, {Ack(2)});
  scheduler_.RunFor(absl::Seconds(1));
  EXPECT_EQ(released_, std::vector<int64_t>{2});
  EXPECT_EQ(log_->last(), LogIndex(2));
  EXPECT_EQ(log_->TermAt(LogIndex(2)), Term(2));
  EXPECT_EQ(persisted_.back(), 3u);
}

TEST_F(PersistQueueTest, KnowsUpToWhereTheDiskHoldsWhatIsMeant) {
  EXPECT_EQ(queue_->written(), LogIndex(0));
  Add({EntryAt(1, 1), EntryAt(2, 1)}, {});
  EXPECT_EQ(queue_->written(), LogIndex(2)) << "written, though not synced";
  // Waits until the sync is over: the disk holds the replaced one so long.
  Add({EntryAt(2, 2)}, {});
  EXPECT_EQ(log_->last(), LogIndex(2));
  EXPECT_EQ(queue_->written(), LogIndex(1));
  scheduler_.RunFor(absl::Seconds(1));
  EXPECT_EQ(queue_->written(), LogIndex(2));
}

TEST_F(PersistQueueTest, WritesTermAndVoteBeforeItReleases) {
  const HardState voted{Term(4), kPeer};
  Add({}, {Ack(0)}, voted);
  scheduler_.RunFor(absl::Seconds(1));
  ASSERT_EQ(released_.size(), 1u);
  ASSERT_OK_AND_ASSIGN(const HardState state,
                       ReadHardState(&files_, kDirectory));
  EXPECT_EQ(state, voted);
}

TEST_F(PersistQueueTest, AMessageAloneWaitsForWhatWasHandedOverBefore) {
  Add({EntryAt(1, 1)}, {});
  Add({}, {Ack(1)});
  EXPECT_TRUE(released_.empty());
  scheduler_.RunFor(absl::Seconds(1));
  EXPECT_EQ(released_, std::vector<int64_t>{1});
}

TEST_F(PersistQueueTest, WaitsForRoomAndWritesEachEntryOnce) {
  ASSERT_OK_AND_ASSIGN(const auto space, files_.SpaceOf(kDirectory));
  files_.plan()->SetCapacity(space.total_bytes - space.free_bytes);
  for (int64_t i = 1; i <= 5; ++i) Add({EntryAt(i, 1)}, {Ack(i)});
  scheduler_.RunFor(absl::Seconds(5));
  EXPECT_EQ(full_, 1) << "told once";
  EXPECT_TRUE(queue_->full());
  EXPECT_TRUE(released_.empty());
  files_.plan()->Clear();
  scheduler_.RunFor(absl::Seconds(5));
  EXPECT_EQ(room_, 1);
  EXPECT_EQ(released_.back(), 5);
  EXPECT_EQ(log_->last(), LogIndex(5));
}

TEST_F(PersistQueueTest, ReleasesNothingAfterAFailedSync) {
  files_.plan()->Fail({.action = FileAction::kSync, .path_part = ".log"});
  Add({EntryAt(1, 1)}, {Ack(1)});
  scheduler_.RunFor(absl::Seconds(1));
  EXPECT_FALSE(failed_.ok());
  Add({EntryAt(2, 1)}, {Ack(2)});
  scheduler_.RunFor(absl::Seconds(1));
  EXPECT_TRUE(released_.empty());
  EXPECT_TRUE(persisted_.empty());
}

TEST_F(PersistQueueTest, WorkBetweenSyncsIsNotStarvedByMoreOfThem) {
  bool worked = false;
  Add({EntryAt(1, 1)}, {Ack(1)});
  queue_->BetweenSyncs([&] { worked = true; });
  EXPECT_FALSE(worked) << "a sync is out";
  for (int64_t i = 2; i <= 10; ++i) Add({EntryAt(i, 1)}, {Ack(i)});
  ASSERT_TRUE(scheduler_.RunUntil([&] { return !released_.empty(); },
                                  absl::Seconds(1)));
  EXPECT_TRUE(worked);
  queue_->BetweenSyncs([&] { worked = false; });
  scheduler_.RunFor(absl::Seconds(1));
  EXPECT_FALSE(worked);
  EXPECT_EQ(released_.back(), 10);
}

TEST_F(PersistQueueTest, AnswersToDifferentPeersAndTermsAreKeptApart) {
  raft::Message newer = Ack(2);
  newer.term = Term(2);
  raft::Message refusal = Ack(0);
  std::get<raft::AppendReply>(refusal.body).accepted = false;
  Add({EntryAt(1, 1)}, {Ack(1)});
  Add({EntryAt(2, 1)}, {newer, refusal, newer});
  scheduler_.RunFor(absl::Seconds(1));
  EXPECT_EQ(released_, (std::vector<int64_t>{1, 2, 0, 2}));
}

}  // namespace
}  // namespace barnabas::quorum
