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
    rpc::SliceCursor ahead = cursor_;
    std::string head;
    ahead.Append(record::kBatchHeaderBytes, &head);
    const auto header = record::BatchHeader::Parse(head);
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
    batch->view.header = *header;
    if (bytes.size() == 1) {
      batch->view.bytes = bytes[0];
    } else {
      batch->joined.reserve(static_cast<size_t>(header->SizeBytes()));
      for (const std::string_view piece : bytes) batch->joined.append(piece);
      batch->view.bytes = batch->joined;
    }
    RETURN_IF_ERROR(batch->reader.Open(batch->view, check_crc_));
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
      std::clamp(batch_->view.header.record_count, 0, kReservedMax);
  const size_t wanted =
      std::min(bound, records.size() + static_cast<size_t>(expected));
  // Doubling, since reserve alone would copy once for each batch.
  if (wanted > records.capacity()) {
    records.reserve(std::max(wanted, records.capacity() * 2));
  }
  const size_t before = records.size();
  bool more = true;
  absl::Status status;
  while (records.size() < bound) {
    record::RecordView& record = records.emplace_back();
    const absl::StatusOr<bool> found = batch_->reader.Next(&record);
    more = found.ok() && *found;
    if (!more || record.offset.value() < *position) records.pop_back();
    if (!found.ok()) status = found.status();
    if (!more) break;
    *position = std::max(*position, record.offset.value() + 1);
  }
  if (records.size() > before) chunk->holds.push_back(batch_);
  if (status.ok() && !more) {
    *position = std::max(*position, batch_->view.header.NextOffset().value());
    batch_.reset();
  }
  return status;
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
