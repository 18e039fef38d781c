#include "storage/record/batch_header.h"

#include <gtest/gtest.h>

#include <limits>
#include <string>
#include <string_view>

namespace barnabas::record {
namespace {

BatchHeader Example() {
  BatchHeader header;
  header.base_offset = Offset(0x0102030405060708);
  header.length = 0x11121314;
  header.leader_epoch = LeaderEpoch(0x21222324);
  header.crc = 0xf1f2f3f4;
  header.attributes = 0x0034;
  header.last_offset_delta = 0x31323334;
  header.base_timestamp_ms = 0x4142434445464748;
  header.max_timestamp_ms = 0x5152535455565758;
  header.producer_id = ProducerId(0x6162636465666768);
  header.producer_epoch = ProducerEpoch(0x7172);
  header.base_sequence = 0x01828384;
  header.record_count = 0x01929394;
  return header;
}

// The picture in the header comment, byte for byte.
constexpr std::string_view kPicture(
    "\x01\x02\x03\x04\x05\x06\x07\x08"
    "\x11\x12\x13\x14"
    "\x21\x22\x23\x24"
    "\x02"
    "\xf1\xf2\xf3\xf4"
    "\x00\x34"
    "\x31\x32\x33\x34"
    "\x41\x42\x43\x44\x45\x46\x47\x48"
    "\x51\x52\x53\x54\x55\x56\x57\x58"
    "\x61\x62\x63\x64\x65\x66\x67\x68"
    "\x71\x72"
    "\x01\x82\x83\x84"
    "\x01\x92\x93\x94",
    kBatchHeaderBytes);

TEST(BatchHeaderTest, WritesThePictureOfTheBytes) {
  std::string bytes(kBatchHeaderBytes, '\0');
  Example().Write(bytes.data());
  EXPECT_EQ(bytes, kPicture);
}

TEST(BatchHeaderTest, ReadsThePictureOfTheBytes) {
  EXPECT_EQ(BatchHeader::Parse(kPicture), Example());
}

TEST(BatchHeaderTest, NeedsAllOfItsBytes) {
  for (size_t size = 0; size < kBatchHeaderBytes; ++size) {
    EXPECT_FALSE(BatchHeader::Parse(kPicture.substr(0, size)).has_value());
  }
}

TEST(BatchHeaderTest, AttributesAreToldApart) {
  BatchHeader header;
  EXPECT_EQ(header.codec(), Codec::kNone);
  EXPECT_EQ(header.timestamp_type(), TimestampType::kCreateTime);
  header.attributes = 0b1111100;
  EXPECT_EQ(header.codec(), Codec::kZstd);
  EXPECT_EQ(header.timestamp_type(), TimestampType::kLogAppendTime);
  EXPECT_TRUE(header.IsTransactional());
  EXPECT_TRUE(header.IsControl());
  EXPECT_TRUE(header.HasDeleteHorizon());
  header.attributes = 7;
  EXPECT_EQ(header.CodecBits(), 7);
  EXPECT_FALSE(header.IsControl());
}

TEST(BatchHeaderTest, OffsetsSpanTheLastDelta) {
  BatchHeader header;
  header.base_offset = Offset(100);
  header.last_offset_delta = 4;
  header.length = 49;
  EXPECT_EQ(header.LastOffset(), Offset(104));
  EXPECT_EQ(header.NextOffset(), Offset(105));
  EXPECT_EQ(header.SizeBytes(), 61);
}

TEST(BatchHeaderTest, SequencesWrapFromTheLargestToZero) {
  constexpr int32_t kMax = std::numeric_limits<int32_t>::max();
  EXPECT_EQ(SequenceAfter(0, 0), 0);
  EXPECT_EQ(SequenceAfter(7, 5), 12);
  EXPECT_EQ(SequenceAfter(kMax, 0), kMax);
  EXPECT_EQ(SequenceAfter(kMax, 1), 0);
  EXPECT_EQ(SequenceAfter(kMax - 1, 4), 2);
  EXPECT_EQ(SequenceAfter(kMax, kMax), kMax - 1);
  EXPECT_EQ(SequenceAfter(0, -1), kMax);

  BatchHeader header;
  header.base_sequence = kMax - 1;
  header.last_offset_delta = 3;
  EXPECT_EQ(header.LastSequence(), 1);
}

TEST(BatchHeaderTest, WithoutASequenceThereIsNoLastOne) {
  BatchHeader header;
  header.last_offset_delta = 3;
  EXPECT_EQ(header.LastSequence(), -1);
}

}  // namespace
}  // namespace barnabas::record
