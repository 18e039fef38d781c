// Snapshots on disk: whole or not at all, and damaged ones never used.
#include "controller/quorum/snapshot_store.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "tests/support/fault_files.h"
#include "tests/support/matchers.h"

namespace barnabas::quorum {
namespace {

using ::barnabas::support::FaultFiles;
using ::barnabas::support::HasErrorCode;

constexpr char kPlace[] = "/c";
const Uuid kCluster = Uuid::FromRandom(3, 3);

Snapshot SnapshotAt(int64_t index) {
  Snapshot snapshot;
  snapshot.id = raft::SnapshotId{Term(2), LogIndex(index)};
  snapshot.voters = raft::VoterSet(
      {raft::Voter{{NodeId(1), Uuid::FromRandom(1, 1)}, "one", 9293}});
  snapshot.payload = std::string(1000, 'a') + std::to_string(index);
  return snapshot;
}

class SnapshotStoreTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK(files_.CreateDirectory(kPlace));
    ASSERT_OK(files_.SyncDirectory("/"));
  }

  std::unique_ptr<SnapshotStore> Open(FaultFiles* files) {
    auto store = SnapshotStore::Open({files, kPlace, kCluster});
    EXPECT_OK(store);
    return *std::move(store);
  }

  void Add(SnapshotStore* store, int64_t index) {
    ASSERT_OK(store->Write(SnapshotAt(index)));
    store->Adopt(SnapshotAt(index).id);
    store->Prune({});
  }

  FaultFiles files_;
};

TEST_F(SnapshotStoreTest, BeginsEmpty) {
  auto store = Open(&files_);
  EXPECT_EQ(store->newest(), raft::SnapshotId());
  EXPECT_EQ(store->oldest().index, raft::kNoIndex);
}

TEST_F(SnapshotStoreTest, KeepsTheTwoNewest) {
  auto store = Open(&files_);
  for (int64_t index : {10, 20, 30}) Add(store.get(), index);
  EXPECT_EQ(store->newest().index, LogIndex(30));
  EXPECT_EQ(store->oldest().index, LogIndex(20));
  store = Open(&files_);
  EXPECT_EQ(store->oldest().index, LogIndex(20));
  ASSERT_OK_AND_ASSIGN(const Snapshot read, store->Read(store->newest()));
  EXPECT_EQ(read.payload, SnapshotAt(30).payload);
  EXPECT_EQ(read.voters, SnapshotAt(30).voters);
}

TEST_F(SnapshotStoreTest, KeepsWhatIsBeingSent) {
  auto store = Open(&files_);
  for (int64_t index : {10, 20}) Add(store.get(), index);
  ASSERT_OK(store->Write(SnapshotAt(30)));
  store->Adopt(SnapshotAt(30).id);
  store->Prune({SnapshotAt(10).id});
  EXPECT_TRUE(store->Has(SnapshotAt(10).id));
  store->Prune({});
  EXPECT_FALSE(store->Has(SnapshotAt(10).id));
}

TEST_F(SnapshotStoreTest, AnInterruptedWriteLeavesTheOldOne) {
  for (int64_t steps = 0; steps < 8; ++steps) {
    FaultFiles files;
    ASSERT_OK(files.CreateDirectory(kPlace));
    ASSERT_OK(files.SyncDirectory("/"));
    auto store = Open(&files);
    Add(store.get(), 10);
    files.plan()->DieAfter(steps);
    const bool written = store->Write(SnapshotAt(20)).ok();
    const auto disk = files.Crash(static_cast<uint64_t>(steps));
    store = Open(disk.get());
    const LogIndex newest = store->newest().index;
    EXPECT_TRUE(newest == LogIndex(20) || (!written && newest == LogIndex(10)))
        << steps;
    EXPECT_OK(store->Read(store->newest()));
  }
}

TEST_F(SnapshotStoreTest, SetsADamagedOneAside) {
  auto store = Open(&files_);
  for (int64_t index : {10, 20}) Add(store.get(), index);
  const std::string folder = std::string(kPlace) + "/" + kSnapshotsName;
  ASSERT_OK_AND_ASSIGN(const auto names, files_.List(folder));
  files_.FlipBits(folder + "/" + names.back(), 500, 0x01);
  store = Open(&files_);
  EXPECT_EQ(store->newest().index, LogIndex(10));
  EXPECT_TRUE(files_.Exists(folder + "/" + names.back() + ".damaged"));
}

TEST_F(SnapshotStoreTest, RefusesAnotherClusters) {
  auto store = Open(&files_);
  Add(store.get(), 10);
  EXPECT_THAT(SnapshotStore::Open({&files_, kPlace, Uuid::FromRandom(4, 4)}),
              HasErrorCode(ErrorCode::kWrongIdentity));
}

TEST_F(SnapshotStoreTest, TravelsInPieces) {
  auto sender = Open(&files_);
  Add(sender.get(), 10);
  FaultFiles other;
  ASSERT_OK(other.CreateDirectory(kPlace));
  auto receiver = Open(&other);
  int64_t position = 0;
  bool last = false;
  while (!last) {
    ASSERT_OK_AND_ASSIGN(const raft::SnapshotChunk piece,
                         sender->ReadPiece(SnapshotAt(10).id, position, 100));
    ASSERT_OK_AND_ASSIGN(position, receiver->KeepPiece(piece));
    // Twice does no harm.
    ASSERT_OK_AND_ASSIGN(position, receiver->KeepPiece(piece));
    last = piece.last;
  }
  EXPECT_EQ(receiver->newest().index, raft::kNoIndex);
  ASSERT_OK_AND_ASSIGN(const Snapshot arrived,
                       receiver->FinishIncoming(SnapshotAt(10).id));
  EXPECT_EQ(arrived.payload, SnapshotAt(10).payload);
  EXPECT_EQ(receiver->newest(), SnapshotAt(10).id);
}

TEST_F(SnapshotStoreTest, BeginsAnewWithAnotherSnapshotAndAfterDamage) {
  auto store = Open(&files_);
  const std::string bytes = SealSnapshot(SnapshotAt(10), kCluster);
  raft::SnapshotChunk piece{SnapshotAt(10).id, 0, bytes.substr(0, 50), false};
  ASSERT_OK_AND_ASSIGN(int64_t next, store->KeepPiece(piece));
  EXPECT_EQ(next, 50);
  piece.id = SnapshotAt(20).id;
  piece.position = 50;
  ASSERT_OK_AND_ASSIGN(next, store->KeepPiece(piece));
  EXPECT_EQ(next, 0) << "the other one begins at its beginning";
  std::string damaged = bytes;
  damaged[100] ^= 1;
  ASSERT_OK_AND_ASSIGN(next,
                       store->KeepPiece({SnapshotAt(10).id, 0, damaged, true}));
  EXPECT_THAT(store->FinishIncoming(SnapshotAt(10).id),
              HasErrorCode(ErrorCode::kCorruptLog));
  EXPECT_EQ(store->newest().index, raft::kNoIndex);
}

}  // namespace
}  // namespace barnabas::quorum
