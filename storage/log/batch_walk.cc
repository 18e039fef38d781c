#include "storage/log/batch_walk.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "proto/types/error.h"
#include "proto/types/limits.h"
#include "proto/types/status_macros.h"
#include "proto/types/text.h"
#include "storage/record/crc32c.h"

namespace barnabas::log {
namespace {

constexpr int64_t kHeaderBytes = record::kBatchHeaderBytes;

}  // namespace

std::string_view FaultOf(const record::BatchHeader& header) {
  if (header.magic != record::kMagic) return "its magic is not 2";
  if (header.SizeBytes() < kHeaderBytes ||
      header.SizeBytes() > kBatchBytesMax) {
    return "its length is out of range";
  }
  if (header.base_offset.value() < 0) return "its base offset is negative";
  if (header.last_offset_delta < 0 || header.record_count < 0) {
    return "its counts are negative";
  }
  return "";
}

BatchWalk::BatchWalk(const env::File* file, int64_t position, int64_t end,
                     WalkDepth depth, size_t window)
    : file_(file),
      end_(end),
      depth_(depth),
      window_(std::max(window, record::kBatchHeaderBytes)),
      position_(position) {}

absl::Status BatchWalk::Bad(std::string_view why) const {
  return MakeError(ErrorCode::kCorruptRecord,
                   absl::StrCat(file_->path(), " at position ", position_, ": ",
                                AsAbsl(why)),
                   "barnabas storage verify DIR");
}

absl::StatusOr<std::string_view> BatchWalk::View(int64_t position,
                                                 size_t size) {
  const bool inside = position >= buffer_position_ &&
                      position + static_cast<int64_t>(size) <=
                          buffer_position_ + static_cast<int64_t>(buffer_size_);
  if (!inside) {
    if (buffer_.size() < window_) buffer_.resize(window_);
    const size_t wanted =
        static_cast<size_t>(std::min<int64_t>(buffer_.size(), end_ - position));
    buffer_size_ = 0;
    ASSIGN_OR_RETURN(buffer_size_,
                     file_->ReadAt(position, wanted, buffer_.data()));
    buffer_position_ = position;
  }
  const size_t skip = static_cast<size_t>(position - buffer_position_);
  return std::string_view(buffer_.data(), buffer_size_).substr(skip, size);
}

absl::Status BatchWalk::CheckChecksum(const record::BatchHeader& header) {
  int64_t at = position_ + static_cast<int64_t>(record::kCrcBegin);
  const int64_t end = position_ + header.SizeBytes();
  uint32_t crc = 0;
  while (at < end) {
    const size_t size = static_cast<size_t>(
        std::min<int64_t>(end - at, static_cast<int64_t>(window_)));
    ASSIGN_OR_RETURN(const std::string_view bytes, View(at, size));
    if (bytes.empty()) return Bad("the file ends inside the batch");
    crc = record::ExtendCrc32c(crc, bytes);
    at += static_cast<int64_t>(bytes.size());
  }
  if (crc != header.crc) return Bad("its checksum does not match");
  return absl::OkStatus();
}

absl::StatusOr<std::optional<BatchWalk::Step>> BatchWalk::Next() {
  if (position_ >= end_) return std::nullopt;
  if (end_ - position_ < kHeaderBytes) return Bad("a header is cut short");
  ASSIGN_OR_RETURN(const std::string_view bytes,
                   View(position_, record::kBatchHeaderBytes));
  const std::optional<record::BatchHeader> header =
      record::BatchHeader::Parse(bytes);
  if (!header.has_value()) return Bad("the file ends inside a header");
  if (const std::string_view fault = FaultOf(*header); !fault.empty()) {
    return Bad(fault);
  }
  if (header->SizeBytes() > end_ - position_) {
    return Bad("the batch is cut short");
  }
  if (depth_ == WalkDepth::kChecksums) {
    RETURN_IF_ERROR(CheckChecksum(*header));
  }
  const Step step{*header, position_};
  position_ = step.End();
  return step;
}

}  // namespace barnabas::log
