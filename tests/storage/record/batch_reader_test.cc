#include "storage/record/batch_reader.h"

#include <gtest/gtest.h>

#include <limits>
#include <random>
#include <string>
#include <vector>

#include "proto/types/limits.h"
#include "storage/record/batch_builder.h"
#include "storage/record/byte_order.h"
#include "storage/record/compression.h"
#include "tests/support/batches.h"
#include "tests/support/matchers.h"

namespace barnabas::record {
namespace {

using support::BatchOf;
using support::HasErrorCode;
using support::HeaderOf;
using support::RandomRecords;
using support::Reseal;
using support::SimpleBatch;
using support::Stored;

BatchView ViewOf(std::string_view batch) {
  return BatchView{HeaderOf(batch), batch};
}

TEST(BatchReaderTest, StepsOverWholeBatchesAndLeavesThePart) {
  const std::string first = Stored(SimpleBatch(2), Offset(10), LeaderEpoch(1));
  const std::string second = Stored(SimpleBatch(3), Offset(12), LeaderEpoch(1));
  const std::string bytes = first + second;
  for (size_t part = 0; part < first.size(); ++part) {
    const std::string run = bytes + first.substr(0, part);
    BatchReader reader(run);
    ASSERT_OK_AND_ASSIGN(auto view, reader.Next());
    ASSERT_TRUE(view.has_value());
    EXPECT_EQ(view->bytes, first);
    EXPECT_EQ(view->header.base_offset, Offset(10));
    ASSERT_OK_AND_ASSIGN(view, reader.Next());
    ASSERT_TRUE(view.has_value());
    EXPECT_EQ(view->bytes, second);
    ASSERT_OK_AND_ASSIGN(view, reader.Next());
    EXPECT_FALSE(view.has_value());
    EXPECT_EQ(reader.remaining().size(), part);
  }
}

TEST(BatchReaderTest, GivesNothingForNothing) {
  BatchReader reader("");
  ASSERT_OK_AND_ASSIGN(const auto view, reader.Next());
  EXPECT_FALSE(view.has_value());
}

TEST(BatchReaderTest, LengthsBelowAHeaderAreCorruptAndNameTheOffsets) {
  for (int32_t length : {0, -1, 48, std::numeric_limits<int32_t>::min()}) {
    std::string batch = Stored(SimpleBatch(3), Offset(7), LeaderEpoch(0));
    StoreBigEndian(length, batch.data() + 8);
    BatchReader reader(batch);
    const auto result = reader.Next();
    EXPECT_THAT(result, HasErrorCode(ErrorCode::kCorruptRecord));
    EXPECT_EQ(OffsetRangeOf(result.status()),
              (OffsetRange{Offset(7), Offset(10)}));
  }
}

TEST(RecordReaderTest, RecordsCarryTheirOffsets) {
  const std::string batch = Stored(SimpleBatch(3), Offset(40), LeaderEpoch(2));
  RecordReader reader;
  ASSERT_OK(reader.Open(ViewOf(batch), true));
  RecordView record;
  for (int i = 0; i < 3; ++i) {
    ASSERT_OK_AND_ASSIGN(const bool found, reader.Next(&record));
    ASSERT_TRUE(found);
    EXPECT_EQ(record.offset, Offset(40 + i));
    EXPECT_EQ(record.timestamp_ms, 1000 + i);
    EXPECT_EQ(record.value, "value-" + std::to_string(i));
  }
  for (int i = 0; i < 2; ++i) {
    ASSERT_OK_AND_ASSIGN(const bool found, reader.Next(&record));
    EXPECT_FALSE(found);
  }
}

TEST(RecordReaderTest, AppendTimeHoldsForEveryRecord) {
  std::string batch = SimpleBatch(3);
  BatchHeader header = HeaderOf(batch);
  header.attributes = 1 << 3;
  header.max_timestamp_ms = 9999;
  Reseal(header, &batch);
  ASSERT_OK_AND_ASSIGN(const auto records, support::ReadRecords(batch));
  for (const auto& record : records) EXPECT_EQ(record.timestamp_ms, 9999);
}

TEST(RecordReaderTest, ChecksTheChecksumOnlyWhenAsked) {
  std::string batch = SimpleBatch(3);
  batch[17] = static_cast<char>(batch[17] ^ 1);
  RecordReader reader;
  const absl::Status status = reader.Open(ViewOf(batch), true);
  EXPECT_THAT(status, HasErrorCode(ErrorCode::kCorruptRecord));
  EXPECT_EQ(OffsetRangeOf(status), (OffsetRange{Offset(0), Offset(3)}));
  EXPECT_OK(reader.Open(ViewOf(batch), false));
}

TEST(RecordReaderTest, OneReaderServesManyBatches) {
  std::mt19937_64 random(21);
  RecordReader reader;
  for (int round = 0; round < 100; ++round) {
    const auto records = RandomRecords(20, &random);
    const std::string batch =
        BatchOf(records, static_cast<Codec>(random() % 5));
    ASSERT_OK(reader.Open(ViewOf(batch), true));
    RecordView view;
    for (const auto& record : records) {
      ASSERT_OK_AND_ASSIGN(const bool found, reader.Next(&view));
      ASSERT_TRUE(found);
      EXPECT_EQ(view.key, record.key);
      EXPECT_EQ(view.value, record.value);
      EXPECT_EQ(view.headers.size(), record.headers.size());
    }
    ASSERT_OK_AND_ASSIGN(const bool found, reader.Next(&view));
    EXPECT_FALSE(found);
  }
}

// `bytes` in pieces of `size`, with an empty one in front.
std::vector<std::string_view> Cut(std::string_view bytes, size_t size) {
  std::vector<std::string_view> pieces = {{}};
  for (size_t at = 0; at < bytes.size(); at += size) {
    pieces.push_back(bytes.substr(at, size));
  }
  return pieces;
}

support::TestRecord Owned(const RecordView& view) {
  support::TestRecord record{view.timestamp_ms, {}, {}, {}};
  if (view.key.has_value()) record.key = std::string(*view.key);
  if (view.value.has_value()) record.value = std::string(*view.value);
  for (const HeaderView& header : view.headers) {
    record.headers.emplace_back(header.name, header.value);
  }
  return record;
}

TEST(RecordReaderTest, PiecesGiveTheSameRecordsWhereverTheyAreCut) {
  std::mt19937_64 random(22);
  for (int round = 0; round < 40; ++round) {
    const auto records = RandomRecords(12, &random);
    const std::string batch =
        BatchOf(records, static_cast<Codec>(round % 5), {ProducerId(7)});
    for (size_t size = 1; size <= batch.size(); size += 1 + size / 3) {
      RecordReader reader;
      ASSERT_OK(reader.OpenPieces(HeaderOf(batch), Cut(batch, size), true));
      std::vector<RecordView> views;
      ASSERT_OK_AND_ASSIGN(const bool more,
                           reader.Read(Offset(0), 1000, &views));
      EXPECT_FALSE(more);
      ASSERT_EQ(views.size(), records.size());
      for (size_t i = 0; i < views.size(); ++i) {
        EXPECT_EQ(Owned(views[i]), records[i]);
        EXPECT_EQ(views[i].offset, Offset(static_cast<int64_t>(i)));
        EXPECT_EQ(views[i].producer_id, ProducerId(7));
      }
    }
  }
}

TEST(RecordReaderTest, ReadStopsAtItsBoundAndPassesWhatLiesBelow) {
  const std::string batch = Stored(SimpleBatch(10), Offset(40), LeaderEpoch(0));
  RecordReader reader;
  ASSERT_OK(reader.OpenPieces(HeaderOf(batch), Cut(batch, 9), true));
  std::vector<RecordView> views;
  ASSERT_OK_AND_ASSIGN(bool more, reader.Read(Offset(43), 2, &views));
  EXPECT_TRUE(more);
  ASSERT_EQ(views.size(), 2u);
  EXPECT_EQ(views[0].offset, Offset(43));
  ASSERT_OK_AND_ASSIGN(more, reader.Read(Offset(45), 1000, &views));
  EXPECT_FALSE(more);
  ASSERT_EQ(views.size(), 7u);
  for (int i = 0; i < 7; ++i) {
    EXPECT_EQ(views[i].value, "value-" + std::to_string(3 + i));
  }
}

TEST(RecordReaderTest, DamageLeavesTheRecordsBeforeIt) {
  const std::string whole = SimpleBatch(6);
  for (size_t cut = kBatchHeaderBytes; cut < whole.size(); ++cut) {
    BatchHeader header = HeaderOf(whole);
    const std::string batch = whole.substr(0, cut);
    RecordReader reader;
    ASSERT_OK(reader.OpenPieces(header, Cut(batch, 11), false));
    std::vector<RecordView> views;
    const auto read = reader.Read(Offset(0), 1000, &views);
    EXPECT_THAT(read, HasErrorCode(ErrorCode::kCorruptRecord));
    ASSERT_LT(views.size(), 6u);
    for (size_t i = 0; i < views.size(); ++i) {
      EXPECT_EQ(views[i].value, "value-" + std::to_string(i));
    }
    // Asked again it complains again.
    EXPECT_FALSE(reader.Read(Offset(0), 1000, &views).ok());
  }
}

TEST(RecordReaderTest, BytesBehindTheLastRecordAreCorruptInAnyPiece) {
  std::string batch = SimpleBatch(3);
  const BatchHeader header = HeaderOf(batch);
  batch.append("xyz");
  RecordReader reader;
  ASSERT_OK(reader.OpenPieces(header, Cut(batch, 5), false));
  std::vector<RecordView> views;
  EXPECT_THAT(reader.Read(Offset(0), 1000, &views),
              HasErrorCode(ErrorCode::kCorruptRecord));
  EXPECT_EQ(views.size(), 3u);
}

TEST(RecordReaderTest, OffsetsThatRunOverAreCorrupt) {
  RecordReader reader;
  constexpr int64_t kMax = std::numeric_limits<int64_t>::max();
  for (int64_t base :
       {kMax, kMax - 2, int64_t{-1}, std::numeric_limits<int64_t>::min()}) {
    const std::string batch =
        Stored(SimpleBatch(3), Offset(base), LeaderEpoch(0));
    EXPECT_THAT(reader.Open(ViewOf(batch), true),
                HasErrorCode(ErrorCode::kCorruptRecord))
        << base;
  }
  const std::string batch =
      Stored(SimpleBatch(3), Offset(kMax - 3), LeaderEpoch(0));
  EXPECT_OK(reader.Open(ViewOf(batch), true));
}

TEST(RecordReaderTest, ErrorsStay) {
  std::string batch = SimpleBatch(2);
  batch[kBatchHeaderBytes] = 127;
  RecordReader reader;
  ASSERT_OK(reader.Open(ViewOf(batch), false));
  RecordView record;
  for (int i = 0; i < 2; ++i) {
    EXPECT_THAT(reader.Next(&record), HasErrorCode(ErrorCode::kCorruptRecord));
  }
}

// Puts `records` behind the header of a batch of `count` records.
std::string Forged(std::string_view records, int32_t count) {
  std::string batch = SimpleBatch(1).substr(0, kBatchHeaderBytes);
  batch.append(records);
  BatchHeader header = HeaderOf(batch);
  header.length = static_cast<int32_t>(batch.size() - kBatchOverheadBytes);
  header.record_count = count;
  header.last_offset_delta = count - 1;
  Reseal(header, &batch);
  return batch;
}

TEST(RecordReaderTest, FieldsThatLieAboutTheirLengthAreCorrupt) {
  using std::string_view_literals::operator""sv;
  const std::string_view forged[] = {
      // Length 0 leaves no room for attributes.
      "\0\0\0\0\0\0\0"sv,
      // Negative length.
      "\1\0\0\0\0\0\0"sv,
      // Key of length -2.
      "\x0c\0\0\0\3\1\0"sv,
      // Key longer than the record.
      "\x0c\0\0\0\x20\1\0"sv,
      // Header count beyond the bytes.
      "\x0c\0\0\0\1\1\x7e"sv,
      // Header with an absent name.
      "\x10\0\0\0\1\1\2\1\1"sv,
      // Negative header count.
      "\x0c\0\0\0\1\1\1"sv,
      // A byte too many inside the record.
      "\x0e\0\0\0\1\1\0\0"sv,
      // A byte after the last record.
      "\x0c\0\0\0\1\1\0\0"sv,
      // Offset delta beyond the batch.
      "\x0c\0\0\x02\1\1\0"sv,
  };
  for (std::string_view bytes : forged) {
    EXPECT_THAT(support::ReadRecords(Forged(bytes, 1)),
                HasErrorCode(ErrorCode::kCorruptRecord))
        << testing::PrintToString(bytes);
  }
  EXPECT_OK(support::ReadRecords(Forged("\x0c\0\0\0\1\1\0"sv, 1)));
}

TEST(RecordReaderTest, ABombStopsAtItsBound) {
  // 300 MiB of zeros in some hundred kilobytes.
  const std::string zeros(16 << 20, '\0');
  std::string bomb;
  for (int64_t bytes = 0; bytes <= kInflatedBytesMax;
       bytes += static_cast<int64_t>(zeros.size())) {
    ASSERT_OK(Compress(Codec::kZstd, std::nullopt, zeros, &bomb));
  }
  std::string batch = Forged(bomb, 1);
  BatchHeader header = HeaderOf(batch);
  header.attributes = static_cast<int16_t>(Codec::kZstd);
  Reseal(header, &batch);
  EXPECT_LT(batch.size(), 1u << 20);
  RecordReader reader;
  const absl::Status status = reader.Open(ViewOf(batch), true);
  EXPECT_THAT(status, HasErrorCode(ErrorCode::kCorruptRecord));
  EXPECT_TRUE(OffsetRangeOf(status).has_value());
}

TEST(ControlTypeTest, RefusesOtherBatchesAndShortKeys) {
  const std::string plain = SimpleBatch(1);
  EXPECT_THAT(ControlTypeOf(ViewOf(plain)),
              HasErrorCode(ErrorCode::kInvalidRecord));
  std::string short_key = BatchOf({{1, "ab", "", {}}});
  BatchHeader header = HeaderOf(short_key);
  header.attributes = 1 << 5;
  Reseal(header, &short_key);
  EXPECT_THAT(ControlTypeOf(ViewOf(short_key)),
              HasErrorCode(ErrorCode::kCorruptRecord));
}

}  // namespace
}  // namespace barnabas::record
