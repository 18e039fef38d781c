#include "storage/log/producer_window.h"

#include <gtest/gtest.h>

#include <limits>

#include "tests/support/matchers.h"

namespace barnabas::log {
namespace {

using support::HasErrorCode;

constexpr int32_t kSequenceMax = std::numeric_limits<int32_t>::max();

record::BatchHeader Batch(int64_t id, int16_t epoch, int32_t sequence,
                          int32_t count, int64_t base = 0) {
  record::BatchHeader header;
  header.producer_id = ProducerId(id);
  header.producer_epoch = ProducerEpoch(epoch);
  header.base_sequence = sequence;
  header.last_offset_delta = count - 1;
  header.record_count = count;
  header.base_offset = Offset(base);
  header.max_timestamp_ms = 1000 + base;
  return header;
}

enum class Verdict { kAccepted, kDuplicate, kError };

class ProducerWindowTest : public testing::Test {
 protected:
  // Checks and, if accepted, notes it at the log's end.
  Verdict Offer(record::BatchHeader header, bool strict = true) {
    const auto checked = window_.Check(header, strict);
    if (!checked.ok()) return Verdict::kError;
    if (checked->has_value()) {
      found_ = **checked;
      return Verdict::kDuplicate;
    }
    header.base_offset = end_;
    window_.Note(header, 0);
    end_ = header.NextOffset();
    return Verdict::kAccepted;
  }

  ErrorCode CodeFor(const record::BatchHeader& header, bool strict = true) {
    return CodeOf(window_.Check(header, strict).status());
  }

  ProducerWindow window_;
  Offset end_;
  ProducerBatch found_;
};

TEST_F(ProducerWindowTest, BatchesWithoutProducerPass) {
  EXPECT_EQ(Offer(Batch(-1, -1, -1, 5)), Verdict::kAccepted);
  EXPECT_EQ(window_.size(), 0);
}

TEST_F(ProducerWindowTest, UnknownProducerBeginsWithZeroIfStrict) {
  EXPECT_EQ(CodeFor(Batch(1, 0, 5, 1)), ErrorCode::kUnknownProducerId);
  EXPECT_EQ(Offer(Batch(1, 0, 5, 1), /*strict=*/false), Verdict::kAccepted);
  EXPECT_EQ(Offer(Batch(2, 3, 0, 1)), Verdict::kAccepted);
}

// I3: any of the last five gets its original offsets.
TEST_F(ProducerWindowTest, LastFiveAreDuplicatesWithTheirOffsets) {
  int32_t sequence = 0;
  for (int i = 0; i < 7; ++i) {
    ASSERT_EQ(Offer(Batch(1, 0, sequence, 2 + i)), Verdict::kAccepted);
    sequence += 2 + i;
  }
  Offset base(0);
  sequence = 0;
  for (int i = 0; i < 7; ++i) {
    const record::BatchHeader again = Batch(1, 0, sequence, 2 + i);
    if (i < 2) {
      EXPECT_EQ(CodeFor(again), ErrorCode::kDuplicateSequence) << i;
    } else {
      EXPECT_EQ(Offer(again), Verdict::kDuplicate) << i;
      EXPECT_EQ(found_.FirstOffset(), base);
      EXPECT_EQ(found_.last_offset, base.Plus(1 + i));
      EXPECT_EQ(found_.timestamp_ms, 1000);
    }
    base = base.Plus(2 + i);
    sequence += 2 + i;
  }
}

// I4: nothing is accepted behind a gap.
TEST_F(ProducerWindowTest, GapsAndOverlapsAreOutOfOrder) {
  ASSERT_EQ(Offer(Batch(1, 0, 0, 10)), Verdict::kAccepted);
  for (const auto& [sequence, count] :
       {std::pair{11, 1}, {5, 10}, {0, 5}, {9, 2}, {1000, 1}}) {
    EXPECT_EQ(CodeFor(Batch(1, 0, sequence, count)),
              ErrorCode::kOutOfOrderSequence)
        << sequence;
  }
  EXPECT_EQ(Offer(Batch(1, 0, 10, 1)), Verdict::kAccepted);
}

TEST_F(ProducerWindowTest, EpochsFence) {
  ASSERT_EQ(Offer(Batch(1, 4, 0, 1)), Verdict::kAccepted);
  EXPECT_EQ(CodeFor(Batch(1, 3, 1, 1)), ErrorCode::kInvalidProducerEpoch);
  EXPECT_EQ(CodeFor(Batch(1, 5, 1, 1)), ErrorCode::kOutOfOrderSequence);
  EXPECT_EQ(Offer(Batch(1, 5, 0, 1)), Verdict::kAccepted);
  EXPECT_EQ(CodeFor(Batch(1, 4, 1, 1)), ErrorCode::kInvalidProducerEpoch);
  // The old epoch's batches are not duplicates of the new one.
  EXPECT_EQ(Offer(Batch(1, 5, 1, 1)), Verdict::kAccepted);
}

// I2: sequences wrap from 2^31 - 1 to 0.
TEST_F(ProducerWindowTest, SequencesWrap) {
  ASSERT_EQ(Offer(Batch(1, 0, kSequenceMax - 2, 2), /*strict=*/false),
            Verdict::kAccepted);
  const record::BatchHeader wrapping = Batch(1, 0, kSequenceMax, 3);
  ASSERT_EQ(Offer(wrapping), Verdict::kAccepted);
  EXPECT_EQ(Offer(wrapping), Verdict::kDuplicate);
  EXPECT_EQ(found_.FirstSequence(), kSequenceMax);
  EXPECT_EQ(found_.last_sequence, 1);
  EXPECT_EQ(CodeFor(Batch(1, 0, 3, 1)), ErrorCode::kOutOfOrderSequence);
  EXPECT_EQ(Offer(Batch(1, 0, 2, 1)), Verdict::kAccepted);
}

TEST_F(ProducerWindowTest, MarkersOfAHigherEpochBeginAnew) {
  ASSERT_EQ(Offer(Batch(1, 0, 0, 3)), Verdict::kAccepted);
  record::BatchHeader marker = Batch(1, 1, -1, 1);
  marker.attributes = 1 << 5;
  ASSERT_EQ(Offer(marker), Verdict::kAccepted);
  EXPECT_EQ(CodeFor(Batch(1, 0, 3, 1)), ErrorCode::kInvalidProducerEpoch);
  EXPECT_EQ(CodeFor(Batch(1, 1, 3, 1)), ErrorCode::kOutOfOrderSequence);
  EXPECT_EQ(Offer(Batch(1, 1, 0, 1)), Verdict::kAccepted);
}

TEST_F(ProducerWindowTest, OlderEpochsInTheLogChangeNothing) {
  ASSERT_EQ(Offer(Batch(1, 2, 0, 1)), Verdict::kAccepted);
  window_.Note(Batch(1, 1, 7, 1, 50), 0);
  EXPECT_EQ(Offer(Batch(1, 2, 1, 1)), Verdict::kAccepted);
}

TEST_F(ProducerWindowTest, TheLeastRecentGoesFirst) {
  for (int64_t id = 0; id < kProducersPerPartitionMax; ++id) {
    ASSERT_EQ(Offer(Batch(id, 0, 0, 1)), Verdict::kAccepted);
  }
  ASSERT_EQ(Offer(Batch(0, 0, 1, 1)), Verdict::kAccepted);
  ASSERT_EQ(Offer(Batch(1 << 20, 0, 0, 1)), Verdict::kAccepted);
  EXPECT_EQ(window_.size(), kProducersPerPartitionMax);
  EXPECT_EQ(CodeFor(Batch(1, 0, 1, 1)), ErrorCode::kUnknownProducerId);
  EXPECT_EQ(Offer(Batch(0, 0, 2, 1)), Verdict::kAccepted);
}

TEST_F(ProducerWindowTest, ExpiryGoesByWhenTheyWereHeardOf) {
  // The records are from 1970; that must not matter.
  window_.Note(Batch(1, 0, 0, 1, 0), 100);
  window_.Note(Batch(2, 0, 0, 1, 1), 200);
  window_.Note(Batch(1, 0, 1, 1, 2), 300);
  window_.Expire(250);
  EXPECT_EQ(window_.size(), 1);
  EXPECT_EQ(CodeFor(Batch(2, 0, 1, 1)), ErrorCode::kUnknownProducerId);
  EXPECT_EQ(Offer(Batch(1, 0, 2, 1)), Verdict::kAccepted);
}

TEST_F(ProducerWindowTest, RestoredWindowEqualsTheOld) {
  for (int i = 0; i < 40; ++i) Offer(Batch(i % 7, 0, i / 7 * 2, 2));
  ProducerWindow other;
  other.Restore(window_.Entries(), 0);
  EXPECT_EQ(other.Entries(), window_.Entries());
}

}  // namespace
}  // namespace barnabas::log
