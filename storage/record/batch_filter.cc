#include "storage/record/batch_filter.h"

#include <algorithm>
#include <array>
#include <vector>

#include "proto/types/limits.h"
#include "proto/types/status_macros.h"
#include "storage/record/compression.h"
#include "storage/record/crc32c.h"
#include "storage/record/varint.h"

namespace barnabas::record {
namespace {

constexpr int16_t kCodecMask = 7;
constexpr int16_t kHorizonBit = 1 << 6;

// Sums wrap, as those of the reader do.
int64_t WrappingSum(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) +
                              static_cast<uint64_t>(b));
}

// What deltas against `from` must gain to be told against `to`.
int64_t ShiftOf(int64_t from_ms, int64_t to_ms) {
  return static_cast<int64_t>(static_cast<uint64_t>(from_ms) -
                              static_cast<uint64_t>(to_ms));
}

}  // namespace

struct BatchFilter::Choice {
  // One entry for each record of the batch, in order.
  std::vector<bool> stays;
  int32_t kept = 0;
  int32_t removed = 0;
  bool tombstone_stays = false;
  int64_t max_timestamp_ms = -1;
};

absl::StatusOr<BatchFilter::Choice> BatchFilter::Choose(
    const BatchView& batch, absl::FunctionRef<bool(const RecordView&)> keep) {
  RETURN_IF_ERROR(reader_.Open(batch, /*check_crc=*/false));
  Choice choice;
  RecordView record;
  while (true) {
    ASSIGN_OR_RETURN(const bool more, reader_.Next(&record));
    if (!more) return choice;
    const bool stays = keep(record);
    choice.stays.push_back(stays);
    if (!stays) {
      ++choice.removed;
      continue;
    }
    ++choice.kept;
    choice.tombstone_stays |= !record.value.has_value();
    choice.max_timestamp_ms =
        std::max(choice.max_timestamp_ms, record.timestamp_ms);
  }
}

void BatchFilter::Copy(std::string_view record, int64_t shift_ms) {
  if (shift_ms == 0) {
    records_.append(record);
    return;
  }
  // Length, attributes and time are written anew, what follows is copied.
  const char* at = record.data();
  const char* const end = at + record.size();
  int32_t length = 0;
  int64_t delta = 0;
  at = ReadVarint32(at, end, &length);
  const char attributes = *at++;
  at = ReadVarint64(at, end, &delta);
  delta = WrappingSum(delta, shift_ms);
  const size_t rest = static_cast<size_t>(end - at);
  std::array<char, kVarint32BytesMax + 1 + kVarint64BytesMax> front;
  char* to = WriteVarint32(
      static_cast<int32_t>(1 + VarintBytes64(delta) + rest), front.data());
  *to++ = attributes;
  to = WriteVarint64(delta, to);
  records_.append(front.data(), static_cast<size_t>(to - front.data()));
  records_.append(at, rest);
}

absl::Status BatchFilter::CopyChosen(const BatchView& batch,
                                     const Choice& choice, int64_t shift_ms) {
  records_.clear();
  std::string_view rest = batch.RecordBytes();
  if (batch.header.codec() != Codec::kNone) {
    RETURN_IF_ERROR(
        Decompress(batch.header.codec(), rest, kInflatedBytesMax, &inflated_));
    rest = inflated_;
  }
  // The walk that chose has checked that the lengths fit.
  for (const bool stays : choice.stays) {
    int32_t length = 0;
    const char* const body =
        ReadVarint32(rest.data(), rest.data() + rest.size(), &length);
    const size_t size =
        static_cast<size_t>(body - rest.data()) + static_cast<size_t>(length);
    if (stays) Copy(rest.substr(0, size), shift_ms);
    rest.remove_prefix(size);
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string_view> BatchFilter::Seal(BatchHeader* header) {
  batch_.assign(kBatchHeaderBytes, '\0');
  if (header->codec() == Codec::kNone) {
    batch_.append(records_);
  } else {
    RETURN_IF_ERROR(Compress(header->codec(), std::nullopt, records_, &batch_));
  }
  header->length = static_cast<int32_t>(batch_.size() - kBatchOverheadBytes);
  header->Write(batch_.data());
  header->crc = Crc32c(std::string_view(batch_).substr(kCrcBegin));
  header->Write(batch_.data());
  return batch_;
}

absl::StatusOr<BatchFilter::Outcome> BatchFilter::Apply(
    const BatchView& batch, absl::FunctionRef<bool(const RecordView&)> keep,
    std::optional<int64_t> horizon_ms) {
  ASSIGN_OR_RETURN(const Choice choice, Choose(batch, keep));
  Outcome outcome{batch.header, batch.bytes, choice.kept, choice.removed};
  const bool marks = horizon_ms.has_value() && choice.tombstone_stays &&
                     !batch.header.HasDeleteHorizon();
  if (choice.removed == 0 && !marks) return outcome;
  BatchHeader& header = outcome.header;
  header.record_count = choice.kept;
  const bool create_time =
      header.timestamp_type() == TimestampType::kCreateTime;
  if (choice.kept == 0) {
    // The time stays: the producer's last batch is still of that time.
    records_.clear();
    header.attributes =
        static_cast<int16_t>(header.attributes & ~kCodecMask & ~kHorizonBit);
    header.base_timestamp_ms = header.max_timestamp_ms;
  } else {
    RETURN_IF_ERROR(
        CopyChosen(batch, choice,
                   marks ? ShiftOf(header.base_timestamp_ms, *horizon_ms) : 0));
    if (create_time) header.max_timestamp_ms = choice.max_timestamp_ms;
    if (marks) {
      header.attributes = static_cast<int16_t>(header.attributes | kHorizonBit);
      header.base_timestamp_ms = *horizon_ms;
    }
  }
  ASSIGN_OR_RETURN(outcome.bytes, Seal(&header));
  return outcome;
}

}  // namespace barnabas::record
