#include "broker/service/ack_ledger.h"

#include <gtest/gtest.h>

#include "proto/types/error.h"

namespace barnabas::broker {
namespace {

const TopicPartition kA{TopicId(), PartitionIndex(0)};
const TopicPartition kB{TopicId(), PartitionIndex(1)};

ProduceReceipt At(int64_t begin, int64_t end) {
  ProduceReceipt receipt;
  receipt.base_offset = Offset(begin);
  receipt.end_offset = Offset(end);
  receipt.leader_epoch = LeaderEpoch(2);
  receipt.durability = v1::DURABILITY_REPLICAS_DISK;
  return receipt;
}

// A frame of 100 bytes with one batch for `key`.
void OpenFrame(AckLedger* ledger, uint64_t sequence,
               const TopicPartition& key) {
  ASSERT_TRUE(ledger->Open(sequence, 100, 1).ok());
  ledger->SetDestination(sequence, 0, key);
}

TEST(AckLedger, JoinsWhatLiesOneAfterTheOther) {
  AckLedger ledger(1000);
  for (uint64_t i = 1; i <= 3; ++i) OpenFrame(&ledger, i, kA);
  ledger.Store(1, 0, At(10, 15));
  ledger.Store(2, 0, At(15, 20));
  ledger.Store(3, 0, At(30, 31));
  v1::ProduceStreamResponse message;
  ASSERT_TRUE(ledger.TakeMessage(&message));
  const v1::ProduceAck& ack = message.ack();
  ASSERT_EQ(ack.partitions_size(), 2);
  EXPECT_EQ(ack.partitions(0).first_sequence(), 1u);
  EXPECT_EQ(ack.partitions(0).last_sequence(), 2u);
  EXPECT_EQ(ack.partitions(0).base_offset(), 10);
  EXPECT_EQ(ack.partitions(0).end_offset(), 20);
  EXPECT_EQ(ack.partitions(1).first_sequence(), 3u);
  EXPECT_EQ(ack.returned_bytes(), 300);
  EXPECT_FALSE(ledger.TakeMessage(&message));
  EXPECT_EQ(ledger.frames(), 0u);
}

TEST(AckLedger, ARangeNeverCoversAFailedFrame) {
  AckLedger ledger(1000);
  for (uint64_t i = 1; i <= 3; ++i) OpenFrame(&ledger, i, kA);
  ledger.Store(1, 0, At(0, 1));
  ledger.Fail(2, {});
  // Next in the log, but frame 2 lies between.
  ledger.Store(3, 0, At(1, 2));
  v1::ProduceStreamResponse message;
  ASSERT_TRUE(ledger.TakeMessage(&message));
  EXPECT_EQ(message.failure().sequence(), 2u);
  EXPECT_EQ(message.failure().returned_bytes(), 100);
  message.Clear();
  ASSERT_TRUE(ledger.TakeMessage(&message));
  EXPECT_EQ(message.ack().partitions_size(), 2);
  EXPECT_EQ(message.ack().returned_bytes(), 200);
}

TEST(AckLedger, PartitionsAreFreeOfEachOther) {
  AckLedger ledger(1000);
  OpenFrame(&ledger, 1, kA);
  OpenFrame(&ledger, 2, kB);
  OpenFrame(&ledger, 3, kA);
  ledger.Store(2, 0, At(7, 8));
  ledger.Store(1, 0, At(0, 1));
  ledger.Store(3, 0, At(1, 2));
  v1::ProduceStreamResponse message;
  ASSERT_TRUE(ledger.TakeMessage(&message));
  ASSERT_EQ(message.ack().partitions_size(), 2);
  EXPECT_EQ(message.ack().partitions(0).partition(), 1);
  // Frame 2 holds nothing of the partition, so 1 and 3 join.
  EXPECT_EQ(message.ack().partitions(1).first_sequence(), 1u);
  EXPECT_EQ(message.ack().partitions(1).last_sequence(), 3u);
}

TEST(AckLedger, CreditComesBackWithTheLastBatchOfAFrame) {
  AckLedger ledger(1000);
  ASSERT_TRUE(ledger.Open(1, 500, 2).ok());
  ledger.SetDestination(1, 0, kA);
  ledger.SetDestination(1, 1, kB);
  ProduceReceipt unsaid = At(0, 1);
  unsaid.durability = v1::DURABILITY_UNSPECIFIED;
  ledger.Store(1, 0, unsaid);
  v1::ProduceStreamResponse message;
  EXPECT_FALSE(ledger.TakeMessage(&message));
  ledger.Store(1, 1, unsaid);
  ASSERT_TRUE(ledger.TakeMessage(&message));
  EXPECT_EQ(message.credit().bytes(), 500);
}

TEST(AckLedger, SequencesAndCreditAreEnforced) {
  AckLedger ledger(1000);
  EXPECT_EQ(CodeOf(ledger.Open(2, 1, 1)), ErrorCode::kProtocolError);
  // One frame alone may be larger than the credit.
  ASSERT_TRUE(ledger.Open(1, 5000, 1).ok());
  ledger.SetDestination(1, 0, kA);
  EXPECT_EQ(CodeOf(ledger.Open(2, 1, 1)), ErrorCode::kCreditExceeded);
  ledger.Store(1, 0, At(0, 1));
  EXPECT_TRUE(ledger.Open(2, 1000, 1).ok());
  EXPECT_EQ(CodeOf(ledger.Open(3, 1, 1)), ErrorCode::kCreditExceeded);
}

TEST(AckLedger, CountsTheAnswersThatWait) {
  AckLedger ledger(1000);
  ASSERT_TRUE(ledger.Open(1, 9, 2).ok());
  ledger.SetDestination(1, 0, kA);
  ledger.Store(1, 0, At(0, 1));
  EXPECT_EQ(ledger.answers(), 1u);
  ledger.Fail(1, v1::ProduceFailure());
  EXPECT_EQ(ledger.answers(), 2u);
  v1::ProduceStreamResponse message;
  while (ledger.TakeMessage(&message)) {
  }
  EXPECT_EQ(ledger.answers(), 0u);
}

TEST(AckLedger, AFrameWithoutBatchesReturnsItsBytesAtOnce) {
  AckLedger ledger(1000);
  ASSERT_TRUE(ledger.Open(1, 9, 0).ok());
  v1::ProduceStreamResponse message;
  ASSERT_TRUE(ledger.TakeMessage(&message));
  EXPECT_EQ(message.credit().bytes(), 9);
  EXPECT_EQ(ledger.frames(), 0u);
}

}  // namespace
}  // namespace barnabas::broker
