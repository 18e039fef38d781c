#include "storage/log/epoch_history.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace barnabas::log {
namespace {

EpochHistory Sample() {
  EpochHistory history;
  history.Assign(LeaderEpoch(1), Offset(0));
  history.Assign(LeaderEpoch(3), Offset(10));
  history.Assign(LeaderEpoch(7), Offset(25));
  return history;
}

std::pair<LeaderEpoch, Offset> Ends(int epoch, int offset) {
  return {LeaderEpoch(epoch), Offset(offset)};
}

TEST(EpochHistoryTest, AnEmptyOneKnowsNothing) {
  EXPECT_EQ(EpochHistory().last(), kNoLeaderEpoch);
  EXPECT_EQ(EpochHistory().EndOf(LeaderEpoch(5), Offset(9)), std::nullopt);
}

TEST(EpochHistoryTest, EndOfIsTheStartOfTheNextOrTheLogsEnd) {
  const EpochHistory history = Sample();
  EXPECT_EQ(history.EndOf(LeaderEpoch(0), Offset(40)), std::nullopt);
  EXPECT_EQ(history.EndOf(LeaderEpoch(1), Offset(40)), Ends(1, 10));
  EXPECT_EQ(history.EndOf(LeaderEpoch(2), Offset(40)), Ends(1, 10));
  EXPECT_EQ(history.EndOf(LeaderEpoch(3), Offset(40)), Ends(3, 25));
  EXPECT_EQ(history.EndOf(LeaderEpoch(7), Offset(40)), Ends(7, 40));
  EXPECT_EQ(history.EndOf(LeaderEpoch(9), Offset(40)), Ends(7, 40));
}

TEST(EpochHistoryTest, AssignIsNewsOnlyOnce) {
  EpochHistory history = Sample();
  EXPECT_FALSE(history.Assign(LeaderEpoch(7), Offset(30)));
  EXPECT_FALSE(history.Assign(kNoLeaderEpoch, Offset(30)));
  EXPECT_TRUE(history.Assign(LeaderEpoch(8), Offset(30)));
  EXPECT_EQ(history.last(), LeaderEpoch(8));
}

TEST(EpochHistoryTest, AssignDropsWhatItContradicts) {
  EpochHistory history = Sample();
  EXPECT_TRUE(history.Assign(LeaderEpoch(4), Offset(10)));
  EXPECT_EQ(history.Format(), "0\n2\n1 0\n4 10\n");
}

TEST(EpochHistoryTest, TruncationAtBothEnds) {
  EpochHistory history = Sample();
  EXPECT_FALSE(history.TruncateEnd(Offset(26)));
  EXPECT_TRUE(history.TruncateEnd(Offset(25)));
  EXPECT_EQ(history.last(), LeaderEpoch(3));
  EXPECT_TRUE(history.TruncateStart(Offset(12)));
  EXPECT_EQ(history.Format(), "0\n1\n3 12\n");
  EXPECT_FALSE(history.TruncateStart(Offset(12)));
}

TEST(EpochHistoryTest, EpochAtFindsTheWriter) {
  EXPECT_EQ(Sample().EpochAt(Offset(9)), LeaderEpoch(1));
  EXPECT_EQ(Sample().EpochAt(Offset(10)), LeaderEpoch(3));
  EXPECT_EQ(Sample().EpochAt(Offset(100)), LeaderEpoch(7));
}

TEST(EpochHistoryTest, TextIsKafkasAndComesBack) {
  EXPECT_EQ(Sample().Format(), "0\n3\n1 0\n3 10\n7 25\n");
  EXPECT_EQ(EpochHistory::Parse(Sample().Format()), Sample());
  EXPECT_EQ(EpochHistory::Parse("0\n0\n"), EpochHistory());
}

TEST(EpochHistoryTest, OtherTextsAreRefused) {
  for (const char* text :
       {"", "0\n", "1\n0\n", "0\n1\n", "0\n2\n1 0\n", "0\n1\n1 0",
        "0\n1\n1 0\nx", "0\n2\n1 5\n2 5\n", "0\n2\n2 0\n1 5\n", "0\n1\n10\n",
        "0\n1\n-1 0\n", "0\n1\n1 -2\n", "0\n1\n99999999999 0\n"}) {
    EXPECT_EQ(EpochHistory::Parse(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace barnabas::log
