#include "client/consumer/frame_cursor.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/types/error.h"
#include "proto/types/status_macros.h"

namespace barnabas::client {
namespace {

constexpr int32_t kReservedMax = 16 * 1024;

absl::Status CutShort(int64_t position, size_t left) {
  return WithOffsetRange(
      MakeError(ErrorCode::kCorruptRecord,
                absl::StrCat("the ", left, " bytes at offset ", position,
                             " are no whole batch"),
                "read them again; skip the offset if that does not help"),
      OffsetRange{Offset(position), Offset(position + 1)});
}

}  // namespace

FrameCursor::FrameCursor(rpc::Pieces pieces, bool check_crc)
    : pieces_(std::move(pieces)), check_crc_(check_crc), cursor_(pieces_) {}

absl::Status FrameCursor::OpenNext(int64_t* position) {
  while (!cursor_.AtEnd()) {
    char head[record::kBatchHeaderBytes];
    const auto header = record::BatchHeader::Parse(
        std::string_view(head, cursor_.Peek(sizeof(head), head)));
    if (!header.has_value() ||
        header->SizeBytes() < static_cast<int64_t>(record::kBatchHeaderBytes) ||
        header->SizeBytes() > static_cast<int64_t>(cursor_.left())) {
      return CutShort(*position, cursor_.left());
    }
    rpc::Pieces bytes;
    cursor_.Take(static_cast<size_t>(header->SizeBytes()), &bytes);
    const int64_t next = header->NextOffset().value();
    if (next <= *position) continue;
    if (header->IsControl()) {
      *position = next;
      continue;
    }
    auto batch = std::make_shared<OpenBatch>();
    batch->header = *header;
    RETURN_IF_ERROR(batch->reader.OpenPieces(*header, bytes, check_crc_));
    batch_ = std::move(batch);
    return absl::OkStatus();
  }
  return absl::OkStatus();
}

absl::Status FrameCursor::ReadBatch(int64_t records_max, int64_t* position,
                                    RecordChunk* chunk) {
  std::vector<record::RecordView>& records = chunk->records;
  const size_t bound =
      records_max > 0 ? static_cast<size_t>(records_max) : records.max_size();
  // A count that lies must not make us reserve the world.
  const int32_t expected =
      std::clamp(batch_->header.record_count, 0, kReservedMax);
  const size_t wanted =
      std::min(bound, records.size() + static_cast<size_t>(expected));
  // Doubling, since reserve alone would copy once for each batch.
  if (wanted > records.capacity()) {
    records.reserve(std::max(wanted, records.capacity() * 2));
  }
  const size_t before = records.size();
  const absl::StatusOr<bool> more =
      batch_->reader.Read(Offset(*position), bound, &records);
  if (records.size() > before) {
    chunk->holds.push_back(batch_);
    *position = records.back().offset.value() + 1;
  }
  RETURN_IF_ERROR(more.status());
  if (!*more) {
    *position = std::max(*position, batch_->header.NextOffset().value());
    batch_.reset();
  }
  return absl::OkStatus();
}

absl::Status FrameCursor::Read(int64_t records_max, int64_t* position,
                               RecordChunk* chunk) {
  const auto is_full = [&] {
    return records_max > 0 &&
           chunk->records.size() >= static_cast<size_t>(records_max);
  };
  while (failure_.ok() && !is_full()) {
    if (batch_ == nullptr) failure_ = OpenNext(position);
    if (!failure_.ok() || batch_ == nullptr) break;
    failure_ = ReadBatch(records_max, position, chunk);
  }
  return failure_;
}

}  // namespace barnabas::client
