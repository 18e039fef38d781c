#include "client/producer/accumulator.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "storage/record/batch_check.h"
#include "storage/record/batch_reader.h"

namespace barnabas::client {
namespace {

constexpr absl::Duration kNow = absl::Seconds(5);

Accumulator::Outcome Add(Accumulator* accumulator,
                         std::optional<std::string_view> value,
                         DeliveryCallback callback = nullptr,
                         absl::Duration now = kNow) {
  const std::optional<std::string_view> no_key;
  const GatheredRecord record{
      .key = no_key,
      .value = value,
      .headers = {},
      .timestamp_ms = 1000,
      .bytes = static_cast<int64_t>(
          record::BatchBuilder::RecordBytesMax({}, value, {}))};
  return accumulator->Append(record, now, 1, std::move(callback));
}

std::vector<std::string> ValuesOf(const PendingBatch& batch) {
  record::BatchReader batches(*batch.bytes);
  const auto view = batches.Next();
  EXPECT_TRUE(view.ok() && view->has_value());
  record::RecordReader records;
  EXPECT_TRUE(records.Open(**view, true).ok());
  std::vector<std::string> values;
  record::RecordView record;
  while (*records.Next(&record)) values.emplace_back(*record.value);
  return values;
}

TEST(AccumulatorTest, NothingGatheredGivesNothing) {
  Accumulator accumulator({});
  EXPECT_TRUE(accumulator.Empty());
  EXPECT_FALSE(accumulator.HasSealed());
  EXPECT_FALSE(accumulator.TakeFirst(true).has_value());
  EXPECT_FALSE(accumulator.FirstOpened().has_value());
}

TEST(AccumulatorTest, AnOpenBatchLeavesOnlyWhenAskedFor) {
  Accumulator accumulator({});
  EXPECT_TRUE(Add(&accumulator, "a").opened);
  EXPECT_FALSE(Add(&accumulator, "b").opened);
  EXPECT_EQ(accumulator.FirstOpened(), kNow);
  EXPECT_FALSE(accumulator.TakeFirst(false).has_value());
  auto taken = accumulator.TakeFirst(true);
  ASSERT_TRUE(taken.has_value());
  EXPECT_TRUE(accumulator.Empty());
  const PendingBatchPtr batch =
      taken->Finish({ProducerId(3), ProducerEpoch(1), 40});
  EXPECT_EQ(ValuesOf(*batch), (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(batch->records, 2);
  const auto header = record::BatchHeader::Parse(*batch->bytes);
  EXPECT_EQ(header->base_sequence, 40);
  EXPECT_EQ(header->producer_id, ProducerId(3));
}

TEST(AccumulatorTest, AFullBatchIsSealedAndOrderIsKept) {
  Accumulator accumulator({.batch_bytes = 300});
  std::vector<std::string> expected;
  for (int i = 0; i < 40; ++i) {
    expected.push_back(std::string(50, static_cast<char>('a' + i % 26)));
    Add(&accumulator, expected.back());
  }
  EXPECT_TRUE(accumulator.HasSealed());
  std::vector<std::string> found;
  while (auto taken = accumulator.TakeFirst(true)) {
    const PendingBatchPtr batch = taken->Finish({});
    EXPECT_LE(batch->bytes->size(), 300u);
    for (std::string& value : ValuesOf(*batch)) {
      found.push_back(std::move(value));
    }
    accumulator.GiveBack(std::move(taken->builder));
  }
  EXPECT_EQ(found, expected);
}

TEST(AccumulatorTest, ALargeRecordGetsABatchOfItsOwn) {
  Accumulator accumulator({.batch_bytes = 300});
  Add(&accumulator, "small");
  const auto outcome = Add(&accumulator, std::string(1000, 'x'));
  EXPECT_TRUE(outcome.opened);
  EXPECT_TRUE(outcome.has_sealed);
  EXPECT_EQ(ValuesOf(*accumulator.TakeFirst(false)->Finish({})).size(), 1u);
  EXPECT_EQ(ValuesOf(*accumulator.TakeFirst(false)->Finish({}))[0].size(),
            1000u);
}

TEST(AccumulatorTest, CallbacksKnowTheirRecords) {
  Accumulator accumulator({});
  std::vector<int32_t> told;
  for (int32_t i = 0; i < 6; ++i) {
    DeliveryCallback callback;
    if (i % 2 == 1) {
      callback = [&told, i](const absl::StatusOr<Delivery>&) {
        told.push_back(i);
      };
    }
    Add(&accumulator, "v", std::move(callback));
  }
  const PendingBatchPtr batch = accumulator.TakeFirst(true)->Finish({});
  ASSERT_EQ(batch->callbacks.size(), 3u);
  for (RecordCallback& entry : batch->callbacks) {
    entry.callback(Delivery());
    EXPECT_EQ(entry.index, told.back());
  }
}

TEST(AccumulatorTest, MemoryIsCounted) {
  Accumulator accumulator({});
  Add(&accumulator, "abc");
  Add(&accumulator, "abcdef");
  const PendingBatchPtr batch = accumulator.TakeFirst(true)->Finish({});
  EXPECT_GE(
      batch->reserved_bytes,
      static_cast<int64_t>(batch->bytes->size() - record::kBatchHeaderBytes));
}

TEST(AccumulatorTest, ReadyMadeBatchesKeepTheirPlace) {
  Accumulator accumulator({});
  Add(&accumulator, "before");
  record::BatchBuilder builder;
  builder.Append(1, std::nullopt, "made");
  auto ready = std::make_unique<PendingBatch>();
  ready->bytes = std::make_shared<std::string>(builder.Finish());
  ready->records = 1;
  accumulator.AppendReadyMade(std::move(ready));
  Add(&accumulator, "after");

  EXPECT_EQ(ValuesOf(*accumulator.TakeFirst(false)->Finish({}))[0], "before");
  const PendingBatchPtr made = accumulator.TakeFirst(false)->Finish(
      {ProducerId(8), ProducerEpoch(0), 17});
  EXPECT_EQ(ValuesOf(*made)[0], "made");
  EXPECT_EQ(record::BatchHeader::Parse(*made->bytes)->base_sequence, 17);
  EXPECT_FALSE(accumulator.TakeFirst(false).has_value());
  EXPECT_EQ(ValuesOf(*accumulator.TakeFirst(true)->Finish({}))[0], "after");
}

TEST(AccumulatorTest, BatchesPassTheBrokersChecks) {
  for (const record::Codec codec :
       {record::Codec::kNone, record::Codec::kGzip, record::Codec::kSnappy,
        record::Codec::kLz4, record::Codec::kZstd}) {
    Accumulator accumulator({.batch_bytes = 4000, .codec = codec});
    for (int i = 0; i < 100; ++i) Add(&accumulator, std::string(100, 'z'));
    while (auto taken = accumulator.TakeFirst(true)) {
      const PendingBatchPtr batch =
          taken->Finish({ProducerId(3), ProducerEpoch(1), 0});
      const std::string_view slices[] = {std::string_view(*batch->bytes)};
      const auto header = record::CheckBatch(slices);
      ASSERT_TRUE(header.ok()) << header.status();
      EXPECT_TRUE(record::CheckProduced(*header, 1 << 20).ok());
      EXPECT_TRUE(record::CheckRecords(*batch->bytes, false).ok());
      accumulator.GiveBack(std::move(taken->builder));
    }
  }
}

}  // namespace
}  // namespace barnabas::client
