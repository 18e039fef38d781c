#include "broker/replication/disk_guard.h"

#include <gtest/gtest.h>

#include "proto/types/error.h"
#include "proto/types/units.h"
#include "tests/support/matchers.h"

namespace barnabas::broker {
namespace {

using support::HasErrorCode;

constexpr DiskGuard::Limits kTenPercent = {.reserve_bytes = kGiB,
                                           .reserve_percent = 10};

env::FileSystem::Space Free(int64_t free_bytes, int64_t total_bytes = 1000) {
  return {.total_bytes = total_bytes, .free_bytes = free_bytes};
}

TEST(DiskGuardTest, LetsEverythingInBeforeTheFirstMeasurement) {
  DiskGuard guard;
  guard.Wrote(kGiB);
  EXPECT_OK(guard.Check());
  EXPECT_FALSE(guard.facts().full);
}

TEST(DiskGuardTest, TheSmallerLimitIsTheReserve) {
  DiskGuard guard;
  guard.Measured(Free(500), kTenPercent);
  EXPECT_EQ(guard.facts().reserve_bytes, 100);
  guard.Measured(Free(500), {.reserve_bytes = 30, .reserve_percent = 10});
  EXPECT_EQ(guard.facts().reserve_bytes, 30);
  // No hundredfold of a total overflows.
  guard.Measured(Free(INT64_MAX, INT64_MAX),
                 {.reserve_bytes = INT64_MAX, .reserve_percent = 90});
  EXPECT_GT(guard.facts().reserve_bytes, INT64_MAX / 2);
}

TEST(DiskGuardTest, RefusesBelowTheReserveAndSaysWhatToDo) {
  DiskGuard guard;
  EXPECT_FALSE(guard.Measured(Free(100), kTenPercent));
  EXPECT_OK(guard.Check());
  EXPECT_TRUE(guard.Measured(Free(99), kTenPercent));
  const absl::Status refused = guard.Check();
  EXPECT_THAT(refused, HasErrorCode(ErrorCode::kDiskFull));
  EXPECT_TRUE(IsRetriable(ErrorCode::kDiskFull));
  EXPECT_EQ(RetryAfterOf(refused), 500);
  EXPECT_NE(refused.message().find("99 of 1000 bytes are free, 100 are kept"),
            absl::string_view::npos)
      << refused;
  EXPECT_NE(HintOf(refused).find("barnabas topic trim"), std::string::npos);
}

TEST(DiskGuardTest, GoesOnOnlyOnceAQuarterMoreIsFree) {
  DiskGuard guard;
  guard.Measured(Free(99), kTenPercent);
  EXPECT_FALSE(guard.Measured(Free(124), kTenPercent));
  EXPECT_THAT(guard.Check(), HasErrorCode(ErrorCode::kDiskFull));
  EXPECT_TRUE(guard.Measured(Free(125), kTenPercent));
  EXPECT_OK(guard.Check());
  // And is not refused again for having less than that.
  EXPECT_FALSE(guard.Measured(Free(110), kTenPercent));
  EXPECT_OK(guard.Check());
}

TEST(DiskGuardTest, WritesBetweenTwoMeasurementsCannotPassTheReserve) {
  DiskGuard guard;
  guard.Measured(Free(150), kTenPercent);
  guard.Wrote(49);
  EXPECT_OK(guard.Check());
  guard.Wrote(1);
  EXPECT_THAT(guard.Check(), HasErrorCode(ErrorCode::kDiskFull));
  EXPECT_FALSE(guard.facts().full) << "nothing was measured yet";
  // The blocks were there already: nothing is missing, all goes on.
  EXPECT_FALSE(guard.Measured(Free(150), kTenPercent));
  EXPECT_OK(guard.Check());
}

TEST(DiskGuardTest, WithoutAReserveOnlyAFullDiskIsFull) {
  DiskGuard guard;
  const DiskGuard::Limits none = {};
  EXPECT_FALSE(guard.Measured(Free(1), none));
  EXPECT_OK(guard.Check());
  EXPECT_TRUE(guard.Measured(Free(0), none));
  EXPECT_THAT(guard.Check(), HasErrorCode(ErrorCode::kDiskFull));
  EXPECT_TRUE(guard.Measured(Free(1), none));
  EXPECT_OK(guard.Check());
}

}  // namespace
}  // namespace barnabas::broker
