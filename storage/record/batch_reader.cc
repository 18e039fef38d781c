#include "storage/record/batch_reader.h"

#include <algorithm>
#include <limits>
#include <utility>

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

// A zigzag number of one or two bytes, both of which must be readable; false if
// it is longer.
inline bool ReadShort(const char** at, uint32_t* zigzag) {
  const uint32_t first = static_cast<uint8_t>((*at)[0]);
  if (first < 0x80) {
    *zigzag = first;
    *at += 1;
    return true;
  }
  const uint32_t second = static_cast<uint8_t>((*at)[1]);
  *zigzag = (first & 0x7f) | second << 7;
  *at += 2;
  return second < 0x80;
}

// The bytes behind their short length; false if unusual.
inline bool ReadShortField(const char** at, const char* end,
                           std::optional<std::string_view>* field) {
  uint32_t zigzag = 0;
  if (end - *at < 2 || !ReadShort(at, &zigzag)) return false;
  if (zigzag == ZigZag32(-1)) {
    field->reset();
    return true;
  }
  const ptrdiff_t size = zigzag >> 1;
  if ((zigzag & 1) != 0 || size > end - *at) return false;
  field->emplace(*at, static_cast<size_t>(size));
  *at += size;
  return true;
}

// What nearly all records look like: short numbers, no headers. Where the next
// record begins; nullptr if this one is unusual or damaged, which the long way
// finds out.
inline const char* DecodePlain(const char* at, const char* all_end,
                               const BatchHeader& header, RecordView* record) {
  // Length, attributes, two deltas and the length of a key.
  constexpr ptrdiff_t kNumbersBytesMax = 9;
  uint32_t size = 0;
  uint32_t timestamp = 0;
  uint32_t offset = 0;
  if (all_end - at < kNumbersBytesMax || !ReadShort(&at, &size)) return nullptr;
  const char* const end = at + (size >> 1);
  if ((size & 1) != 0 || end > all_end) return nullptr;
  ++at;
  const bool plain = ReadShort(&at, &timestamp) && ReadShort(&at, &offset) &&
                     ReadShortField(&at, end, &record->key) &&
                     ReadShortField(&at, end, &record->value);
  if (!plain || end - at != 1 || *at != 0) return nullptr;
  const auto delta = static_cast<int32_t>(offset >> 1);
  if ((offset & 1) != 0 || delta > header.last_offset_delta) return nullptr;
  record->offset = header.base_offset.Plus(delta);
  record->timestamp_ms = static_cast<int64_t>(
      static_cast<uint64_t>(header.base_timestamp_ms) +
      static_cast<uint64_t>(int64_t{UnZigZag32(timestamp)}));
  record->headers = {};
  record->producer_id = header.producer_id;
  return end;
}

// Reads `count` headers. nullptr on damage.
const char* ReadHeaders(const char* at, const char* end, int32_t count,
                        std::vector<HeaderView>* headers) {
  headers->clear();
  // Each header takes two bytes at least: a count beyond that lies.
  if (count < 0 || count > (end - at) / 2) return nullptr;
  for (int32_t i = 0; i < count; ++i) {
    HeaderView header;
    std::optional<std::string_view> name;
    at = ReadField(at, end, &name);
    if (at == nullptr || !name.has_value()) return nullptr;
    header.name = *name;
    at = ReadField(at, end, &header.value);
    if (at == nullptr) return nullptr;
    headers->push_back(header);
  }
  return at;
}

size_t BytesOf(absl::Span<const std::string_view> pieces) {
  size_t bytes = 0;
  for (const std::string_view piece : pieces) bytes += piece.size();
  return bytes;
}

}  // namespace

uint32_t BatchCrc(absl::Span<const std::string_view> pieces) {
  size_t skip = kCrcBegin;
  uint32_t crc = 0;
  for (const std::string_view piece : pieces) {
    const size_t part = std::min(skip, piece.size());
    skip -= part;
    crc = ExtendCrc32c(crc, piece.substr(part));
  }
  return crc;
}

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
  return OpenPieces(batch.header, absl::MakeConstSpan(&batch.bytes, 1),
                    check_crc);
}

absl::Status RecordReader::OpenPieces(const BatchHeader& header,
                                      absl::Span<const std::string_view> pieces,
                                      bool check_crc) {
  header_ = header;
  left_ = 0;
  rest_ = {};
  next_piece_ = 0;
  pieces_.clear();
  joined_.clear();
  kept_headers_.clear();
  RETURN_IF_ERROR(Check(pieces, check_crc));
  pieces_.assign(pieces.begin(), pieces.end());
  Pass(kBatchHeaderBytes);
  // Compaction leaves the codec bits of a batch that lost its last record.
  if (header_.codec() != Codec::kNone && header_.record_count > 0) {
    const absl::Status inflated = Inflate();
    pieces_.clear();
    next_piece_ = 0;
    rest_ = {};
    if (!inflated.ok()) return WithRangeOf(header_, inflated);
    rest_ = inflated_;
  }
  left_ = header_.record_count;
  return absl::OkStatus();
}

absl::Status RecordReader::Check(absl::Span<const std::string_view> pieces,
                                 bool check_crc) const {
  const int64_t base = header_.base_offset.value();
  if (header_.magic != kMagic) {
    return MakeError(ErrorCode::kUnsupportedBatchFormat,
                     absl::StrCat("batch at offset ", base, ": magic is ",
                                  header_.magic, ", expected ", kMagic),
                     "write batches of version 2");
  }
  if (BytesOf(pieces) < kBatchHeaderBytes || header_.record_count < 0 ||
      header_.last_offset_delta < 0 || base < 0 ||
      base >
          std::numeric_limits<int64_t>::max() - header_.last_offset_delta - 1) {
    return Damaged(header_, "its header contradicts itself");
  }
  const uint32_t crc = check_crc ? BatchCrc(pieces) : header_.crc;
  if (crc != header_.crc) {
    return Damaged(header_,
                   absl::StrCat("checksum is ", absl::Hex(crc),
                                ", its header says ", absl::Hex(header_.crc)));
  }
  if (header_.CodecBits() > kCodecBitsMax) {
    return MakeError(ErrorCode::kUnsupportedCompression,
                     absl::StrCat("batch at offset ", base, ": codec ",
                                  header_.CodecBits(), " is not known"),
                     "use none, gzip, snappy, lz4 or zstd");
  }
  return absl::OkStatus();
}

void RecordReader::Pass(size_t bytes) {
  while (bytes >= rest_.size() && next_piece_ < pieces_.size()) {
    bytes -= rest_.size();
    rest_ = pieces_[next_piece_++];
  }
  rest_.remove_prefix(bytes);
}

absl::Status RecordReader::Inflate() {
  // Codecs want their bytes in one piece.
  std::string joined;
  std::string_view block = rest_;
  if (next_piece_ < pieces_.size()) {
    joined.append(rest_);
    for (size_t i = next_piece_; i < pieces_.size(); ++i) {
      joined.append(pieces_[i]);
    }
    block = joined;
  }
  return Decompress(header_.codec(), block, kInflatedBytesMax, &inflated_);
}

absl::StatusOr<bool> RecordReader::Next(RecordView* record) {
  if (left_ == 0) return End();
  const Fault fault = Take(record);
  if (fault != Fault::kNone) return StatusOf(fault);
  return true;
}

absl::StatusOr<bool> RecordReader::Read(Offset from, size_t records_max,
                                        std::vector<RecordView>* records) {
  const bool stamped = header_.timestamp_type() == TimestampType::kCreateTime;
  while (left_ > 0) {
    if (records->size() >= records_max) return true;
    RecordView& record = records->emplace_back();
    const char* const next =
        stamped ? DecodePlain(rest_.data(), rest_.data() + rest_.size(),
                              header_, &record)
                : nullptr;
    Fault fault = Fault::kNone;
    if (next != nullptr) {
      rest_.remove_prefix(static_cast<size_t>(next - rest_.data()));
      --left_;
    } else {
      fault = Take(&record);
    }
    if (fault != Fault::kNone) {
      records->pop_back();
      return StatusOf(fault);
    }
    if (record.offset < from) {
      records->pop_back();
      continue;
    }
    from = record.offset.Next();
    if (!record.headers.empty()) {
      record.headers = kept_headers_.emplace_back(record.headers.begin(),
                                                  record.headers.end());
    }
  }
  return End();
}

RecordReader::Fault RecordReader::Take(RecordView* record) {
  const char* const all_end = rest_.data() + rest_.size();
  int32_t size = 0;
  const char* const at = ReadVarint32(rest_.data(), all_end, &size);
  if (at != nullptr && size >= 1 && size <= all_end - at) {
    const Fault fault = Decode(at, at + size, record);
    if (fault != Fault::kNone) return fault;
    rest_.remove_prefix(static_cast<size_t>(at + size - rest_.data()));
    --left_;
    return Fault::kNone;
  }
  if (next_piece_ == pieces_.size()) return Fault::kLength;
  return TakeJoined(record);
}

RecordReader::Fault RecordReader::TakeJoined(RecordView* record) {
  std::string head(rest_.substr(0, kVarint32BytesMax));
  for (size_t i = next_piece_;
       i < pieces_.size() && head.size() < kVarint32BytesMax; ++i) {
    head.append(pieces_[i].substr(0, kVarint32BytesMax - head.size()));
  }
  int32_t size = 0;
  const char* const at =
      ReadVarint32(head.data(), head.data() + head.size(), &size);
  if (at == nullptr || size < 1) return Fault::kLength;
  const size_t begin = static_cast<size_t>(at - head.data());
  const size_t all = begin + static_cast<size_t>(size);
  size_t there = rest_.size();
  for (size_t i = next_piece_; i < pieces_.size() && there < all; ++i) {
    there += pieces_[i].size();
  }
  if (there < all) return Fault::kLength;
  std::string joined;
  joined.reserve(all);
  joined.append(rest_.substr(0, all));
  for (size_t i = next_piece_; joined.size() < all; ++i) {
    joined.append(pieces_[i].substr(0, all - joined.size()));
  }
  joined_.push_back(std::move(joined));
  const char* const bytes = joined_.back().data();
  const Fault fault = Decode(bytes + begin, bytes + all, record);
  if (fault != Fault::kNone) {
    joined_.pop_back();
    return fault;
  }
  Pass(all);
  --left_;
  return Fault::kNone;
}

RecordReader::Fault RecordReader::Decode(const char* at, const char* end,
                                         RecordView* record) {
  ++at;  // Attributes of records mean nothing yet.
  int64_t timestamp_delta = 0;
  int32_t offset_delta = 0;
  int32_t header_count = 0;
  at = ReadVarint64(at, end, &timestamp_delta);
  if (at != nullptr) at = ReadVarint32(at, end, &offset_delta);
  if (at != nullptr) at = ReadField(at, end, &record->key);
  if (at != nullptr) at = ReadField(at, end, &record->value);
  if (at != nullptr) at = ReadVarint32(at, end, &header_count);
  record->headers = {};
  if (at != nullptr && header_count != 0) {
    at = ReadHeaders(at, end, header_count, &headers_);
    record->headers = headers_;
  }
  if (at != end) return Fault::kFields;
  if (offset_delta < 0 || offset_delta > header_.last_offset_delta) {
    return Fault::kOffset;
  }
  record->offset = header_.base_offset.Plus(offset_delta);
  record->producer_id = header_.producer_id;
  record->timestamp_ms =
      header_.timestamp_type() == TimestampType::kLogAppendTime
          ? header_.max_timestamp_ms
          : static_cast<int64_t>(
                static_cast<uint64_t>(header_.base_timestamp_ms) +
                static_cast<uint64_t>(timestamp_delta));
  return Fault::kNone;
}

absl::Status RecordReader::StatusOf(Fault fault) const {
  switch (fault) {
    case Fault::kNone:
      return absl::OkStatus();
    case Fault::kLength:
      return Damaged(header_, "the length of a record does not fit");
    case Fault::kFields:
      return Damaged(header_, "the fields of a record do not fit its length");
    case Fault::kOffset:
      return Damaged(header_,
                     absl::StrCat("a record has an offset delta below 0 or "
                                  "above ",
                                  header_.last_offset_delta));
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> RecordReader::End() const {
  size_t bytes = rest_.size();
  for (size_t i = next_piece_; i < pieces_.size(); ++i) {
    bytes += pieces_[i].size();
  }
  if (bytes == 0) return false;
  return Damaged(header_, absl::StrCat(bytes, " bytes follow its last record"));
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
