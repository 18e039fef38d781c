#include "client/consumer/frame_cursor.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "proto/types/error.h"
#include "storage/record/batch_builder.h"

namespace barnabas::client {
namespace {

// Records `base`, `base` + 1, ... with their offsets as values.
std::string Batch(int64_t base, int count,
                  record::Codec codec = record::Codec::kNone) {
  record::BatchBuilder builder(codec);
  for (int i = 0; i < count; ++i) {
    builder.Append(1000, "key", std::to_string(base + i));
  }
  std::string batch = builder.Finish();
  auto header = record::BatchHeader::Parse(batch);
  header->base_offset = Offset(base);
  header->Write(batch.data());
  return batch;
}

rpc::Pieces Cut(const std::string& bytes, size_t size) {
  rpc::Pieces pieces;
  for (size_t at = 0; at < bytes.size(); at += size) {
    pieces.push_back(std::string_view(bytes).substr(at, size));
  }
  return pieces;
}

std::vector<int64_t> Offsets(const RecordChunk& chunk) {
  std::vector<int64_t> offsets;
  for (const record::RecordView& record : chunk.records) {
    EXPECT_EQ(*record.value, std::to_string(record.offset.value()));
    EXPECT_EQ(*record.key, "key");
    offsets.push_back(record.offset.value());
  }
  return offsets;
}

std::vector<int64_t> Range(int64_t begin, int64_t end) {
  std::vector<int64_t> offsets;
  for (int64_t i = begin; i < end; ++i) offsets.push_back(i);
  return offsets;
}

TEST(FrameCursorTest, NoBytesAreAtTheirEnd) {
  FrameCursor cursor({}, true);
  EXPECT_TRUE(cursor.AtEnd());
  RecordChunk chunk;
  int64_t position = 5;
  EXPECT_TRUE(cursor.Read(0, &position, &chunk).ok());
  EXPECT_EQ(position, 5);
}

TEST(FrameCursorTest, RecordsAreFoundHoweverSlicesFall) {
  for (const record::Codec codec :
       {record::Codec::kNone, record::Codec::kLz4, record::Codec::kZstd}) {
    const std::string bytes =
        Batch(10, 5, codec) + Batch(15, 1, codec) + Batch(20, 3, codec);
    for (size_t size = 1; size <= bytes.size(); size += 7) {
      const rpc::Pieces pieces = Cut(bytes, size);
      FrameCursor cursor(pieces, true);
      RecordChunk chunk;
      int64_t position = 10;
      ASSERT_TRUE(cursor.Read(0, &position, &chunk).ok());
      EXPECT_TRUE(cursor.AtEnd());
      EXPECT_EQ(Offsets(chunk),
                (std::vector<int64_t>{10, 11, 12, 13, 14, 15, 20, 21, 22}));
      EXPECT_EQ(position, 23);
    }
  }
}

TEST(FrameCursorTest, PartsAddUpAndStayValid) {
  const std::string bytes = Batch(0, 10, record::Codec::kGzip) + Batch(10, 10);
  for (int64_t part = 1; part < 25; ++part) {
    std::vector<RecordChunk> chunks;
    int64_t position = 0;
    {
      FrameCursor cursor(Cut(bytes, bytes.size()), true);
      while (!cursor.AtEnd()) {
        RecordChunk& chunk = chunks.emplace_back();
        ASSERT_TRUE(cursor.Read(part, &position, &chunk).ok());
        EXPECT_LE(static_cast<int64_t>(chunk.records.size()), part);
      }
    }
    std::vector<int64_t> all;
    for (const RecordChunk& chunk : chunks) {
      for (const int64_t offset : Offsets(chunk)) all.push_back(offset);
    }
    EXPECT_EQ(all, Range(0, 20));
    EXPECT_EQ(position, 20);
  }
}

TEST(FrameCursorTest, RecordsBelowThePositionArePassed) {
  const std::string bytes = Batch(0, 10) + Batch(10, 10);
  FrameCursor cursor(Cut(bytes, 100), true);
  RecordChunk chunk;
  int64_t position = 13;
  ASSERT_TRUE(cursor.Read(0, &position, &chunk).ok());
  EXPECT_EQ(Offsets(chunk), Range(13, 20));
}

TEST(FrameCursorTest, ControlBatchesAreNotHandedOut) {
  std::string control = record::BuildControlBatch(1, "marker", 1000);
  auto header = record::BatchHeader::Parse(control);
  header->base_offset = Offset(3);
  header->Write(control.data());
  const std::string bytes = Batch(0, 3) + control + Batch(4, 2);
  FrameCursor cursor(Cut(bytes, 50), true);
  RecordChunk chunk;
  int64_t position = 0;
  ASSERT_TRUE(cursor.Read(0, &position, &chunk).ok());
  EXPECT_EQ(Offsets(chunk), (std::vector<int64_t>{0, 1, 2, 4, 5}));
  EXPECT_EQ(position, 6);
}

TEST(FrameCursorTest, DamageIsToldWithItsOffsetsAfterWhatIsWhole) {
  std::string bad = Batch(5, 4);
  bad.back() ^= 1;
  const std::string bytes = Batch(0, 5) + bad + Batch(9, 2);
  FrameCursor cursor(Cut(bytes, 64), true);
  RecordChunk chunk;
  int64_t position = 0;
  for (int attempt = 0; attempt < 2; ++attempt) {
    const absl::Status status = cursor.Read(0, &position, &chunk);
    EXPECT_EQ(CodeOf(status), ErrorCode::kCorruptRecord);
    EXPECT_EQ(OffsetRangeOf(status), (OffsetRange{Offset(5), Offset(9)}));
    EXPECT_EQ(Offsets(chunk), Range(0, 5));
    EXPECT_EQ(position, 5);
  }
}

TEST(FrameCursorTest, ATornBatchIsDamage) {
  const std::string bytes = Batch(0, 5) + Batch(5, 5).substr(0, 70);
  FrameCursor cursor(Cut(bytes, 64), true);
  RecordChunk chunk;
  int64_t position = 0;
  EXPECT_EQ(CodeOf(cursor.Read(0, &position, &chunk)),
            ErrorCode::kCorruptRecord);
  EXPECT_EQ(Offsets(chunk), Range(0, 5));
}

TEST(FrameCursorTest, NonsenseNeverHarms) {
  for (uint32_t seed = 1; seed < 2000; ++seed) {
    std::string bytes = Batch(0, 5) + Batch(5, 5, record::Codec::kLz4);
    uint32_t random = seed;
    for (int i = 0; i < 3; ++i) {
      random = random * 1664525 + 1013904223;
      bytes[(random >> 8) % bytes.size()] ^= static_cast<char>(random >> 24);
    }
    FrameCursor cursor(Cut(bytes, 1 + seed % 90), false);
    RecordChunk chunk;
    int64_t position = 0;
    cursor.Read(0, &position, &chunk).IgnoreError();
    EXPECT_LE(chunk.records.size(), 1000u);
  }
}

}  // namespace
}  // namespace barnabas::client
