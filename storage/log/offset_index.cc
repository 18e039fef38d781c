#include "storage/log/offset_index.h"

#include "proto/types/status_macros.h"
#include "storage/log/format.h"
#include "storage/record/byte_order.h"

namespace barnabas::log {

static_assert(OffsetIndex::kEntryBytes == kOffsetEntryBytes);

OffsetEntry OffsetIndex::Decode(const char* entry, Offset base) {
  return OffsetEntry{base.Plus(record::LoadBigEndian<int32_t>(entry)),
                     record::LoadBigEndian<int32_t>(entry + 4)};
}

void OffsetIndex::Append(const OffsetEntry& entry) {
  char bytes[kEntryBytes];
  record::StoreBigEndian(static_cast<int32_t>(Distance(base_, entry.offset)),
                         bytes);
  record::StoreBigEndian(static_cast<int32_t>(entry.position), bytes + 4);
  entries_.Append(std::string_view(bytes, kEntryBytes));
}

void OffsetIndex::CutTo(int64_t position) {
  const std::string bytes = entries_.Copy();
  int32_t count = static_cast<int32_t>(bytes.size() / kEntryBytes);
  while (count > 0 &&
         Decode(bytes.data() + (count - 1) * kEntryBytes, base_).position >=
             position) {
    --count;
  }
  entries_.Truncate(count);
}

absl::StatusOr<std::optional<OffsetEntry>> OffsetIndex::Find(
    Offset offset) const {
  char bytes[kEntryBytes];
  ASSIGN_OR_RETURN(const bool found, entries_.FindLast(
                                         [&](const char* entry) {
                                           return Decode(entry, base_).offset <=
                                                  offset;
                                         },
                                         bytes));
  if (!found) return std::nullopt;
  return Decode(bytes, base_);
}

absl::StatusOr<std::optional<OffsetEntry>> OffsetIndex::Last() const {
  char bytes[kEntryBytes];
  ASSIGN_OR_RETURN(const bool found,
                   entries_.FindLast([](const char*) { return true; }, bytes));
  if (!found) return std::nullopt;
  return Decode(bytes, base_);
}

bool OffsetIndex::IsSound(int64_t size) const {
  const std::string bytes = entries_.Copy();
  OffsetEntry before{base_.Plus(-1), 0};
  for (size_t at = 0; at + kEntryBytes <= bytes.size(); at += kEntryBytes) {
    const OffsetEntry entry = Decode(bytes.data() + at, base_);
    if (entry.offset <= before.offset || entry.position <= before.position ||
        entry.position >= size) {
      return false;
    }
    before = entry;
  }
  return true;
}

}  // namespace barnabas::log
