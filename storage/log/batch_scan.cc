#include "storage/log/batch_scan.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/types/error.h"
#include "proto/types/status_macros.h"
#include "proto/types/text.h"
#include "proto/types/units.h"
#include "storage/log/batch_walk.h"
#include "storage/record/crc32c.h"

namespace barnabas::log {
namespace {

constexpr size_t kChunk = 512 * kKiB;

}  // namespace

BatchScan::BatchScan(std::shared_ptr<const env::File> file, int64_t position,
                     int64_t end)
    : file_(std::move(file)), end_(end), position_(position) {}

absl::Status BatchScan::Bad(std::string_view why) const {
  return MakeError(ErrorCode::kCorruptRecord,
                   absl::StrCat(file_->path(), " at position ", position_, ": ",
                                AsAbsl(why)),
                   "barnabas storage verify DIR");
}

absl::StatusOr<std::string_view> BatchScan::View(size_t size) {
  const int64_t buffer_end =
      buffer_position_ + static_cast<int64_t>(buffer_size_);
  if (position_ < buffer_position_ ||
      position_ + static_cast<int64_t>(size) > buffer_end) {
    const size_t wanted = static_cast<size_t>(
        std::min<int64_t>(std::max<int64_t>(kChunk, size), end_ - position_));
    if (buffer_.size() < wanted) buffer_.resize(wanted);
    buffer_size_ = 0;
    ASSIGN_OR_RETURN(buffer_size_,
                     file_->ReadAt(position_, wanted, buffer_.data()));
    buffer_position_ = position_;
  }
  const size_t skip = static_cast<size_t>(position_ - buffer_position_);
  return std::string_view(buffer_.data(), buffer_size_).substr(skip, size);
}

absl::StatusOr<std::optional<record::BatchView>> BatchScan::Next() {
  if (position_ >= end_) return std::nullopt;
  ASSIGN_OR_RETURN(std::string_view bytes, View(record::kBatchHeaderBytes));
  const std::optional<record::BatchHeader> header =
      record::BatchHeader::Parse(bytes);
  if (!header.has_value()) return Bad("a header is cut short");
  if (const std::string_view fault = FaultOf(*header); !fault.empty()) {
    return Bad(fault);
  }
  if (header->SizeBytes() > end_ - position_) {
    return Bad("the batch is cut short");
  }
  const size_t size = static_cast<size_t>(header->SizeBytes());
  ASSIGN_OR_RETURN(bytes, View(size));
  if (bytes.size() < size) return Bad("the file ends inside the batch");
  if (record::Crc32c(bytes.substr(record::kCrcBegin)) != header->crc) {
    return Bad("its checksum does not match");
  }
  position_ += header->SizeBytes();
  return record::BatchView{*header, bytes};
}

}  // namespace barnabas::log
