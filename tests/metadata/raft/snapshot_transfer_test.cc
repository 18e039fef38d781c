#include "metadata/raft/snapshot_transfer.h"

#include <gtest/gtest.h>

#include "tests/metadata/raft/node.h"

namespace barnabas::raft {
namespace {

const SnapshotId kSnapshot{Term(2), LogIndex(9)};

TEST(SnapshotTransferTest, APieceIsHandedToTheDriverToStore) {
  Node node(1, 3);
  node.Receive(2, 3, SnapshotChunk{kSnapshot, 0, "half", false});
  const Effects effects = node.Take();
  ASSERT_TRUE(effects.store.has_value());
  EXPECT_EQ(effects.store->from, Key(2));
  EXPECT_EQ(effects.store->chunk.bytes, "half");
}

TEST(SnapshotTransferTest, AStoredPieceAsksForTheNextOne) {
  Node node(1, 3);
  node.Receive(2, 3, SnapshotChunk{kSnapshot, 0, "half", false});
  node.Persist();
  node.core().OnSnapshotStored(
      SnapshotStored{Key(2), kSnapshot, 4, false, VoterSet()});
  const Effects effects = node.Take();
  const SnapshotReply* reply = Find<SnapshotReply>(effects.now, 2);
  ASSERT_NE(reply, nullptr);
  EXPECT_EQ(reply->next_position, 4);
  EXPECT_FALSE(reply->installed);
}

TEST(SnapshotTransferTest, WhatIsHeldAlreadyIsNotInstalled) {
  Node node(1, 3);
  AppendRequest request;
  request.previous = EntryId{Term(0), LogIndex(0)};
  request.entries = {DataEntry(1, 2), DataEntry(2, 2), DataEntry(3, 2)};
  node.Receive(2, 2, request);
  node.Persist();
  // Installing would throw entry 3 away, which was acknowledged.
  node.Receive(2, 2,
               SnapshotChunk{SnapshotId{Term(2), LogIndex(2)}, 0, "x", true});
  const Effects effects = node.Take();
  EXPECT_FALSE(effects.store.has_value());
  const SnapshotReply* reply = Find<SnapshotReply>(effects.now, 2);
  ASSERT_NE(reply, nullptr);
  EXPECT_TRUE(reply->installed);
  EXPECT_EQ(node.commit(), LogIndex(2));
}

}  // namespace
}  // namespace barnabas::raft
