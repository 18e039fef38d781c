#include "proto/types/strong_int.h"

#include <gtest/gtest.h>

#include <set>
#include <sstream>
#include <type_traits>
#include <unordered_set>

#include "proto/types/ids.h"
#include "proto/types/offsets.h"

namespace barnabas {
namespace {

static_assert(!std::is_convertible_v<int64_t, Offset>);
static_assert(!std::is_convertible_v<Offset, int64_t>);
static_assert(!std::is_convertible_v<Offset, LogIndex>);
static_assert(!std::is_constructible_v<Offset, LogIndex>);
static_assert(!std::is_constructible_v<BrokerId, NodeId>);
static_assert(sizeof(Offset) == sizeof(int64_t));
static_assert(std::is_trivially_copyable_v<Offset>);

TEST(StrongIntTest, CountsAndCompares) {
  const Offset ten(10);
  EXPECT_EQ(ten.Next(), Offset(11));
  EXPECT_EQ(ten.Plus(-3), Offset(7));
  EXPECT_EQ(Distance(ten, Offset(4)), -6);
  EXPECT_LT(ten, Offset(11));
  EXPECT_EQ(Offset(), Offset(0));
  EXPECT_EQ(ten.ToString(), "10");
  std::ostringstream text;
  text << Offset(-1);
  EXPECT_EQ(text.str(), "-1");
}

TEST(StrongIntTest, Hashes) {
  const std::unordered_set<Offset> set = {Offset(1), Offset(1), Offset(2)};
  EXPECT_EQ(set.size(), 2u);
}

TEST(OffsetRangeTest, IsHalfOpen) {
  const OffsetRange range{Offset(3), Offset(5)};
  EXPECT_FALSE(range.Contains(Offset(2)));
  EXPECT_TRUE(range.Contains(Offset(3)));
  EXPECT_TRUE(range.Contains(Offset(4)));
  EXPECT_FALSE(range.Contains(Offset(5)));
  EXPECT_EQ(range.Size(), 2);
  EXPECT_FALSE(range.Empty());
}

TEST(OffsetRangeTest, ABackwardRangeIsEmpty) {
  const OffsetRange range{Offset(5), Offset(3)};
  EXPECT_TRUE(range.Empty());
  EXPECT_EQ(range.Size(), 0);
  EXPECT_FALSE(range.Contains(Offset(4)));
}

}  // namespace
}  // namespace barnabas
