#include "storage/log/durable_point.h"

#include <gtest/gtest.h>

#include "tests/support/fault_files.h"
#include "tests/support/matchers.h"

namespace barnabas::log {
namespace {

using support::FaultFiles;
using support::HasErrorCode;

DurablePoint Point(int64_t end) {
  DurablePoint point;
  point.end = Offset(end);
  point.segment_base = Offset(end / 2);
  point.position = end * 10;
  point.index = IndexMark{{3, 0xabcd}, {2, 0xef}, {1234, Offset(end / 2)}};
  return point;
}

DurablePoint WithRound(DurablePoint point, int64_t round) {
  point.round = round;
  return point;
}

TEST(DurablePointTest, AnAbsentFileIsNone) {
  FaultFiles files;
  EXPECT_THAT(DurablePointFile::Read(&files, "."),
              support::IsOkAndHolds(std::nullopt));
}

TEST(DurablePointTest, TheLastWrittenIsRead) {
  FaultFiles files;
  ASSERT_OK(DurablePointFile::Create(&files, ".", Point(5)));
  EXPECT_THAT(DurablePointFile::Read(&files, "."),
              support::IsOkAndHolds(Point(5)));
  DurablePointFile file(&files, ".", 0);
  // It may go down too: a log is cut.
  for (const int64_t end : {10, 30, 20}) ASSERT_OK(file.Write(Point(end)));
  EXPECT_THAT(DurablePointFile::Read(&files, "."),
              support::IsOkAndHolds(WithRound(Point(20), 3)));
}

TEST(DurablePointTest, ATornWriteLeavesTheOneBefore) {
  for (uint64_t seed = 0; seed < 200; ++seed) {
    FaultFiles files;
    ASSERT_OK(DurablePointFile::Create(&files, ".", Point(5)));
    DurablePointFile file(&files, ".", 0);
    ASSERT_OK(file.Write(Point(6)));
    files.plan()->DieAfter(static_cast<int64_t>(seed % 2));
    EXPECT_FALSE(file.Write(Point(7)).ok());
    ASSERT_OK_AND_ASSIGN(const auto found,
                         DurablePointFile::Read(files.Crash(seed).get(), "."));
    EXPECT_TRUE(found == WithRound(Point(6), 1) ||
                found == WithRound(Point(7), 2));
  }
}

TEST(DurablePointTest, OneDamagedSlotIsPassedOverTwoAreDamage) {
  FaultFiles files;
  ASSERT_OK(DurablePointFile::Create(&files, ".", Point(5)));
  DurablePointFile file(&files, ".", 0);
  ASSERT_OK(file.Write(Point(6)));
  files.FlipBits("durable-point", 512 + 20, 1);
  EXPECT_THAT(DurablePointFile::Read(&files, "."),
              support::IsOkAndHolds(Point(5)));
  files.FlipBits("durable-point", 40, 1);
  EXPECT_THAT(DurablePointFile::Read(&files, "."),
              HasErrorCode(ErrorCode::kCorruptLog));
}

}  // namespace
}  // namespace barnabas::log
