#include "storage/record/batch_header.h"

#include "storage/record/byte_order.h"

namespace barnabas::record {
namespace {

constexpr int64_t kSequences = int64_t{1} << 31;

}  // namespace

std::optional<BatchHeader> BatchHeader::Parse(std::string_view bytes) {
  if (bytes.size() < kBatchHeaderBytes) return std::nullopt;
  const char* at = bytes.data();
  BatchHeader header;
  header.base_offset = Offset(LoadBigEndian<int64_t>(at));
  header.length = LoadBigEndian<int32_t>(at + 8);
  header.leader_epoch = LeaderEpoch(LoadBigEndian<int32_t>(at + 12));
  header.magic = LoadBigEndian<int8_t>(at + 16);
  header.crc = LoadBigEndian<uint32_t>(at + 17);
  header.attributes = LoadBigEndian<int16_t>(at + 21);
  header.last_offset_delta = LoadBigEndian<int32_t>(at + 23);
  header.base_timestamp_ms = LoadBigEndian<int64_t>(at + 27);
  header.max_timestamp_ms = LoadBigEndian<int64_t>(at + 35);
  header.producer_id = ProducerId(LoadBigEndian<int64_t>(at + 43));
  header.producer_epoch = ProducerEpoch(LoadBigEndian<int16_t>(at + 51));
  header.base_sequence = LoadBigEndian<int32_t>(at + 53);
  header.record_count = LoadBigEndian<int32_t>(at + 57);
  return header;
}

void BatchHeader::Write(char* out) const {
  StoreBigEndian(base_offset.value(), out);
  StoreBigEndian(length, out + 8);
  StoreBigEndian(leader_epoch.value(), out + 12);
  StoreBigEndian(magic, out + 16);
  StoreBigEndian(crc, out + 17);
  StoreBigEndian(attributes, out + 21);
  StoreBigEndian(last_offset_delta, out + 23);
  StoreBigEndian(base_timestamp_ms, out + 27);
  StoreBigEndian(max_timestamp_ms, out + 35);
  StoreBigEndian(producer_id.value(), out + 43);
  StoreBigEndian(producer_epoch.value(), out + 51);
  StoreBigEndian(base_sequence, out + 53);
  StoreBigEndian(record_count, out + 57);
}

int32_t BatchHeader::LastSequence() const {
  if (base_sequence < 0) return base_sequence;
  return SequenceAfter(base_sequence, last_offset_delta);
}

int32_t SequenceAfter(int32_t sequence, int32_t count) {
  int64_t sum = (int64_t{sequence} + count) % kSequences;
  if (sum < 0) sum += kSequences;
  return static_cast<int32_t>(sum);
}

}  // namespace barnabas::record
