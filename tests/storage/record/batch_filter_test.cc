#include "storage/record/batch_filter.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

#include "storage/record/batch_check.h"
#include "tests/support/batches.h"
#include "tests/support/matchers.h"

namespace barnabas::record {
namespace {

using support::BatchOf;
using support::HasErrorCode;
using support::HeaderOf;
using support::ReadRecords;
using support::TestRecord;

constexpr Codec kCodecs[] = {Codec::kNone, Codec::kGzip, Codec::kSnappy,
                             Codec::kLz4, Codec::kZstd};

BatchView ViewOf(const std::string& batch) {
  return BatchView{HeaderOf(batch), batch};
}

// Records with values and tombstones, times that fall.
std::vector<TestRecord> SomeRecords() {
  return {{500, "a", "1", {}},
          {300, "b", std::nullopt, {}},
          {900, "c", "3", {{"h", "x"}}},
          {100, "d", "", {}}};
}

TEST(BatchFilterTest, WhatStaysWholeIsTheVeryBytes) {
  BatchFilter filter;
  const std::string batch = BatchOf({{1, "k", "v", {}}}, Codec::kZstd);
  ASSERT_OK_AND_ASSIGN(
      const BatchFilter::Outcome outcome,
      filter.Apply(
          ViewOf(batch), [](const RecordView&) { return true; }, 77));
  EXPECT_EQ(outcome.bytes.data(), batch.data());
  EXPECT_EQ(outcome.kept, 1);
  EXPECT_EQ(outcome.removed, 0);
}

TEST(BatchFilterTest, OffsetsSequenceAndEpochStayWithEveryCodec) {
  for (const Codec codec : kCodecs) {
    SCOPED_TRACE(static_cast<int>(codec));
    BatchFilter filter;
    const BatchProducer producer{ProducerId(4), ProducerEpoch(2), 10};
    const std::string batch = support::Stored(
        BatchOf(SomeRecords(), codec, producer), Offset(100), LeaderEpoch(6));
    ASSERT_OK_AND_ASSIGN(const BatchFilter::Outcome outcome,
                         filter.Apply(
                             ViewOf(batch),
                             [](const RecordView& record) {
                               return *record.key == "b" || *record.key == "d";
                             },
                             std::nullopt));
    EXPECT_EQ(outcome.kept, 2);
    EXPECT_EQ(outcome.removed, 2);
    const std::string bytes(outcome.bytes);
    const BatchHeader header = HeaderOf(bytes);
    EXPECT_EQ(header, outcome.header);
    EXPECT_EQ(header.base_offset, Offset(100));
    EXPECT_EQ(header.LastOffset(), Offset(103));
    EXPECT_EQ(header.leader_epoch, LeaderEpoch(6));
    EXPECT_EQ(header.LastSequence(), 13);
    EXPECT_EQ(header.record_count, 2);
    EXPECT_EQ(header.max_timestamp_ms, 300);
    EXPECT_EQ(header.codec(), codec);
    EXPECT_OK(CheckRecords(bytes, /*allow_gaps=*/true));
    ASSERT_OK_AND_ASSIGN(const auto left, ReadRecords(bytes));
    const std::vector<TestRecord> expected = {SomeRecords()[1],
                                              SomeRecords()[3]};
    EXPECT_EQ(left, expected);
    RecordReader reader;
    ASSERT_OK(reader.Open(ViewOf(bytes), true));
    RecordView view;
    ASSERT_TRUE(reader.Next(&view).value());
    EXPECT_EQ(view.offset, Offset(101));
    ASSERT_TRUE(reader.Next(&view).value());
    EXPECT_EQ(view.offset, Offset(103));
  }
}

TEST(BatchFilterTest, AHorizonStandsForTheBaseTimeAndChangesNoRecord) {
  for (const Codec codec : kCodecs) {
    BatchFilter filter;
    const std::string batch = BatchOf(SomeRecords(), codec);
    constexpr int64_t kHorizon = 1700000000000;
    ASSERT_OK_AND_ASSIGN(
        BatchFilter::Outcome outcome,
        filter.Apply(
            ViewOf(batch), [](const RecordView&) { return true; }, kHorizon));
    const std::string bytes(outcome.bytes);
    EXPECT_TRUE(outcome.header.HasDeleteHorizon());
    EXPECT_EQ(outcome.header.base_timestamp_ms, kHorizon);
    EXPECT_EQ(outcome.header.max_timestamp_ms, 900);
    EXPECT_OK(CheckRecords(bytes, true));
    ASSERT_OK_AND_ASSIGN(const auto records, ReadRecords(bytes));
    EXPECT_EQ(records, SomeRecords());
    // It is set once.
    ASSERT_OK_AND_ASSIGN(
        outcome, filter.Apply(
                     ViewOf(bytes), [](const RecordView&) { return true; }, 1));
    EXPECT_EQ(outcome.bytes.data(), bytes.data());
    // Leaving a record out keeps it.
    ASSERT_OK_AND_ASSIGN(
        outcome,
        filter.Apply(
            ViewOf(bytes),
            [](const RecordView& record) { return *record.key != "a"; }, 1));
    EXPECT_EQ(outcome.header.base_timestamp_ms, kHorizon);
    ASSERT_OK_AND_ASSIGN(const auto left,
                         ReadRecords(std::string(outcome.bytes)));
    EXPECT_EQ(left[0], SomeRecords()[1]);
  }
}

TEST(BatchFilterTest, WithoutATombstoneThereIsNoHorizon) {
  BatchFilter filter;
  const std::string batch = BatchOf(SomeRecords());
  ASSERT_OK_AND_ASSIGN(
      const BatchFilter::Outcome outcome,
      filter.Apply(
          ViewOf(batch),
          [](const RecordView& record) { return record.value.has_value(); },
          5));
  EXPECT_FALSE(outcome.header.HasDeleteHorizon());
  EXPECT_EQ(outcome.header.base_timestamp_ms, 500);
}

TEST(BatchFilterTest, NothingLeftIsAHeaderThatStillCounts) {
  for (const Codec codec : kCodecs) {
    BatchFilter filter;
    const BatchProducer producer{ProducerId(4), ProducerEpoch(2), 10};
    const std::string batch = support::Stored(
        BatchOf(SomeRecords(), codec, producer), Offset(7), LeaderEpoch(1));
    ASSERT_OK_AND_ASSIGN(
        const BatchFilter::Outcome outcome,
        filter.Apply(
            ViewOf(batch), [](const RecordView&) { return false; }, 5));
    EXPECT_EQ(outcome.kept, 0);
    EXPECT_EQ(outcome.removed, 4);
    const std::string_view slices[] = {outcome.bytes};
    ASSERT_OK_AND_ASSIGN(const BatchHeader header, CheckBatch(slices));
    EXPECT_EQ(outcome.bytes.size(), kBatchHeaderBytes);
    EXPECT_EQ(header.LastOffset(), Offset(10));
    EXPECT_EQ(header.LastSequence(), 13);
    EXPECT_EQ(header.max_timestamp_ms, 900);
    EXPECT_FALSE(header.HasDeleteHorizon());
    ASSERT_OK_AND_ASSIGN(const auto left,
                         ReadRecords(std::string(outcome.bytes)));
    EXPECT_TRUE(left.empty());
  }
}

TEST(BatchFilterTest, AppendTimeOfTheBatchStays) {
  BatchFilter filter;
  std::string batch = BatchOf(SomeRecords());
  BatchHeader header = HeaderOf(batch);
  header.attributes |= 1 << 3;
  header.max_timestamp_ms = 5000;
  support::Reseal(header, &batch);
  ASSERT_OK_AND_ASSIGN(
      const BatchFilter::Outcome outcome,
      filter.Apply(
          ViewOf(batch),
          [](const RecordView& record) { return *record.key == "b"; }, 9000));
  EXPECT_EQ(outcome.header.max_timestamp_ms, 5000);
  EXPECT_TRUE(outcome.header.HasDeleteHorizon());
  ASSERT_OK_AND_ASSIGN(const auto left,
                       ReadRecords(std::string(outcome.bytes)));
  EXPECT_EQ(left[0].timestamp_ms, 5000);
}

TEST(BatchFilterTest, ABatchWhoseInsideLiesIsDamage) {
  BatchFilter filter;
  std::string batch = BatchOf(SomeRecords());
  batch[kBatchHeaderBytes] = 126;
  EXPECT_THAT(filter.Apply(
                  ViewOf(batch), [](const RecordView&) { return true; }, 5),
              HasErrorCode(ErrorCode::kCorruptRecord));
}

}  // namespace
}  // namespace barnabas::record
