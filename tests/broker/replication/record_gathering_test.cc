#include "broker/replication/record_gathering.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "proto/types/error.h"
#include "storage/record/batch_check.h"
#include "storage/record/batch_reader.h"

namespace barnabas::broker {
namespace {

constexpr int64_t kNow = 1700000000000;

ProducedBatch Structured(uint64_t ticket,
                         const std::vector<std::string>& values) {
  ProducedBatch batch;
  batch.ticket = ticket;
  batch.records = std::make_unique<v1::RecordBatch>();
  for (const std::string& value : values) {
    batch.records->add_records()->set_value(value);
  }
  return batch;
}

TEST(RecordGathering, StoresSmallBatchesTogetherAndTellsWhoIsWhere) {
  RecordGathering gathering;
  ProducedBatch first = Structured(1, {"a", "b"});
  ProducedBatch second = Structured(2, {"c"});
  ASSERT_TRUE(gathering.Add(&first, {}, kNow).ok());
  ASSERT_TRUE(gathering.Add(&second, {}, kNow).ok());
  const std::vector<GatheredBatch> drained = gathering.Drain(1 << 20);
  ASSERT_EQ(drained.size(), 1u);
  EXPECT_TRUE(gathering.Empty());
  const std::string_view bytes = drained[0].bytes;
  const auto header = record::CheckBatch({&bytes, 1});
  ASSERT_TRUE(header.ok()) << header.status();
  EXPECT_EQ(header->record_count, 3);
  EXPECT_EQ(header->max_timestamp_ms, kNow);
  ASSERT_EQ(drained[0].parts.size(), 2u);
  EXPECT_EQ(drained[0].parts[0].from.ticket, 1u);
  EXPECT_EQ(drained[0].parts[0].count, 2);
  EXPECT_EQ(drained[0].parts[1].first, 2);
}

TEST(RecordGathering, CutsAtTheLargestBatchBetweenSenders) {
  RecordGathering gathering;
  log::LogConfig config;
  config.message_bytes_max = 1000;
  for (uint64_t i = 0; i < 4; ++i) {
    ProducedBatch batch = Structured(i, {std::string(400, 'x')});
    ASSERT_TRUE(gathering.Add(&batch, config, kNow).ok());
  }
  const std::vector<GatheredBatch> drained = gathering.Drain(1000);
  ASSERT_EQ(drained.size(), 2u);
  for (const GatheredBatch& batch : drained) {
    EXPECT_LE(batch.bytes.size(), 1000u);
    EXPECT_EQ(batch.parts.size(), 2u);
  }
}

TEST(RecordGathering, RefusesOneWithoutTouchingTheOthers) {
  RecordGathering gathering;
  log::LogConfig config;
  config.message_bytes_max = 1000;
  ProducedBatch good = Structured(1, {"a"});
  ASSERT_TRUE(gathering.Add(&good, config, kNow).ok());
  ProducedBatch large = Structured(2, {std::string(2000, 'x')});
  EXPECT_EQ(CodeOf(gathering.Add(&large, config, kNow)),
            ErrorCode::kBatchTooLarge);
  ProducedBatch late = Structured(3, {"c"});
  late.records->mutable_records(0)->set_timestamp_ms(
      kNow + config.timestamp_after_max_ms + 1);
  EXPECT_EQ(CodeOf(gathering.Add(&late, config, kNow)),
            ErrorCode::kInvalidTimestamp);
  ProducedBatch empty = Structured(4, {});
  EXPECT_EQ(CodeOf(gathering.Add(&empty, config, kNow)),
            ErrorCode::kInvalidRecord);
  EXPECT_EQ(gathering.Drain(1000).size(), 1u);
}

}  // namespace
}  // namespace barnabas::broker
