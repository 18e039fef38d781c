#include "storage/log/time_index.h"

#include "proto/types/status_macros.h"
#include "storage/log/format.h"
#include "storage/record/byte_order.h"

namespace barnabas::log {

static_assert(TimeIndex::kEntryBytes == kTimeEntryBytes);

TimeEntry TimeIndex::Decode(const char* entry, Offset base) {
  return TimeEntry{record::LoadBigEndian<int64_t>(entry),
                   base.Plus(record::LoadBigEndian<int32_t>(entry + 8))};
}

void TimeIndex::TryAppend(const TimeEntry& entry) {
  char bytes[kEntryBytes];
  const absl::StatusOr<bool> any =
      entries_.FindLast([](const char*) { return true; }, bytes);
  const int64_t last =
      any.ok() && *any ? Decode(bytes, base_).timestamp_ms : -1;
  if (entry.timestamp_ms <= last) return;
  record::StoreBigEndian(entry.timestamp_ms, bytes);
  record::StoreBigEndian(static_cast<int32_t>(Distance(base_, entry.offset)),
                         bytes + 8);
  entries_.Append(std::string_view(bytes, kEntryBytes));
}

void TimeIndex::CutTo(Offset offset) {
  const std::string bytes = entries_.Copy();
  int32_t count = static_cast<int32_t>(bytes.size() / kEntryBytes);
  while (count > 0 &&
         Decode(bytes.data() + (count - 1) * kEntryBytes, base_).offset >=
             offset) {
    --count;
  }
  entries_.Truncate(count);
}

absl::StatusOr<std::optional<TimeEntry>> TimeIndex::Find(
    int64_t timestamp_ms) const {
  char bytes[kEntryBytes];
  ASSIGN_OR_RETURN(const bool found,
                   entries_.FindLast(
                       [&](const char* entry) {
                         return Decode(entry, base_).timestamp_ms <=
                                timestamp_ms;
                       },
                       bytes));
  if (!found) return std::nullopt;
  return Decode(bytes, base_);
}

absl::StatusOr<std::optional<TimeEntry>> TimeIndex::Last() const {
  char bytes[kEntryBytes];
  ASSIGN_OR_RETURN(const bool found,
                   entries_.FindLast([](const char*) { return true; }, bytes));
  if (!found) return std::nullopt;
  return Decode(bytes, base_);
}

bool TimeIndex::IsSound(Offset end) const {
  const std::string bytes = entries_.Copy();
  TimeEntry before{-1, base_.Plus(-1)};
  for (size_t at = 0; at + kEntryBytes <= bytes.size(); at += kEntryBytes) {
    const TimeEntry entry = Decode(bytes.data() + at, base_);
    if (entry.timestamp_ms <= before.timestamp_ms ||
        entry.offset <= before.offset || entry.offset >= end) {
      return false;
    }
    before = entry;
  }
  return true;
}

}  // namespace barnabas::log
