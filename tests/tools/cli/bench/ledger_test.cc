#include "tools/cli/bench/ledger.h"

#include <gtest/gtest.h>

namespace barnabas::cli {
namespace {

TEST(LedgerTest, EveryAcknowledgedRecordReadOnceHolds) {
  Ledger ledger(4);
  for (uint64_t i = 0; i < 4; ++i) {
    ledger.Accepted(i);
    ledger.Acknowledged(i);
  }
  ledger.Read(0, 0);
  ledger.Read(1, 1);
  ledger.Read(0, 2);
  ledger.Read(1, 3);
  const Verdict verdict = ledger.Judge();
  EXPECT_TRUE(verdict.Holds()) << verdict.ToString();
  EXPECT_EQ(verdict.acknowledged, 4);
  EXPECT_EQ(verdict.read, 4);
}

TEST(LedgerTest, AnAcknowledgedRecordThatIsNotReadIsLost) {
  Ledger ledger(2);
  ledger.Accepted(0);
  ledger.Acknowledged(0);
  const Verdict verdict = ledger.Judge();
  EXPECT_FALSE(verdict.Holds());
  EXPECT_EQ(verdict.lost, 1);
}

TEST(LedgerTest, ARecordReadTwiceIsDoubledEvenIfItsOutcomeIsUnknown) {
  Ledger ledger(1);
  ledger.Accepted(0);
  ledger.Read(0, 0);
  ledger.Read(0, 0);
  const Verdict verdict = ledger.Judge();
  EXPECT_FALSE(verdict.Holds());
  EXPECT_EQ(verdict.doubled, 1);
  EXPECT_EQ(verdict.unknown, 1);
}

TEST(LedgerTest, AnUnknownOutcomeMayBeStoredOrNot) {
  Ledger ledger(2);
  ledger.Accepted(0);
  ledger.Accepted(1);
  ledger.Read(0, 1);
  const Verdict verdict = ledger.Judge();
  EXPECT_TRUE(verdict.Holds());
  EXPECT_EQ(verdict.unknown, 2);
  EXPECT_EQ(verdict.stored_without_answer, 1);
}

TEST(LedgerTest, AnOlderRecordAfterAYoungerOneOfItsPartitionIsOutOfOrder) {
  Ledger ledger(3);
  ledger.Read(0, 2);
  ledger.Read(0, 1);
  ledger.Read(1, 0);
  EXPECT_EQ(ledger.Judge().reordered, 1);
}

TEST(LedgerTest, ClientsMayOvertakeEachOther) {
  Ledger ledger(4, 2);
  ledger.Read(0, 3);
  ledger.Read(0, 0);
  ledger.Read(0, 2);
  EXPECT_EQ(ledger.Judge().reordered, 0);
  ledger.Read(0, 1);
  EXPECT_EQ(ledger.Judge().reordered, 1);
}

TEST(LedgerTest, SequencesBeyondTheRunAreForeign) {
  Ledger ledger(1);
  ledger.Read(0, 7);
  EXPECT_EQ(ledger.Judge().foreign, 1);
}

}  // namespace
}  // namespace barnabas::cli
