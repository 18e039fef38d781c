#include "storage/log/offset_index.h"

#include <gtest/gtest.h>

#include <string>

#include "storage/log/checkpoint_file.h"
#include "tests/support/fault_files.h"
#include "tests/support/matchers.h"

namespace barnabas::log {
namespace {

using support::IsOkAndHolds;

class OffsetIndexTest : public testing::Test {
 protected:
  OffsetIndexTest() : index_(&files_, "i", Offset(1000)) {
    index_.file().Reset();
  }

  support::FaultFiles files_;
  OffsetIndex index_;
};

TEST_F(OffsetIndexTest, BytesAreKafkas) {
  index_.Append({Offset(1009), 5000});
  ASSERT_OK(index_.file().WritePending());
  ASSERT_OK_AND_ASSIGN(const auto bytes, ReadSmallFile(&files_, "i"));
  EXPECT_EQ(bytes, std::string("\0\0\0\x09\0\0\x13\x88", 8));
}

TEST_F(OffsetIndexTest, FindsTheFloor) {
  EXPECT_THAT(index_.Find(Offset(2000)), IsOkAndHolds(std::nullopt));
  index_.Append({Offset(1009), 100});
  index_.Append({Offset(1019), 200});
  EXPECT_THAT(index_.Find(Offset(1008)), IsOkAndHolds(std::nullopt));
  EXPECT_THAT(index_.Find(Offset(1009)),
              IsOkAndHolds(OffsetEntry{Offset(1009), 100}));
  EXPECT_THAT(index_.Find(Offset(1018)),
              IsOkAndHolds(OffsetEntry{Offset(1009), 100}));
  EXPECT_THAT(index_.Last(), IsOkAndHolds(OffsetEntry{Offset(1019), 200}));
}

TEST_F(OffsetIndexTest, CutDropsWhatPointsBeyond) {
  for (int i = 1; i <= 5; ++i) index_.Append({Offset(1000 + i), i * 100});
  index_.CutTo(300);
  EXPECT_THAT(index_.Last(), IsOkAndHolds(OffsetEntry{Offset(1002), 200}));
  index_.CutTo(0);
  EXPECT_THAT(index_.Last(), IsOkAndHolds(std::nullopt));
}

TEST_F(OffsetIndexTest, SoundMeansRisingAndInside) {
  EXPECT_TRUE(index_.IsSound(0));
  index_.Append({Offset(1001), 100});
  index_.Append({Offset(1002), 200});
  EXPECT_TRUE(index_.IsSound(201));
  EXPECT_FALSE(index_.IsSound(200));
  index_.Append({Offset(1002), 300});
  EXPECT_FALSE(index_.IsSound(1000));
}

}  // namespace
}  // namespace barnabas::log
