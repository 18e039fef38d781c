#include "client/producer/sequencer.h"

#include <gtest/gtest.h>

#include <limits>

namespace barnabas::client {
namespace {

constexpr int32_t kLast = std::numeric_limits<int32_t>::max();
const ProducerIdentity kIdentity{ProducerId(7), ProducerEpoch(2)};

TEST(SequencerTest, WithoutIdentityNothingIsNumbered) {
  Sequencer sequencer;
  EXPECT_EQ(sequencer.Next(10).base_sequence, -1);
  sequencer.TakeBack(10);
  EXPECT_EQ(sequencer.Next(1).id, kNoProducer);
}

TEST(SequencerTest, EachBatchBeginsWhereTheLastEnded) {
  Sequencer sequencer;
  sequencer.Begin(kIdentity);
  EXPECT_EQ(sequencer.Next(10).base_sequence, 0);
  EXPECT_EQ(sequencer.Next(5).base_sequence, 10);
  const record::BatchProducer stamp = sequencer.Next(1);
  EXPECT_EQ(stamp.base_sequence, 15);
  EXPECT_EQ(stamp.id, kIdentity.id);
  EXPECT_EQ(stamp.epoch, kIdentity.epoch);
}

TEST(SequencerTest, ANewIdentityBeginsAtZero) {
  Sequencer sequencer;
  sequencer.Begin(kIdentity);
  sequencer.Next(10);
  sequencer.Begin({ProducerId(7), ProducerEpoch(3)});
  EXPECT_EQ(sequencer.Next(1).base_sequence, 0);
}

TEST(SequencerTest, NumbersWrapToZero) {
  Sequencer sequencer;
  sequencer.Begin(kIdentity);
  sequencer.Next(kLast);
  EXPECT_EQ(sequencer.Next(3).base_sequence, kLast);
  EXPECT_EQ(sequencer.Next(1).base_sequence, 2);
  // And back.
  sequencer.TakeBack(1);
  sequencer.TakeBack(3);
  EXPECT_EQ(sequencer.Next(1).base_sequence, kLast);
  EXPECT_EQ(
      sequencer.MovedUp({kIdentity.id, kIdentity.epoch, 1}, 3).base_sequence,
      kLast - 1);
}

}  // namespace
}  // namespace barnabas::client
