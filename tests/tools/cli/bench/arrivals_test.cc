#include "tools/cli/bench/arrivals.h"

#include <gtest/gtest.h>

#include "tools/cli/bench/payload.h"

namespace barnabas::cli {
namespace {

constexpr uint64_t kRun = 7;

TEST(ArrivalsTest, TheWarmUpIsInNoFigure) {
  PayloadMaker payload(kRun, kPayloadBytesMin);
  Arrivals arrivals(kRun, /*warm_up=*/2);
  EXPECT_TRUE(arrivals.Take(payload.Next(0, 1000), 9000000));
  EXPECT_TRUE(arrivals.Take(payload.Next(1, 2000), 9000000));
  EXPECT_EQ(arrivals.latency_ns().count(), 0);
  EXPECT_EQ(arrivals.elapsed(), absl::ZeroDuration());

  EXPECT_TRUE(arrivals.Take(payload.Next(2, 10000000), 10500000));
  EXPECT_TRUE(arrivals.Take(payload.Next(3, 11000000), 12000000));
  EXPECT_EQ(arrivals.latency_ns().count(), 2);
  EXPECT_EQ(arrivals.latency_ns().max(), 1000000);
  // From the due time of record 2 to the arrival of record 3.
  EXPECT_EQ(arrivals.elapsed(), absl::Nanoseconds(2000000));
}

TEST(ArrivalsTest, RecordsOfOthersArePassedOver) {
  PayloadMaker payload(kRun + 1, kPayloadBytesMin);
  Arrivals arrivals(kRun, 0);
  EXPECT_FALSE(arrivals.Take(payload.Next(0, 1), 2));
  EXPECT_FALSE(arrivals.Take("short", 2));
  EXPECT_EQ(arrivals.latency_ns().count(), 0);
}

TEST(ArrivalsTest, PartitionsMayArriveOutOfTurn) {
  PayloadMaker payload(kRun, kPayloadBytesMin);
  Arrivals arrivals(kRun, 0);
  arrivals.Take(payload.Next(1, 2000), 5000);
  arrivals.Take(payload.Next(0, 1000), 4000);
  EXPECT_EQ(arrivals.elapsed(), absl::Nanoseconds(4000));
}

}  // namespace
}  // namespace barnabas::cli
