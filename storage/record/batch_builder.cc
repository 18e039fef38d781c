#include "storage/record/batch_builder.h"

#include <glog/logging.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <utility>

#include "storage/record/byte_order.h"
#include "storage/record/compression.h"
#include "storage/record/crc32c.h"
#include "storage/record/varint.h"

namespace barnabas::record {
namespace {

constexpr int16_t kTransactionalBit = 1 << 4;
constexpr int16_t kControlBit = 1 << 5;
constexpr size_t kCrcPosition = 17;

// Record attributes, length, the two deltas, two lengths and the header count
// at their longest.
constexpr size_t kRecordOverheadMax =
    1 + kVarint64BytesMax + 5 * kVarint32BytesMax;

// How far the buffer is extended at a time. std::string fills what it gains
// with zeros; in small steps those lines are in the nearest cache when the
// record is written over them, so the fill costs next to nothing.
constexpr size_t kExtendBytes = 4096;

// Present or absent bytes behind their length, -1 for absent.
size_t FieldBytes(const std::optional<std::string_view>& field) {
  if (!field.has_value()) return 1;
  return VarintBytes32(static_cast<int32_t>(field->size())) + field->size();
}

char* WriteField(const std::optional<std::string_view>& field, char* to) {
  if (!field.has_value()) return WriteVarint32(-1, to);
  to = WriteVarint32(static_cast<int32_t>(field->size()), to);
  // An empty view may point nowhere, which memcpy does not take.
  if (field->empty()) return to;
  std::memcpy(to, field->data(), field->size());
  return to + field->size();
}

size_t HeadersBytes(absl::Span<const HeaderView> headers) {
  size_t bytes = VarintBytes32(static_cast<int32_t>(headers.size()));
  for (const HeaderView& header : headers) {
    bytes += FieldBytes(header.name) + FieldBytes(header.value);
  }
  return bytes;
}

// Differences wrap, as the reader's sums do, so that any two times work.
int64_t WrappingDifference(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) -
                              static_cast<uint64_t>(b));
}

// Computes the checksum of a finished batch and puts it in its place.
void Seal(std::string* batch) {
  const uint32_t crc = Crc32c(std::string_view(*batch).substr(kCrcBegin));
  StoreBigEndian(crc, batch->data() + kCrcPosition);
}

}  // namespace

BatchBuilder::BatchBuilder(Codec codec) : codec_(codec) {}

void BatchBuilder::SetCodec(Codec codec, std::optional<int> level) {
  codec_ = codec;
  level_ = level;
}

void BatchBuilder::Reserve(size_t bytes) {
  const size_t need = used_ + bytes;
  if (need <= buffer_.size()) return;
  if (need > buffer_.capacity()) {
    buffer_.reserve(std::max({need, buffer_.capacity() * 2, expected_bytes_}));
  }
  buffer_.resize(std::min(need + kExtendBytes, buffer_.capacity()));
}

void BatchBuilder::Append(int64_t timestamp_ms,
                          const std::optional<std::string_view>& key,
                          const std::optional<std::string_view>& value,
                          absl::Span<const HeaderView> headers) {
  if (record_count_ == 0) {
    base_timestamp_ms_ = timestamp_ms;
    max_timestamp_ms_ = timestamp_ms;
  }
  max_timestamp_ms_ = std::max(max_timestamp_ms_, timestamp_ms);
  const int64_t timestamp_delta =
      WrappingDifference(timestamp_ms, base_timestamp_ms_);
  const size_t header_bytes = headers.empty() ? 1 : HeadersBytes(headers);
  const size_t body_bytes = 1 + VarintBytes64(timestamp_delta) +
                            VarintBytes32(record_count_) + FieldBytes(key) +
                            FieldBytes(value) + header_bytes;
  Reserve(kVarint32BytesMax + body_bytes);

  char* to = buffer_.data() + used_;
  to = WriteVarint32(static_cast<int32_t>(body_bytes), to);
  *to++ = 0;
  to = WriteVarint64(timestamp_delta, to);
  to = WriteVarint32(record_count_, to);
  to = WriteField(key, to);
  to = WriteField(value, to);
  to = WriteVarint32(static_cast<int32_t>(headers.size()), to);
  for (const HeaderView& header : headers) {
    to = WriteField(header.name, to);
    to = WriteField(header.value, to);
  }
  used_ = static_cast<size_t>(to - buffer_.data());
  ++record_count_;
}

size_t BatchBuilder::RecordBytesMax(
    const std::optional<std::string_view>& key,
    const std::optional<std::string_view>& value,
    absl::Span<const HeaderView> headers) {
  size_t bytes = kRecordOverheadMax;
  if (key.has_value()) bytes += key->size();
  if (value.has_value()) bytes += value->size();
  return bytes + (headers.empty() ? 1 : HeadersBytes(headers));
}

std::string BatchBuilder::Finish(const Producer& producer) {
  CHECK_GT(record_count_, 0) << "a batch needs at least one record";
  std::string batch;
  if (codec_ == Codec::kNone && used_ < buffer_.capacity() / 2) {
    // A small batch must not carry a large buffer away.
    batch.assign(buffer_, 0, used_);
  } else if (codec_ == Codec::kNone) {
    // With room for the guess of the last record, which is a little too high:
    // a few bytes short would move the whole batch.
    expected_bytes_ = used_ + kRecordOverheadMax;
    buffer_.resize(used_);
    batch = std::exchange(buffer_, std::string());
  } else {
    const std::string_view records =
        std::string_view(buffer_).substr(0, used_).substr(kBatchHeaderBytes);
    batch.resize(kBatchHeaderBytes);
    const absl::Status status = Compress(codec_, level_, records, &batch);
    CHECK(status.ok()) << status;
  }
  CHECK_LE(batch.size(),
           static_cast<size_t>(std::numeric_limits<int32_t>::max()))
      << "the caller bounds batches by EstimateBytes";

  BatchHeader header;
  header.length = static_cast<int32_t>(batch.size() - kBatchOverheadBytes);
  header.leader_epoch = kNoLeaderEpoch;
  header.attributes = static_cast<int16_t>(codec_);
  header.last_offset_delta = record_count_ - 1;
  header.base_timestamp_ms = base_timestamp_ms_;
  header.max_timestamp_ms = max_timestamp_ms_;
  header.producer_id = producer.id;
  header.producer_epoch = producer.epoch;
  header.base_sequence = producer.base_sequence;
  header.record_count = record_count_;
  header.Write(batch.data());
  Seal(&batch);
  Reset();
  return batch;
}

void BatchBuilder::Reset() {
  used_ = kBatchHeaderBytes;
  record_count_ = 0;
  base_timestamp_ms_ = 0;
  max_timestamp_ms_ = 0;
}

void Restamp(std::string* batch, const BatchBuilder::Producer& producer) {
  std::optional<BatchHeader> header = BatchHeader::Parse(*batch);
  CHECK(header.has_value()) << "Restamp needs a finished batch";
  header->producer_id = producer.id;
  header->producer_epoch = producer.epoch;
  header->base_sequence = producer.base_sequence;
  header->Write(batch->data());
  Seal(batch);
}

std::string BuildControlBatch(int16_t type, std::string_view value,
                              int64_t timestamp_ms,
                              const BatchBuilder::Producer& producer) {
  // Version 0, then the type.
  char key[4] = {};
  StoreBigEndian(type, key + 2);
  BatchBuilder builder;
  builder.Append(timestamp_ms, std::string_view(key, sizeof(key)), value);
  std::string batch = builder.Finish(producer);
  int16_t attributes = kControlBit;
  if (producer.id != kNoProducer) attributes |= kTransactionalBit;
  StoreBigEndian(attributes, batch.data() + kCrcBegin);
  Seal(&batch);
  return batch;
}

}  // namespace barnabas::record
