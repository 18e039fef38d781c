#include "storage/record/batch_reader.h"

#include <algorithm>
#include <limits>

#include "absl/strings/str_cat.h"
#include "proto/types/error.h"
#include "proto/types/limits.h"
#include "proto/types/status_macros.h"
#include "proto/types/text.h"
#include "storage/record/byte_order.h"
#include "storage/record/compression.h"
#include "storage/record/crc32c.h"
#include "storage/record/varint.h"

namespace barnabas::record {
namespace {

constexpr int8_t kCodecBitsMax = 4;
// Version and type of a control record's key.
constexpr size_t kControlKeyBytes = 4;

// An error about `header`'s batch that names the offsets it spans.
absl::Status Damaged(const BatchHeader& header, std::string_view why) {
  const int64_t begin = header.base_offset.value();
  const int64_t span = std::clamp<int64_t>(
      int64_t{header.last_offset_delta} + 1, 0,
      std::numeric_limits<int64_t>::max() - std::max<int64_t>(begin, 0));
  return WithOffsetRange(
      MakeError(ErrorCode::kCorruptRecord,
                absl::StrCat("batch at offset ", begin, ": ", AsAbsl(why)),
                "read it again; skip its offsets if that does not help"),
      OffsetRange{header.base_offset, header.base_offset.Plus(span)});
}

absl::Status WithRangeOf(const BatchHeader& header,
                         const absl::Status& status) {
  if (CodeOf(status) != ErrorCode::kCorruptRecord) return status;
  return Damaged(header, AsStd(status.message()));
}

// Reads bytes behind their length; -1 is absent. nullptr on damage.
const char* ReadField(const char* at, const char* end,
                      std::optional<std::string_view>* field) {
  int32_t size = 0;
  at = ReadVarint32(at, end, &size);
  if (at == nullptr || size < -1 || size > end - at) return nullptr;
  if (size == -1) {
    field->reset();
    return at;
  }
  field->emplace(at, static_cast<size_t>(size));
  return at + size;
}

// nullptr on damage.
const char* ReadHeaders(const char* at, const char* end, RecordView* record) {
  record->headers.clear();
  int32_t count = 0;
  at = ReadVarint32(at, end, &count);
  // Each header takes two bytes at least: a count beyond that lies, and must
  // not make us reserve anything.
  if (at == nullptr || count < 0 || count > (end - at) / 2) return nullptr;
  for (int32_t i = 0; i < count; ++i) {
    HeaderView header;
    std::optional<std::string_view> name;
    at = ReadField(at, end, &name);
    if (at == nullptr || !name.has_value()) return nullptr;
    header.name = *name;
    at = ReadField(at, end, &header.value);
    if (at == nullptr) return nullptr;
    record->headers.push_back(header);
  }
  return at;
}

}  // namespace

absl::StatusOr<std::optional<BatchView>> BatchReader::Next() {
  const std::optional<BatchHeader> header = BatchHeader::Parse(rest_);
  if (!header.has_value()) return std::nullopt;
  if (header->SizeBytes() < static_cast<int64_t>(kBatchHeaderBytes)) {
    return Damaged(*header,
                   absl::StrCat("its length field says ", header->length,
                                ", less than a header takes"));
  }
  const size_t size = static_cast<size_t>(header->SizeBytes());
  if (size > rest_.size()) return std::nullopt;
  BatchView view{*header, rest_.substr(0, size)};
  rest_.remove_prefix(size);
  return view;
}

absl::Status RecordReader::Open(const BatchView& batch, bool check_crc) {
  header_ = batch.header;
  left_ = 0;
  rest_ = {};
  if (header_.magic != kMagic) {
    return MakeError(
        ErrorCode::kUnsupportedBatchFormat,
        absl::StrCat("batch at offset ", header_.base_offset.value(),
                     ": magic is ", header_.magic, ", expected ", kMagic),
        "write batches of version 2");
  }
  const int64_t base = header_.base_offset.value();
  if (batch.bytes.size() < kBatchHeaderBytes || header_.record_count < 0 ||
      header_.last_offset_delta < 0 || base < 0 ||
      base >
          std::numeric_limits<int64_t>::max() - header_.last_offset_delta - 1) {
    return Damaged(header_, "its header contradicts itself");
  }
  if (check_crc) {
    const uint32_t crc = Crc32c(batch.bytes.substr(kCrcBegin));
    if (crc != header_.crc) {
      return Damaged(
          header_, absl::StrCat("checksum is ", absl::Hex(crc),
                                ", its header says ", absl::Hex(header_.crc)));
    }
  }
  if (header_.CodecBits() > kCodecBitsMax) {
    return MakeError(
        ErrorCode::kUnsupportedCompression,
        absl::StrCat("batch at offset ", header_.base_offset.value(),
                     ": codec ", header_.CodecBits(), " is not known"),
        "use none, gzip, snappy, lz4 or zstd");
  }
  rest_ = batch.RecordBytes();
  // Compaction leaves the codec bits of a batch that lost its last record.
  if (header_.codec() != Codec::kNone && header_.record_count > 0) {
    const absl::Status status =
        Decompress(header_.codec(), rest_, kInflatedBytesMax, &inflated_);
    if (!status.ok()) {
      rest_ = {};
      return WithRangeOf(header_, status);
    }
    rest_ = inflated_;
  }
  left_ = header_.record_count;
  return absl::OkStatus();
}

absl::StatusOr<bool> RecordReader::Next(RecordView* record) {
  if (left_ == 0) {
    if (!rest_.empty()) {
      return Damaged(
          header_, absl::StrCat(rest_.size(), " bytes follow its last record"));
    }
    return false;
  }
  const char* const all_end = rest_.data() + rest_.size();
  int32_t size = 0;
  const char* at = ReadVarint32(rest_.data(), all_end, &size);
  if (at == nullptr || size < 1 || size > all_end - at) {
    return Damaged(header_, "the length of a record does not fit");
  }
  const char* const end = at + size;
  ++at;  // Attributes of records mean nothing yet.
  int64_t timestamp_delta = 0;
  int32_t offset_delta = 0;
  at = ReadVarint64(at, end, &timestamp_delta);
  if (at != nullptr) at = ReadVarint32(at, end, &offset_delta);
  if (at != nullptr) at = ReadField(at, end, &record->key);
  if (at != nullptr) at = ReadField(at, end, &record->value);
  if (at != nullptr) at = ReadHeaders(at, end, record);
  if (at != end) {
    return Damaged(header_, "the fields of a record do not fit its length");
  }
  if (offset_delta < 0 || offset_delta > header_.last_offset_delta) {
    return Damaged(header_,
                   absl::StrCat("a record has offset delta ", offset_delta,
                                " of at most ", header_.last_offset_delta));
  }
  record->offset = header_.base_offset.Plus(offset_delta);
  record->timestamp_ms =
      header_.timestamp_type() == TimestampType::kLogAppendTime
          ? header_.max_timestamp_ms
          : static_cast<int64_t>(
                static_cast<uint64_t>(header_.base_timestamp_ms) +
                static_cast<uint64_t>(timestamp_delta));
  rest_.remove_prefix(static_cast<size_t>(end - rest_.data()));
  --left_;
  return true;
}

absl::StatusOr<int16_t> ControlTypeOf(const BatchView& batch) {
  if (!batch.header.IsControl()) {
    return MakeError(
        ErrorCode::kInvalidRecord,
        absl::StrCat("batch at offset ", batch.header.base_offset.value(),
                     " is not a control batch"));
  }
  RecordReader reader;
  RETURN_IF_ERROR(reader.Open(batch, /*check_crc=*/false));
  RecordView record;
  ASSIGN_OR_RETURN(const bool found, reader.Next(&record));
  if (!found || !record.key.has_value() ||
      record.key->size() < kControlKeyBytes) {
    return Damaged(batch.header, "a control batch without a control key");
  }
  return LoadBigEndian<int16_t>(record.key->data() + 2);
}

}  // namespace barnabas::record
