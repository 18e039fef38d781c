#include "tests/chaos/log_truth.h"

#include <algorithm>

namespace barnabas::chaos {

bool LogTruth::Add(const ReadRecord& record) {
  if (record.offset != end()) return false;
  const int64_t youngest =
      youngest_.empty() ? record.timestamp_ms
                        : std::max(youngest_.back(), record.timestamp_ms);
  records_.push_back(record);
  youngest_.push_back(youngest);
  return true;
}

const ReadRecord* LogTruth::At(int64_t offset) const {
  if (offset < start_ || offset >= end()) return nullptr;
  return &records_[static_cast<size_t>(offset - start_)];
}

std::optional<int64_t> LogTruth::FirstAt(int64_t ms) const {
  const auto found = std::lower_bound(youngest_.begin(), youngest_.end(), ms);
  if (found == youngest_.end()) return std::nullopt;
  return start_ + (found - youngest_.begin());
}

void LogTruth::NoteKnown(int64_t at_ns, int64_t offset) {
  known_.emplace_back(at_ns, offset);
}

void LogTruth::SortKnown() {
  std::sort(known_.begin(), known_.end());
  int64_t largest = -1;
  for (auto& [at, offset] : known_) {
    offset = largest = std::max(largest, offset);
  }
}

int64_t LogTruth::KnownBefore(int64_t at_ns) const {
  const auto after = std::lower_bound(
      known_.begin(), known_.end(), at_ns,
      [](const auto& known, int64_t at) { return known.first < at; });
  return after == known_.begin() ? -1 : std::prev(after)->second;
}

}  // namespace barnabas::chaos
