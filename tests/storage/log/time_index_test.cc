#include "storage/log/time_index.h"

#include <gtest/gtest.h>

#include <string>

#include "storage/log/checkpoint_file.h"
#include "tests/support/fault_files.h"
#include "tests/support/matchers.h"

namespace barnabas::log {
namespace {

using support::IsOkAndHolds;

class TimeIndexTest : public testing::Test {
 protected:
  TimeIndexTest() : index_(&files_, "t", Offset(1000)) {
    index_.file().Reset();
  }

  support::FaultFiles files_;
  TimeIndex index_;
};

TEST_F(TimeIndexTest, BytesAreKafkas) {
  index_.TryAppend({0x0102, Offset(1003)});
  ASSERT_OK(index_.file().WritePending());
  ASSERT_OK_AND_ASSIGN(const auto bytes, ReadSmallFile(&files_, "t"));
  EXPECT_EQ(bytes, std::string("\0\0\0\0\0\0\x01\x02\0\0\0\x03", 12));
}

TEST_F(TimeIndexTest, OnlyLargerTimestampsAreAdded) {
  index_.TryAppend({-1, Offset(1000)});
  index_.TryAppend({10, Offset(1001)});
  index_.TryAppend({10, Offset(1002)});
  index_.TryAppend({9, Offset(1003)});
  index_.TryAppend({11, Offset(1004)});
  EXPECT_EQ(index_.file().count(), 2);
  EXPECT_THAT(index_.Last(), IsOkAndHolds(TimeEntry{11, Offset(1004)}));
}

TEST_F(TimeIndexTest, FindsTheFloorAndCuts) {
  for (int i = 1; i <= 4; ++i) index_.TryAppend({i * 10, Offset(1000 + i)});
  EXPECT_THAT(index_.Find(9), IsOkAndHolds(std::nullopt));
  EXPECT_THAT(index_.Find(29), IsOkAndHolds(TimeEntry{20, Offset(1002)}));
  index_.CutTo(Offset(1002));
  EXPECT_THAT(index_.Last(), IsOkAndHolds(TimeEntry{10, Offset(1001)}));
  EXPECT_TRUE(index_.IsSound(Offset(1002)));
  EXPECT_FALSE(index_.IsSound(Offset(1001)));
}

}  // namespace
}  // namespace barnabas::log
