#include "tools/cli/data/delivery_report.h"

#include <string>

#include "barnabas/v1/common.pb.h"
#include "gtest/gtest.h"
#include "proto/types/error.h"
#include "tools/cli/frame/exit_code.h"

namespace barnabas::cli {
namespace {

client::Delivery At(int32_t partition, int64_t offset,
                    v1::Durability durability) {
  client::Delivery delivery;
  delivery.partition = partition;
  delivery.offset = offset;
  delivery.durability = durability;
  return delivery;
}

TEST(DeliveryReport, NamesWhereRecordsLie) {
  DeliveryReport report("orders");
  report.Take(At(4, 0, v1::DURABILITY_REPLICAS_MEMORY));
  report.Take(At(1, 7, v1::DURABILITY_REPLICAS_MEMORY));
  report.Take(At(1, 8, v1::DURABILITY_REPLICAS_MEMORY));
  EXPECT_EQ(report.Line(absl::Microseconds(3100), true),
            "orders[1]@7-8 orders[4]@0   3 records, all replicas, 3.1 ms");
  EXPECT_TRUE(report.Verdict().ok());
}

TEST(DeliveryReport, TellsTheWeakestDurability) {
  DeliveryReport report("t");
  report.Take(At(0, 0, v1::DURABILITY_REPLICAS_DISK));
  report.Take(At(0, 1, v1::DURABILITY_LEADER_MEMORY));
  const std::string line = report.Line(absl::ZeroDuration(), true);
  EXPECT_NE(line.find("leader's memory"), std::string::npos) << line;
}

TEST(DeliveryReport, NothingSentIsNoError) {
  const DeliveryReport report("t");
  EXPECT_EQ(report.Line(absl::ZeroDuration(), true), "0 records, 0.0 ms");
  EXPECT_TRUE(report.Verdict().ok());
}

TEST(DeliveryReport, AnUnknownOutcomeWinsOverARefusal) {
  DeliveryReport report("t");
  report.Take(MakeError(ErrorCode::kBatchTooLarge, "large"));
  report.Take(MakeError(ErrorCode::kRequestTimedOut, "lost"));
  report.Take(MakeError(ErrorCode::kBatchTooLarge, "large"));
  EXPECT_EQ(ExitCodeOf(report.Verdict()), 8) << report.Verdict();
  EXPECT_NE(report.Verdict().message().find("3 records"), std::string::npos);
}

}  // namespace
}  // namespace barnabas::cli
