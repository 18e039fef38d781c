#include "client/producer/partitioner.h"

#include <gtest/gtest.h>

#include <set>
#include <vector>

#include "client/rpc/murmur2.h"

namespace barnabas::client {
namespace {

TEST(PartitionerTest, AGivenPartitionWins) {
  Partitioner partitioner(1, 100);
  EXPECT_EQ(partitioner.Choose(5, "key", 10, 8, {}), 5);
}

TEST(PartitionerTest, KeysDecideAsKafkasClientsDo) {
  Partitioner partitioner(1, 100);
  EXPECT_EQ(partitioner.Choose({}, "alice", 10, 12, {}),
            rpc::PartitionOfKey("alice", 12));
  // An empty key is a key; keys do not care who is available.
  EXPECT_EQ(partitioner.Choose({}, "", 10, 12, {3}),
            rpc::PartitionOfKey("", 12));
}

TEST(PartitionerTest, RecordsWithoutKeyStickUntilABatchIsFull) {
  Partitioner partitioner(7, 100);
  int32_t before = -1;
  for (int round = 0; round < 50; ++round) {
    const int32_t now = partitioner.Choose({}, {}, 30, 6, {});
    EXPECT_NE(now, before);
    EXPECT_GE(now, 0);
    EXPECT_LT(now, 6);
    for (int i = 0; i < 3; ++i) {
      EXPECT_EQ(partitioner.Choose({}, {}, 30, 6, {}), now);
    }
    before = now;
  }
}

TEST(PartitionerTest, InTheLongRunEveryPartitionGetsRecords) {
  Partitioner partitioner(9, 1);
  std::vector<int> counts(5);
  for (int i = 0; i < 5000; ++i) {
    ++counts[static_cast<size_t>(partitioner.Choose({}, {}, 1, 5, {}))];
  }
  for (const int count : counts) EXPECT_GT(count, 700);
}

TEST(PartitionerTest, PartitionsWithoutLeaderAreLeftOut) {
  Partitioner partitioner(9, 1);
  const std::vector<int32_t> available = {1, 4};
  std::set<int32_t> seen;
  for (int i = 0; i < 100; ++i) {
    seen.insert(partitioner.Choose({}, {}, 1, 5, available));
  }
  EXPECT_EQ(seen, (std::set<int32_t>{1, 4}));
}

TEST(PartitionerTest, OnePartitionIsEnough) {
  Partitioner partitioner(9, 1);
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(partitioner.Choose({}, {}, 1, 1, {}), 0);
  }
}

}  // namespace
}  // namespace barnabas::client
