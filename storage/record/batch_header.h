// BatchHeader: the first 61 bytes of a RecordBatch of version 2.
//
// Picture of the bytes (big-endian; README.md of this folder has the records):
//    0 i64 base offset            27 i64 base timestamp, ms
//    8 i32 length after this      35 i64 max timestamp, ms
//   12 i32 leader epoch           43 i64 producer id, -1 none
//   16 i8  magic = 2              51 i16 producer epoch, -1 none
//   17 u32 CRC-32C of [21, end)   53 i32 base sequence, -1 none
//   21 i16 attributes             57 i32 record count
//   23 i32 last offset delta      61 records, one compressed block if codec
// Base offset, length, leader epoch and magic lie outside the checksum, so a
// leader stamps them without touching it.
//
// Units: timestamps are milliseconds of wall time.
// Empty case: record_count may be 0 after compaction; the offsets still count.
// Thread: a plain value.
// Errors: Parse only says whether 61 bytes are there; batch_check.h judges.
// Source: kafka-facts 4.1; KIP-98.
#ifndef BARNABAS_STORAGE_RECORD_BATCH_HEADER_H_
#define BARNABAS_STORAGE_RECORD_BATCH_HEADER_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "proto/types/ids.h"
#include "proto/types/offsets.h"

namespace barnabas::record {

inline constexpr size_t kBatchHeaderBytes = 61;
// Base offset and length: what the length field does not count.
inline constexpr size_t kBatchOverheadBytes = 12;
// Where the checksummed bytes begin.
inline constexpr size_t kCrcBegin = 21;
inline constexpr int8_t kMagic = 2;

// Numbers are those of the attribute bits 0-2.
enum class Codec : uint8_t {
  kNone = 0,
  kGzip = 1,
  kSnappy = 2,
  kLz4 = 3,
  kZstd = 4,
};

// Number is that of attribute bit 3.
enum class TimestampType : uint8_t {
  kCreateTime = 0,
  kLogAppendTime = 1,
};

struct BatchHeader {
  Offset base_offset;
  int32_t length = 0;
  LeaderEpoch leader_epoch;
  int8_t magic = kMagic;
  uint32_t crc = 0;
  int16_t attributes = 0;
  int32_t last_offset_delta = 0;
  int64_t base_timestamp_ms = 0;
  int64_t max_timestamp_ms = 0;
  ProducerId producer_id = kNoProducer;
  ProducerEpoch producer_epoch = kNoProducerEpoch;
  int32_t base_sequence = -1;
  int32_t record_count = 0;

  // Reads the header; nullopt when `bytes` holds fewer than 61.
  static std::optional<BatchHeader> Parse(std::string_view bytes);
  // Writes 61 bytes to `out`, the checksum as it stands in `crc`.
  void Write(char* out) const;

  int64_t SizeBytes() const { return int64_t{length} + kBatchOverheadBytes; }
  Offset LastOffset() const { return base_offset.Plus(last_offset_delta); }
  Offset NextOffset() const { return LastOffset().Next(); }
  // Attribute bits 0-2; values above 4 are unknown codecs.
  uint8_t CodecBits() const { return static_cast<uint8_t>(attributes & 7); }
  Codec codec() const { return static_cast<Codec>(CodecBits()); }
  TimestampType timestamp_type() const {
    return static_cast<TimestampType>((attributes >> 3) & 1);
  }
  bool IsTransactional() const { return (attributes & (1 << 4)) != 0; }
  bool IsControl() const { return (attributes & (1 << 5)) != 0; }
  bool HasDeleteHorizon() const { return (attributes & (1 << 6)) != 0; }
  bool HasProducer() const { return producer_id != kNoProducer; }
  // base_sequence + last_offset_delta, wrapping from 2^31 - 1 to 0.
  int32_t LastSequence() const;

  bool operator==(const BatchHeader&) const = default;
};

// Sequence `count` after `sequence`, wrapping from 2^31 - 1 to 0.
int32_t SequenceAfter(int32_t sequence, int32_t count);

}  // namespace barnabas::record

#endif  // BARNABAS_STORAGE_RECORD_BATCH_HEADER_H_
