#include "storage/log/append_rules.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <limits>
#include <string>

#include "proto/types/error.h"
#include "storage/record/batch_check.h"
#include "storage/record/batch_reader.h"
#include "tests/support/batches.h"
#include "tests/support/matchers.h"

namespace barnabas::log {
namespace {

using support::HasErrorCode;
using support::HeaderOf;
using support::SimpleBatch;

constexpr int64_t kNowMs = 1'700'000'000'000;

TEST(AppendRulesTest, TimestampsMustLieNearNow) {
  LogConfig config;
  config.timestamp_before_max_ms = 1000;
  config.timestamp_after_max_ms = 500;
  const auto check = [&](int64_t timestamp_ms) {
    return CheckAppend(HeaderOf(SimpleBatch(1, timestamp_ms)), config, kNowMs);
  };
  EXPECT_OK(check(kNowMs - 1000));
  EXPECT_OK(check(kNowMs + 500));
  EXPECT_THAT(check(kNowMs - 1001), HasErrorCode(ErrorCode::kInvalidTimestamp));
  EXPECT_THAT(check(kNowMs + 501), HasErrorCode(ErrorCode::kInvalidTimestamp));
}

TEST(AppendRulesTest, NoTimestampPassesAndBoundsMayBeInfinite) {
  LogConfig config;
  config.timestamp_before_max_ms = 0;
  record::BatchHeader header = HeaderOf(SimpleBatch(1));
  header.base_timestamp_ms = header.max_timestamp_ms = -1;
  EXPECT_OK(CheckAppend(header, config, kNowMs));
  config.timestamp_before_max_ms = std::numeric_limits<int64_t>::max();
  config.timestamp_after_max_ms = std::numeric_limits<int64_t>::max();
  header.base_timestamp_ms = 0;
  header.max_timestamp_ms = std::numeric_limits<int64_t>::max();
  EXPECT_OK(CheckAppend(header, config, kNowMs));
}

TEST(AppendRulesTest, AppendTimeBatchesAreForAppendTimeTopics) {
  LogConfig config;
  record::BatchHeader header = HeaderOf(SimpleBatch(1, kNowMs));
  header.attributes = 1 << 3;
  EXPECT_THAT(CheckAppend(header, config, kNowMs),
              HasErrorCode(ErrorCode::kInvalidTimestamp));
  config.timestamp_type = record::TimestampType::kLogAppendTime;
  EXPECT_OK(CheckAppend(header, config, kNowMs));
}

TEST(AppendRulesTest, SizeIsBoundedByTopicAndSegment) {
  const std::string batch = SimpleBatch(10, kNowMs);
  const int64_t size = static_cast<int64_t>(batch.size());
  LogConfig config;
  config.message_bytes_max = size;
  EXPECT_OK(CheckAppend(HeaderOf(batch), config, kNowMs));
  config.message_bytes_max = size - 1;
  EXPECT_THAT(CheckAppend(HeaderOf(batch), config, kNowMs),
              HasErrorCode(ErrorCode::kBatchTooLarge));
  config = LogConfig();
  config.segment_bytes = size - 1;
  const absl::Status refused = CheckAppend(HeaderOf(batch), config, kNowMs);
  EXPECT_THAT(refused, HasErrorCode(ErrorCode::kBatchTooLarge));
  // The hint names the setting that is in the way.
  EXPECT_THAT(HintOf(refused), ::testing::HasSubstr("segment.bytes"));
}

TEST(AppendRulesTest, FollowerBatchesMustFollow) {
  record::BatchHeader header = HeaderOf(SimpleBatch(1));
  header.base_offset = Offset(10);
  header.leader_epoch = LeaderEpoch(4);
  EXPECT_OK(CheckFollows(header, Offset(10), LeaderEpoch(4)));
  EXPECT_THAT(CheckFollows(header, Offset(9), LeaderEpoch(4)),
              HasErrorCode(ErrorCode::kInvalidRecord));
  EXPECT_THAT(CheckFollows(header, Offset(11), LeaderEpoch(4)),
              HasErrorCode(ErrorCode::kInvalidRecord));
  EXPECT_THAT(CheckFollows(header, Offset(10), LeaderEpoch(5)),
              HasErrorCode(ErrorCode::kInvalidRecord));
}

TEST(AppendRulesTest, StampedBatchIsSoundAndSaysTheTime) {
  std::string batch = SimpleBatch(5, 1000);
  record::BatchHeader header = HeaderOf(batch);
  const std::string_view all = batch;
  const std::string_view body[] = {all.substr(61, 10), all.substr(71)};
  StampAppendTime(body, kNowMs, &header);
  header.Write(batch.data());
  const std::string_view slices[] = {batch};
  ASSERT_OK(record::CheckBatch(slices).status());
  record::RecordReader reader;
  ASSERT_OK(reader.Open({header, batch}, true));
  record::RecordView record;
  ASSERT_THAT(reader.Next(&record), support::IsOkAndHolds(true));
  EXPECT_EQ(record.timestamp_ms, kNowMs);
}

}  // namespace
}  // namespace barnabas::log
