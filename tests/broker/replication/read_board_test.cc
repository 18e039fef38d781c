#include "broker/replication/read_board.h"

#include <gtest/gtest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "proto/types/error.h"
#include "tests/support/matchers.h"

namespace barnabas::broker {
namespace {

using support::HasErrorCode;

TEST(ReadBoardTest, WakesOnceWhenTheHighWatermarkLiesBeyondTheOffset) {
  ReadBoard board(10);
  board.Advance(Offset(5));
  int woken = 0;
  EXPECT_OK(board.Await(1, Offset(5), [&woken](bool) { ++woken; }));
  board.Advance(Offset(5));
  EXPECT_EQ(woken, 0);
  board.Advance(Offset(6));
  EXPECT_EQ(woken, 1);
  board.Advance(Offset(7));
  EXPECT_EQ(woken, 1);
  EXPECT_OK(board.Await(1, Offset(6), [&woken](bool) { ++woken; }));
  EXPECT_EQ(woken, 2);
}

TEST(ReadBoardTest, OneReaderOfLittleMayReadWhereItIsWoken) {
  ReadBoard board(10);
  board.Advance(Offset(0));
  std::vector<bool> here;
  const auto note = [&here](bool may) { here.push_back(may); };
  EXPECT_OK(board.Await(1, Offset(0), note));
  board.Advance(Offset(1));
  EXPECT_OK(board.Await(1, Offset(1), note));
  EXPECT_OK(board.Await(2, Offset(1), note));
  board.Advance(Offset(2));
  EXPECT_OK(board.Await(1, Offset(2), note));
  board.Advance(Offset(100000));
  EXPECT_EQ(here, (std::vector<bool>{true, false, false, false}));
}

TEST(ReadBoardTest, WhoIsCancelledIsNotWoken) {
  ReadBoard board(10);
  board.Advance(Offset(0));
  int woken = 0;
  EXPECT_OK(board.Await(1, Offset(0), [&woken](bool) { ++woken; }));
  EXPECT_OK(board.Await(2, Offset(0), [&woken](bool) { woken += 10; }));
  board.Cancel(1);
  board.Advance(Offset(1));
  EXPECT_EQ(woken, 10);
}

TEST(ReadBoardTest, NobodyWaitsAtAClosedBoard) {
  ReadBoard board(10);
  int woken = 0;
  EXPECT_OK(board.Await(1, Offset(0), [&woken](bool) { ++woken; }));
  EXPECT_EQ(woken, 1);
  board.Advance(Offset(0));
  EXPECT_OK(board.Await(1, Offset(0), [&woken](bool) { ++woken; }));
  EXPECT_EQ(woken, 1);
  board.Close();
  EXPECT_EQ(woken, 2);
}

TEST(ReadBoardTest, ReadersBeyondTheBoundAreRefused) {
  ReadBoard board(1);
  board.Advance(Offset(0));
  EXPECT_OK(board.Await(1, Offset(0), [](bool) {}));
  EXPECT_THAT(board.Await(2, Offset(0), [](bool) {}),
              HasErrorCode(ErrorCode::kOverloaded));
}

// A wake-up may ask for the next one at once.
TEST(ReadBoardTest, EveryOffsetWakesOnceUnderRacingAdvances) {
  constexpr int64_t kOffsets = 20000;
  ReadBoard board(10);
  board.Advance(Offset(0));
  std::atomic<int64_t> woken = 0;
  std::thread writer([&board] {
    for (int64_t i = 1; i <= kOffsets; ++i) board.Advance(Offset(i));
  });
  std::thread reader([&board, &woken] {
    for (int64_t at = 0; at < kOffsets; ++at) {
      EXPECT_OK(board.Await(1, Offset(at), [&woken](bool) {
        woken.fetch_add(1);
        woken.notify_one();
      }));
      while (woken.load() <= at) woken.wait(at);
    }
  });
  writer.join();
  reader.join();
  EXPECT_EQ(woken.load(), kOffsets);
}

}  // namespace
}  // namespace barnabas::broker
