#include "broker/service/partition_reader.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/types/error.h"
#include "proto/types/status_macros.h"

namespace barnabas::broker {
namespace {

absl::StatusOr<Offset> AtTime(const Partition& partition, int64_t timestamp_ms,
                              Offset high_watermark) {
  ASSIGN_OR_RETURN(const std::shared_ptr<const log::PartitionLog> log,
                   partition.Log());
  ASSIGN_OR_RETURN(const std::optional<log::PartitionLog::TimeMatch> match,
                   log->FindTime(timestamp_ms));
  if (!match.has_value()) return high_watermark;
  return std::min(match->offset, high_watermark);
}

void AddRecord(const record::RecordView& view, v1::RecordBatch* records) {
  v1::Record* record = records->add_records();
  record->set_offset(view.offset.value());
  record->set_timestamp_ms(view.timestamp_ms);
  if (view.key.has_value()) record->set_key(std::string(*view.key));
  if (view.value.has_value()) record->set_value(std::string(*view.value));
  for (const record::HeaderView& header_view : view.headers) {
    v1::Header* header = record->add_headers();
    header->set_name(std::string(header_view.name));
    if (header_view.value.has_value()) {
      header->set_value(std::string(*header_view.value));
    }
  }
}

}  // namespace

absl::StatusOr<Offset> ResolvePosition(const Partition& partition,
                                       const v1::Position& position,
                                       const v1::Position& otherwise) {
  ASSIGN_OR_RETURN(const Partition::Positions now,
                   partition.Serve(std::nullopt));
  const v1::Position& wanted =
      position.at_case() == v1::Position::AT_NOT_SET ? otherwise : position;
  switch (wanted.at_case()) {
    case v1::Position::kStart:
      return now.log_start;
    case v1::Position::kEnd:
      return now.high_watermark;
    case v1::Position::kTimestampMs:
      return AtTime(partition, wanted.timestamp_ms(), now.high_watermark);
    case v1::Position::kLast: {
      const int64_t last = std::max<int64_t>(0, wanted.last());
      const int64_t held = Distance(now.log_start, now.high_watermark);
      return now.high_watermark.Plus(-std::min(last, held));
    }
    case v1::Position::kOffset:
      break;
    case v1::Position::AT_NOT_SET:
      return now.log_start;
  }
  const Offset offset(wanted.offset());
  if (offset >= now.log_start && offset <= now.log_end) return offset;
  return WithOffsetRange(
      MakeError(
          ErrorCode::kOffsetOutOfRange,
          absl::StrCat("offset ", offset.value(), " of partition ",
                       partition.key().partition.value(), " of ",
                       partition.topic(), " is not in [", now.log_start.value(),
                       ", ", now.log_end.value(), "]"),
          "begin at an offset in the range, or at start or end"),
      {now.log_start, now.log_end});
}

absl::StatusOr<std::optional<Offset>> ResolveStop(const Partition& partition,
                                                  const v1::Position& until) {
  if (until.at_case() == v1::Position::AT_NOT_SET) return std::nullopt;
  if (until.has_offset()) return Offset(until.offset());
  ASSIGN_OR_RETURN(const Offset stop, ResolvePosition(partition, until, until));
  return stop;
}

PartitionReader::PartitionReader(std::shared_ptr<Partition> partition,
                                 Offset from, std::optional<Offset> until)
    : partition_(std::move(partition)), next_(from), until_(until) {
  cursor_.next = from;
}

void PartitionReader::Seek(Offset offset) {
  next_ = offset;
  cursor_ = log::ReadCursor{.next = offset};
}

absl::StatusOr<grpc::Slice> PartitionReader::ReadEncoded(int64_t bytes_max,
                                                         BufferPool* buffers) {
  std::unique_ptr<BufferPool::Buffer> buffer;
  ASSIGN_OR_RETURN(
      const log::ReadOutcome outcome,
      partition_->Read(next_, bytes_max, &cursor_, [&](size_t size) {
        buffer = buffers->Take(size);
        return buffer->bytes();
      }));
  if (outcome.bytes.empty()) return grpc::Slice();
  next_ = outcome.next_offset;
  return BufferPool::ToSlice(std::move(buffer), outcome.bytes);
}

absl::StatusOr<int64_t> PartitionReader::ReadStructured(
    int64_t bytes_max, int64_t records_max, BufferPool* buffers,
    v1::RecordBatch* records) {
  std::unique_ptr<BufferPool::Buffer> buffer;
  ASSIGN_OR_RETURN(
      const log::ReadOutcome outcome,
      partition_->Read(next_, bytes_max, &cursor_, [&](size_t size) {
        buffer = buffers->Take(size);
        return buffer->bytes();
      }));
  record::BatchReader batches(outcome.bytes);
  const Offset begin = next_;
  while (true) {
    ASSIGN_OR_RETURN(const std::optional<record::BatchView> batch,
                     batches.Next());
    if (!batch.has_value()) break;
    if (!batch->header.IsControl()) {
      const absl::Status decoded = Decode(*batch, records_max, records);
      // What was decoded before a damaged batch is given out first.
      if (!decoded.ok() && next_ == begin && records->records().empty()) {
        return decoded;
      }
      if (!decoded.ok()) break;
    }
    const bool full = records_max > 0 && records->records_size() >= records_max;
    if (full || AtEnd()) break;
    next_ = std::max(next_, batch->header.NextOffset());
  }
  if (cursor_.next != next_) cursor_ = log::ReadCursor{.next = next_};
  return static_cast<int64_t>(outcome.bytes.size());
}

absl::Status PartitionReader::Decode(const record::BatchView& batch,
                                     int64_t records_max,
                                     v1::RecordBatch* records) {
  RETURN_IF_ERROR(decoder_.Open(batch, /*check_crc=*/true));
  record::RecordView view;
  while (true) {
    ASSIGN_OR_RETURN(const bool more, decoder_.Next(&view));
    if (!more) return absl::OkStatus();
    if (view.offset < next_) continue;
    if (records_max > 0 && records->records_size() >= records_max) {
      return absl::OkStatus();
    }
    if (until_.has_value() && view.offset >= *until_) {
      next_ = *until_;
      return absl::OkStatus();
    }
    AddRecord(view, records);
    next_ = view.offset.Next();
  }
}

}  // namespace barnabas::broker
