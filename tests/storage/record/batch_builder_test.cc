#include "storage/record/batch_builder.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <random>
#include <string>
#include <vector>

#include "storage/record/batch_check.h"
#include "storage/record/batch_reader.h"
#include "tests/support/batches.h"
#include "tests/support/matchers.h"

namespace barnabas::record {
namespace {

using support::BatchOf;
using support::HeaderOf;
using support::RandomRecords;
using support::ReadRecords;
using support::TestRecord;
using ::testing::Eq;
using ::testing::HasSubstr;

constexpr Codec kCodecs[] = {Codec::kNone, Codec::kGzip, Codec::kSnappy,
                             Codec::kLz4, Codec::kZstd};

TEST(BatchBuilderTest, LaysARecordOutAsThePictureSays) {
  BatchBuilder builder;
  const HeaderView header{"h", std::nullopt};
  builder.Append(1000, "k", "vv", absl::MakeConstSpan(&header, 1));
  const std::string batch = builder.Finish();
  // length 12, attributes, time 0, offset 0, key 1 "k", value 2 "vv",
  // 1 header: name 1 "h", value -1.
  const std::string_view record("\x18\0\0\0\2k\4vv\2\2h\1", 13);
  EXPECT_EQ(batch.substr(kBatchHeaderBytes), record);
}

TEST(BatchBuilderTest, FillsTheHeaderIn) {
  BatchBuilder builder;
  builder.Append(2000, "a", "1");
  builder.Append(1000, "b", "2");
  builder.Append(1500, std::nullopt, std::nullopt);
  const std::string batch =
      builder.Finish({ProducerId(9), ProducerEpoch(3), 17});
  const BatchHeader header = HeaderOf(batch);
  EXPECT_EQ(header.base_offset, Offset(0));
  EXPECT_EQ(header.leader_epoch, kNoLeaderEpoch);
  EXPECT_EQ(header.magic, 2);
  EXPECT_EQ(header.SizeBytes(), static_cast<int64_t>(batch.size()));
  EXPECT_EQ(header.attributes, 0);
  EXPECT_EQ(header.last_offset_delta, 2);
  EXPECT_EQ(header.record_count, 3);
  EXPECT_EQ(header.base_timestamp_ms, 2000);
  EXPECT_EQ(header.max_timestamp_ms, 2000);
  EXPECT_EQ(header.producer_id, ProducerId(9));
  EXPECT_EQ(header.producer_epoch, ProducerEpoch(3));
  EXPECT_EQ(header.base_sequence, 17);
}

TEST(BatchBuilderTest, EveryCodecGivesBackWhatWasAppended) {
  for (uint64_t seed = 1; seed <= 40; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    std::mt19937_64 random(seed);
    const std::vector<TestRecord> records = RandomRecords(200, &random);
    for (Codec codec : kCodecs) {
      const std::string batch = BatchOf(records, codec);
      const std::string_view slice = batch;
      ASSERT_OK_AND_ASSIGN(const BatchHeader header, CheckBatch({slice}));
      EXPECT_EQ(header.codec(), codec);
      EXPECT_OK(CheckProduced(header, int64_t{1} << 30));
      EXPECT_OK(CheckRecords(batch, /*allow_gaps=*/false));
      EXPECT_THAT(ReadRecords(batch), support::IsOkAndHolds(Eq(records)));
    }
  }
}

TEST(BatchBuilderTest, TimesAtTheEdgesOfTheirRangeComeBack) {
  const std::vector<TestRecord> records = {
      {std::numeric_limits<int64_t>::max(), "a", "1", {}},
      {std::numeric_limits<int64_t>::min(), "b", "2", {}},
      {-1, "c", "3", {}},
  };
  EXPECT_THAT(ReadRecords(BatchOf(records)),
              support::IsOkAndHolds(Eq(records)));
}

TEST(BatchBuilderTest, AbsentAndEmptyAreDifferent) {
  const std::vector<TestRecord> records = {
      {1, std::nullopt, std::nullopt, {}},
      {1, "", "", {}},
      {1, std::nullopt, "", {{"", std::nullopt}, {"", ""}}},
  };
  EXPECT_THAT(ReadRecords(BatchOf(records)),
              support::IsOkAndHolds(Eq(records)));
}

TEST(BatchBuilderTest, AViewThatPointsNowhereIsEmpty) {
  BatchBuilder builder;
  builder.Append(1, std::string_view(), std::string_view());
  const std::vector<TestRecord> expected = {{1, "", "", {}}};
  EXPECT_THAT(ReadRecords(builder.Finish()),
              support::IsOkAndHolds(Eq(expected)));
}

TEST(BatchBuilderTest, EstimateIsTheUncompressedSize) {
  std::mt19937_64 random(5);
  BatchBuilder builder;
  EXPECT_EQ(builder.EstimateBytes(), kBatchHeaderBytes);
  for (const TestRecord& record : RandomRecords(300, &random)) {
    const size_t before = builder.EstimateBytes();
    builder.Append(record.timestamp_ms, record.key, record.value);
    EXPECT_LE(builder.EstimateBytes() - before,
              BatchBuilder::RecordBytesMax(record.key, record.value, {}));
  }
  const size_t estimate = builder.EstimateBytes();
  EXPECT_EQ(builder.Finish().size(), estimate);
}

TEST(BatchBuilderTest, FinishAndResetLeaveAnEmptyBuilder) {
  for (Codec codec : kCodecs) {
    BatchBuilder builder(codec);
    for (int round = 0; round < 3; ++round) {
      builder.Append(round, "dropped", std::string(5000, 'x'));
      builder.Reset();
      EXPECT_TRUE(builder.Empty());
      EXPECT_EQ(builder.EstimateBytes(), kBatchHeaderBytes);
      builder.Append(10 + round, "key", "value");
      const std::vector<TestRecord> expected = {
          {10 + round, "key", "value", {}}};
      EXPECT_THAT(ReadRecords(builder.Finish()),
                  support::IsOkAndHolds(Eq(expected)));
      EXPECT_TRUE(builder.Empty());
    }
  }
}

TEST(BatchBuilderTest, ASmallBatchAfterALargeOneIsSmall) {
  BatchBuilder builder;
  for (int i = 0; i < 1000; ++i) builder.Append(1, "k", std::string(1000, 'v'));
  const std::string large = builder.Finish();
  builder.Append(1, "k", "v");
  const std::string small = builder.Finish();
  EXPECT_LT(small.capacity(), 1000u);
  for (int i = 0; i < 1000; ++i) builder.Append(1, "k", std::string(1000, 'v'));
  EXPECT_EQ(builder.Finish(), large);
}

TEST(BatchBuilderTest, ChangingTheCodecHoldsForTheNextFinish) {
  BatchBuilder builder;
  builder.Append(1, "k", std::string(10000, 'v'));
  builder.SetCodec(Codec::kZstd, 19);
  const std::string batch = builder.Finish();
  EXPECT_EQ(HeaderOf(batch).codec(), Codec::kZstd);
  EXPECT_LT(batch.size(), 200u);
}

TEST(BatchBuilderDeathTest, AnEmptyBatchCannotBeFinished) {
  BatchBuilder builder;
  EXPECT_DEATH(builder.Finish(), "at least one record");
}

TEST(RestampTest, ChangesTheProducerAndNothingElse) {
  std::mt19937_64 random(6);
  const std::vector<TestRecord> records = RandomRecords(20, &random);
  std::string batch =
      BatchOf(records, Codec::kLz4, {ProducerId(1), ProducerEpoch(2), 3});
  const BatchProducer next{ProducerId(1), ProducerEpoch(3), 0};
  Restamp(&batch, next);
  EXPECT_EQ(batch, BatchOf(records, Codec::kLz4, next));
}

TEST(ControlBatchTest, HoldsOneRecordOfItsType) {
  const std::string batch = BuildControlBatch(2, "payload", 77);
  const std::string_view slice = batch;
  ASSERT_OK_AND_ASSIGN(const BatchHeader header, CheckBatch({slice}));
  EXPECT_TRUE(header.IsControl());
  EXPECT_FALSE(header.IsTransactional());
  EXPECT_THAT(ControlTypeOf(BatchView{header, batch}),
              support::IsOkAndHolds(Eq(2)));
  const std::vector<TestRecord> expected = {
      {77, std::string("\0\0\0\2", 4), "payload", {}}};
  EXPECT_THAT(ReadRecords(batch), support::IsOkAndHolds(Eq(expected)));
}

TEST(ControlBatchTest, OfAProducerIsTransactionalAndWithoutSequence) {
  const std::string batch =
      BuildControlBatch(1, "", 77, {ProducerId(5), ProducerEpoch(1), -1});
  const BatchHeader header = HeaderOf(batch);
  EXPECT_TRUE(header.IsTransactional());
  EXPECT_EQ(header.producer_id, ProducerId(5));
  EXPECT_EQ(header.base_sequence, -1);
}

TEST(ControlBatchTest, MayNotComeFromAClient) {
  const BatchHeader header = HeaderOf(BuildControlBatch(1, "", 77));
  const absl::Status status = CheckProduced(header, 1 << 20);
  EXPECT_THAT(status, support::HasErrorCode(ErrorCode::kInvalidRecord));
  EXPECT_THAT(std::string(status.message()), HasSubstr("control bit"));
}

}  // namespace
}  // namespace barnabas::record
