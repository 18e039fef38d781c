#include "client/producer/partition_queue.h"

#include <gtest/gtest.h>

#include <optional>
#include <string_view>
#include <vector>

#include "storage/env/system_clock.h"

namespace barnabas::client {
namespace {

using Appended = PartitionQueue::Appended;

constexpr int64_t kNoLimit = 1 << 20;

class PartitionQueueTest : public ::testing::Test {
 protected:
  Appended Add(int64_t bytes, int64_t grant) {
    const std::optional<std::string_view> no_key;
    const std::optional<std::string_view> value = "value";
    return queue_.Append({.key = no_key,
                          .value = value,
                          .headers = {},
                          .timestamp_ms = 1,
                          .bytes = bytes},
                         grant, nullptr);
  }

  // Everything that is here, also what is open.
  std::optional<GatheredBatch> TakeAll() {
    return queue_.TakeFirst(absl::ZeroDuration(), kNoLimit).batch;
  }

  const env::SystemClock clock_;
  FlushLedger ledger_;
  PartitionQueue queue_{{{.batch_bytes = 1000}, &clock_, &ledger_}};
};

TEST_F(PartitionQueueTest, AnEmptyOneGivesNothing) {
  EXPECT_FALSE(TakeAll().has_value());
  EXPECT_EQ(queue_.accepted(), 0);
}

TEST_F(PartitionQueueTest, TheSenderIsToldOnceUntilItFindsNothing) {
  EXPECT_EQ(Add(10, 10), Appended::kTakenTell);
  EXPECT_EQ(Add(10, 10), Appended::kTaken);
  EXPECT_TRUE(TakeAll().has_value());
  EXPECT_EQ(Add(10, 10), Appended::kTaken);
  EXPECT_TRUE(TakeAll().has_value());
  EXPECT_FALSE(TakeAll().has_value());
  EXPECT_EQ(Add(10, 10), Appended::kTakenTell);
}

TEST_F(PartitionQueueTest, WithoutMemoryNothingIsTaken) {
  EXPECT_EQ(Add(10, 0), Appended::kNoMemory);
  EXPECT_EQ(queue_.accepted(), 0);
  EXPECT_FALSE(TakeAll().has_value());
}

TEST_F(PartitionQueueTest, AGrantServesSeveralRecords) {
  EXPECT_EQ(Add(10, 25), Appended::kTakenTell);
  EXPECT_EQ(Add(10, 0), Appended::kTaken);
  EXPECT_EQ(Add(10, 0), Appended::kNoMemory);
  EXPECT_EQ(Add(10, 10), Appended::kTaken);
  EXPECT_EQ(queue_.accepted(), 3);
}

// Or a producer to many partitions would lose its memory to them.
TEST_F(PartitionQueueTest, WhatIsLeftOfAGrantLeavesWithTheLastBatch) {
  EXPECT_EQ(Add(100, 100), Appended::kTakenTell);
  // The second opens a batch of its own.
  EXPECT_EQ(Add(950, 2000), Appended::kTaken);
  const std::optional<GatheredBatch> first = TakeAll();
  ASSERT_TRUE(first.has_value());
  EXPECT_EQ(first->batch->reserved_bytes, 100);
  const std::optional<GatheredBatch> last = TakeAll();
  ASSERT_TRUE(last.has_value());
  EXPECT_EQ(last->batch->reserved_bytes, 2000);
  EXPECT_EQ(Add(10, 0), Appended::kNoMemory);
}

TEST_F(PartitionQueueTest, WhatExpiresTakesItsMemoryAlong) {
  EXPECT_EQ(Add(10, 500), Appended::kTakenTell);
  const std::vector<GatheredBatch> expired =
      queue_.Expire(absl::InfiniteDuration());
  ASSERT_EQ(expired.size(), 1u);
  EXPECT_EQ(expired[0].batch->reserved_bytes, 500);
}

TEST_F(PartitionQueueTest, OnceShutNeitherRecordNorGrantIsTaken) {
  queue_.Shut();
  EXPECT_EQ(Add(10, 10), Appended::kShut);
  EXPECT_FALSE(TakeAll().has_value());
  EXPECT_EQ(queue_.accepted(), 0);
}

TEST_F(PartitionQueueTest, WhatIsTooLargeForTheFrameStays) {
  EXPECT_EQ(Add(10, 10), Appended::kTakenTell);
  const PartitionQueue::Taken taken =
      queue_.TakeFirst(absl::ZeroDuration(), /*bytes_max=*/10);
  EXPECT_TRUE(taken.no_room);
  EXPECT_FALSE(taken.batch.has_value());
  EXPECT_TRUE(TakeAll().has_value());
}

}  // namespace
}  // namespace barnabas::client
