#include "client/producer/flush_ledger.h"

#include <gtest/gtest.h>

#include <thread>

#include "proto/types/error.h"

namespace barnabas::client {
namespace {

TEST(FlushLedgerTest, NothingOwedIsPaidAtOnce) {
  FlushLedger ledger;
  EXPECT_TRUE(ledger.Wait(absl::ZeroDuration()).ok());
}

TEST(FlushLedgerTest, WaitIsForWhatWasOpenedBefore) {
  FlushLedger ledger;
  const uint64_t before = ledger.Open();
  EXPECT_EQ(CodeOf(ledger.Wait(absl::Milliseconds(1))),
            ErrorCode::kRequestTimedOut);
  const uint64_t after = ledger.Open();
  EXPECT_NE(before, after);
  std::thread payer([&] { ledger.Close(before, 3, absl::OkStatus()); });
  // `after` was opened before this Wait, so it is waited for, too.
  EXPECT_EQ(CodeOf(ledger.Wait(absl::Milliseconds(1))),
            ErrorCode::kRequestTimedOut);
  payer.join();
  ledger.Close(after, 2, absl::OkStatus());
  EXPECT_TRUE(ledger.Wait(absl::Hours(1)).ok());
  EXPECT_EQ(ledger.acknowledged(), 5);
  EXPECT_EQ(ledger.open_batches(), 0);
}

TEST(FlushLedgerTest, LaterBatchesDoNotHoldUpAWait) {
  FlushLedger ledger;
  const uint64_t before = ledger.Open();
  absl::Status told;
  std::thread waiter([&] { told = ledger.Wait(absl::Hours(1)); });
  // A batch of the next generation exists as soon as the wait has begun.
  while (true) {
    const uint64_t generation = ledger.Open();
    if (generation > before) break;
    ledger.Close(generation, 1, absl::OkStatus());
  }
  ledger.Close(before, 1, absl::OkStatus());
  waiter.join();
  EXPECT_TRUE(told.ok());
  EXPECT_EQ(ledger.open_batches(), 1);
}

TEST(FlushLedgerTest, TheFirstFailureIsToldOnce) {
  FlushLedger ledger;
  const uint64_t one = ledger.Open();
  const uint64_t two = ledger.Open();
  ledger.Close(one, 4, MakeError(ErrorCode::kDiskFull, "first"));
  ledger.Close(two, 1, MakeError(ErrorCode::kInternal, "second"));
  EXPECT_EQ(CodeOf(ledger.Wait(absl::ZeroDuration())), ErrorCode::kDiskFull);
  EXPECT_TRUE(ledger.Wait(absl::ZeroDuration()).ok());
  EXPECT_EQ(ledger.failed(), 5);
}

}  // namespace
}  // namespace barnabas::client
