// storage/record on batches that a running Kafka wrote.

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <vector>

#include "storage/record/batch_builder.h"
#include "storage/record/batch_check.h"
#include "storage/record/batch_reader.h"
#include "storage/record/compression.h"
#include "tests/golden/kafka_partition.h"

namespace barnabas::golden {
namespace {

class RecordGoldenTest : public testing::TestWithParam<std::string> {
 protected:
  RecordGoldenTest() : partition_(LoadPartition(GetParam())) {}

  // Calls `visit(view)` for every batch of every segment.
  template <typename Visit>
  void ForEachBatch(Visit visit) {
    for (const std::string& file : partition_.NamesOf(".log")) {
      record::BatchReader reader(partition_.files.at(file));
      while (true) {
        const auto batch = reader.Next();
        ASSERT_TRUE(batch.ok()) << batch.status();
        if (!batch->has_value()) break;
        visit(**batch);
      }
      EXPECT_TRUE(reader.remaining().empty()) << file;
    }
  }

  const KafkaPartition partition_;
};

std::optional<std::string> Owned(std::optional<std::string_view> text) {
  if (!text.has_value()) return std::nullopt;
  return std::string(*text);
}

TEST_P(RecordGoldenTest, EveryRecordReadsAsKafkasConsumerReadsIt) {
  std::vector<ExpectedRecord> found;
  ForEachBatch([&](const record::BatchView& batch) {
    if (batch.header.IsControl()) return;
    record::RecordReader reader;
    ASSERT_TRUE(reader.Open(batch, /*check_crc=*/true).ok());
    record::RecordView view;
    while (true) {
      const auto more = reader.Next(&view);
      ASSERT_TRUE(more.ok()) << more.status();
      if (!*more) break;
      ExpectedRecord record;
      record.offset = view.offset.value();
      record.timestamp_type =
          batch.header.timestamp_type() == record::TimestampType::kCreateTime
              ? "CreateTime"
              : "LogAppendTime";
      record.timestamp_ms = view.timestamp_ms;
      record.key = Owned(view.key);
      record.value = Owned(view.value);
      for (const record::HeaderView& header : view.headers) {
        record.headers.emplace_back(header.name, Owned(header.value));
      }
      found.push_back(record);
    }
  });
  ASSERT_EQ(found.size(), partition_.records.size());
  for (size_t i = 0; i < found.size(); ++i) {
    const ExpectedRecord& expected = partition_.records[i];
    SCOPED_TRACE(expected.offset);
    EXPECT_EQ(found[i].offset, expected.offset);
    EXPECT_EQ(found[i].timestamp_type, expected.timestamp_type);
    EXPECT_EQ(found[i].timestamp_ms, expected.timestamp_ms);
    EXPECT_EQ(found[i].key, expected.key);
    EXPECT_EQ(found[i].value, expected.value);
    EXPECT_EQ(found[i].headers, expected.headers);
  }
}

TEST_P(RecordGoldenTest, EveryHeaderReadsAsKafkasDumpToolReadsIt) {
  size_t index = 0;
  ForEachBatch([&](const record::BatchView& batch) {
    ASSERT_LT(index, partition_.batches.size());
    const ExpectedBatch& expected = partition_.batches[index++];
    const record::BatchHeader& header = batch.header;
    const auto flag = [](bool value) { return value ? "true" : "false"; };
    EXPECT_EQ(expected.at("baseOffset"),
              std::to_string(header.base_offset.value()));
    EXPECT_EQ(expected.at("lastOffset"),
              std::to_string(header.LastOffset().value()));
    EXPECT_EQ(expected.at("count"), std::to_string(header.record_count));
    EXPECT_EQ(expected.at("baseSequence"),
              std::to_string(header.base_sequence));
    EXPECT_EQ(
        expected.at("lastSequence"),
        std::to_string(header.base_sequence < 0 ? -1 : header.LastSequence()));
    EXPECT_EQ(expected.at("producerId"),
              std::to_string(header.producer_id.value()));
    EXPECT_EQ(expected.at("producerEpoch"),
              std::to_string(header.producer_epoch.value()));
    EXPECT_EQ(expected.at("partitionLeaderEpoch"),
              std::to_string(header.leader_epoch.value()));
    EXPECT_EQ(expected.at("isTransactional"), flag(header.IsTransactional()));
    EXPECT_EQ(expected.at("isControl"), flag(header.IsControl()));
    EXPECT_EQ(expected.at("size"), std::to_string(header.SizeBytes()));
    EXPECT_EQ(expected.at("magic"), "2");
    EXPECT_EQ(expected.at("compresscodec"), record::NameOf(header.codec()));
    EXPECT_EQ(expected.at("crc"), std::to_string(header.crc));
    EXPECT_TRUE(expected.contains("CreateTime")
                    ? expected.at("CreateTime") ==
                          std::to_string(header.max_timestamp_ms)
                    : expected.at("LogAppendTime") ==
                          std::to_string(header.max_timestamp_ms));
  });
  EXPECT_EQ(index, partition_.batches.size());
}

TEST_P(RecordGoldenTest, EveryBatchPassesEveryCheck) {
  ForEachBatch([&](const record::BatchView& batch) {
    const std::string_view slice = batch.bytes;
    const auto header = record::CheckBatch({&slice, 1});
    ASSERT_TRUE(header.ok()) << header.status();
    EXPECT_EQ(*header, batch.header);
    EXPECT_TRUE(record::CheckRecords(batch.bytes, false).ok());
    if (batch.header.IsControl()) return;
    EXPECT_TRUE(record::CheckProduced(batch.header, 1 << 20).ok());
  });
}

TEST_P(RecordGoldenTest, AFlippedBitIsNoticed) {
  const std::string& log = partition_.files.at(partition_.NamesOf(".log")[0]);
  record::BatchReader reader(log);
  const auto first = reader.Next();
  ASSERT_TRUE(first.ok() && first->has_value());
  // From the attributes to the last byte: all that the checksum covers.
  for (size_t at = record::kCrcBegin; at < (*first)->bytes.size(); ++at) {
    std::string damaged((*first)->bytes);
    damaged[at] = static_cast<char>(damaged[at] ^ 0x10);
    const std::string_view slice = damaged;
    EXPECT_FALSE(record::CheckBatch({&slice, 1}).ok()) << at;
  }
}

// Without compression there is one encoding of a record: ours is Kafka's.
TEST(RecordGoldenBytesTest, ABatchBuiltFromTheRecordsHasKafkasBytes) {
  const KafkaPartition partition = LoadPartition("none");
  for (const std::string& file : partition.NamesOf(".log")) {
    record::BatchReader reader(partition.files.at(file));
    while (true) {
      const auto next = reader.Next();
      ASSERT_TRUE(next.ok());
      if (!next->has_value()) break;
      const record::BatchView& batch = **next;
      record::BatchBuilder builder;
      record::RecordReader records;
      ASSERT_TRUE(records.Open(batch, true).ok());
      record::RecordView view;
      while (*records.Next(&view)) {
        builder.Append(view.timestamp_ms, view.key, view.value, view.headers);
      }
      const std::string built =
          builder.Finish({batch.header.producer_id, batch.header.producer_epoch,
                          batch.header.base_sequence});
      EXPECT_EQ(built.substr(record::kCrcBegin),
                batch.bytes.substr(record::kCrcBegin));
    }
  }
}

INSTANTIATE_TEST_SUITE_P(Kafka, RecordGoldenTest,
                         testing::ValuesIn(PartitionNames()),
                         [](const auto& param) {
                           std::string name = param.param;
                           std::erase(name, '-');
                           return name;
                         });

}  // namespace
}  // namespace barnabas::golden
