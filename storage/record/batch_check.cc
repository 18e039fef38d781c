#include "storage/record/batch_check.h"

#include <algorithm>
#include <cstring>
#include <limits>
#include <optional>

#include "absl/strings/str_cat.h"
#include "proto/types/error.h"
#include "proto/types/limits.h"
#include "proto/types/status_macros.h"
#include "proto/types/text.h"
#include "storage/record/batch_reader.h"

namespace barnabas::record {
namespace {

constexpr size_t kMagicPosition = 16;
constexpr uint8_t kCodecBitsMax = 4;
// The shortest record: its length and six fields of one byte.
constexpr int64_t kRecordBytesMin = 7;
// Attribute bits that have a meaning; the others are zero.
constexpr int kKnownAttributes = 0x7f;

absl::Status Corrupt(std::string_view why) {
  return MakeError(ErrorCode::kCorruptRecord,
                   absl::StrCat("batch refused: ", AsAbsl(why)),
                   "send the batch again");
}

absl::Status Invalid(std::string_view why) {
  return MakeError(ErrorCode::kInvalidRecord,
                   absl::StrCat("batch refused: ", AsAbsl(why)),
                   "the library that made the batch breaks the format");
}

size_t TotalBytes(absl::Span<const std::string_view> slices) {
  size_t total = 0;
  for (std::string_view slice : slices) total += slice.size();
  return total;
}

// The first bytes of a batch that may straddle slices.
struct HeaderBytes {
  char bytes[kBatchHeaderBytes];
  size_t size = 0;

  std::string_view view() const { return std::string_view(bytes, size); }
};

HeaderBytes GatherHeader(absl::Span<const std::string_view> slices) {
  HeaderBytes gathered;
  for (std::string_view slice : slices) {
    const size_t part =
        std::min(slice.size(), kBatchHeaderBytes - gathered.size);
    if (part == 0) continue;
    std::memcpy(gathered.bytes + gathered.size, slice.data(), part);
    gathered.size += part;
  }
  return gathered;
}

absl::Status CheckCounts(const BatchHeader& header) {
  const int64_t body = header.SizeBytes() - kBatchHeaderBytes;
  if (header.last_offset_delta < 0 || header.record_count < 0 ||
      header.record_count > int64_t{header.last_offset_delta} + 1 ||
      header.record_count > kRecordsPerBatchMax) {
    return Invalid(absl::StrCat("record count ", header.record_count,
                                " does not go with last offset delta ",
                                header.last_offset_delta, "; at most ",
                                kRecordsPerBatchMax, " records"));
  }
  const int64_t body_min = header.codec() == Codec::kNone
                               ? header.record_count * kRecordBytesMin
                               : std::min(header.record_count, 1);
  if (body < body_min || (header.record_count == 0 && body != 0)) {
    return Invalid(absl::StrCat(header.record_count, " records cannot lie in ",
                                body, " bytes"));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<BatchHeader> CheckBatch(
    absl::Span<const std::string_view> slices) {
  const int64_t total = static_cast<int64_t>(TotalBytes(slices));
  const HeaderBytes gathered = GatherHeader(slices);
  if (gathered.size > kMagicPosition &&
      gathered.bytes[kMagicPosition] != kMagic) {
    return MakeError(
        ErrorCode::kUnsupportedBatchFormat,
        absl::StrCat("batch refused: magic is ",
                     static_cast<int>(gathered.bytes[kMagicPosition]),
                     ", expected ", kMagic),
        "send batches of version 2");
  }
  const std::optional<BatchHeader> header = BatchHeader::Parse(gathered.view());
  if (!header.has_value()) {
    return Corrupt(absl::StrCat("it has ", total, " bytes, a header alone has ",
                                kBatchHeaderBytes));
  }
  if (header->SizeBytes() != total) {
    return Corrupt(absl::StrCat("its length field says ", header->SizeBytes(),
                                " bytes in all, ", total, " are there"));
  }
  const uint32_t crc = BatchCrc(slices);
  if (crc != header->crc) {
    return Corrupt(absl::StrCat("its checksum is ", absl::Hex(crc),
                                ", its header says ", absl::Hex(header->crc)));
  }
  if (header->CodecBits() > kCodecBitsMax) {
    return MakeError(ErrorCode::kUnsupportedCompression,
                     absl::StrCat("batch refused: codec ", header->CodecBits(),
                                  " is not known"),
                     "use none, gzip, snappy, lz4 or zstd");
  }
  RETURN_IF_ERROR(CheckCounts(*header));
  // The offsets after the batch must exist.
  if (header->base_offset.value() < 0 ||
      header->base_offset.value() >
          std::numeric_limits<int64_t>::max() - header->last_offset_delta - 1) {
    return Corrupt(
        absl::StrCat("its base offset is ", header->base_offset.value()));
  }
  return *header;
}

absl::Status CheckProduced(const BatchHeader& header, int64_t bytes_max) {
  if (header.SizeBytes() > bytes_max) {
    return WithSize(
        MakeError(ErrorCode::kBatchTooLarge,
                  absl::StrCat("batch of ", header.SizeBytes(),
                               " bytes; the topic takes at most ", bytes_max),
                  "split the batch, or raise max.message.bytes"),
        SizeDetail{header.SizeBytes(), bytes_max});
  }
  if (header.IsControl()) return Invalid("clients may not set the control bit");
  if (header.HasDeleteHorizon()) {
    return Invalid("clients may not set a delete horizon");
  }
  if ((header.attributes & ~kKnownAttributes) != 0) {
    return Invalid(absl::StrCat("attributes are ", header.attributes,
                                "; bits above 6 must be zero"));
  }
  if (header.record_count < 1 ||
      header.record_count != int64_t{header.last_offset_delta} + 1) {
    return Invalid(absl::StrCat("record count ", header.record_count,
                                " is not last offset delta ",
                                header.last_offset_delta, " + 1"));
  }
  const bool stamped = header.producer_id.value() >= 0 &&
                       header.producer_epoch.value() >= 0 &&
                       header.base_sequence >= 0;
  const bool plain = header.producer_id == kNoProducer &&
                     header.producer_epoch == kNoProducerEpoch &&
                     header.base_sequence == -1;
  if (!stamped && !plain) {
    return Invalid(absl::StrCat("producer id ", header.producer_id.value(),
                                ", epoch ", header.producer_epoch.value(),
                                " and base sequence ", header.base_sequence,
                                " must all be there or all be -1"));
  }
  if (header.IsTransactional() && plain) {
    return Invalid("a transactional batch needs a producer id");
  }
  return absl::OkStatus();
}

absl::Status CheckRecords(std::string_view batch, bool allow_gaps) {
  BatchReader batches(batch);
  ASSIGN_OR_RETURN(const std::optional<BatchView> view, batches.Next());
  if (!view.has_value() || !batches.remaining().empty()) {
    return Corrupt("the bytes are not exactly one batch");
  }
  RecordReader reader;
  RETURN_IF_ERROR(reader.Open(*view, /*check_crc=*/false));
  RecordView record;
  int64_t expected = view->header.base_offset.value();
  while (true) {
    ASSIGN_OR_RETURN(const bool found, reader.Next(&record));
    if (!found) return absl::OkStatus();
    const int64_t offset = record.offset.value();
    if (offset < expected || (offset > expected && !allow_gaps)) {
      return Invalid(absl::StrCat("a record has offset ", offset, ", expected ",
                                  expected));
    }
    expected = offset + 1;
  }
}

}  // namespace barnabas::record
