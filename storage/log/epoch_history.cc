#include "storage/log/epoch_history.h"

#include <charconv>
#include <cstdint>
#include <system_error>

#include "absl/strings/str_cat.h"

namespace barnabas::log {
namespace {

constexpr std::string_view kVersionLine = "0";

// Takes the next line off `rest`; nullopt when no whole line is left.
std::optional<std::string_view> TakeLine(std::string_view* rest) {
  const size_t end = rest->find('\n');
  if (end == std::string_view::npos) return std::nullopt;
  const std::string_view line = rest->substr(0, end);
  rest->remove_prefix(end + 1);
  return line;
}

std::optional<int64_t> ParseNumber(std::string_view text) {
  int64_t value = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size() || value < 0) {
    return std::nullopt;
  }
  return value;
}

std::optional<EpochHistory::Entry> ParseEntry(std::string_view line) {
  const size_t space = line.find(' ');
  if (space == std::string_view::npos) return std::nullopt;
  const std::optional<int64_t> epoch = ParseNumber(line.substr(0, space));
  const std::optional<int64_t> start = ParseNumber(line.substr(space + 1));
  if (!epoch || !start || *epoch > INT32_MAX) return std::nullopt;
  return EpochHistory::Entry{LeaderEpoch(static_cast<int32_t>(*epoch)),
                             Offset(*start)};
}

}  // namespace

bool EpochHistory::Assign(LeaderEpoch epoch, Offset start) {
  if (epoch.value() < 0) return false;
  if (!entries_.empty() && entries_.back().epoch == epoch &&
      entries_.back().start <= start) {
    return false;
  }
  while (!entries_.empty() &&
         (entries_.back().epoch >= epoch || entries_.back().start >= start)) {
    entries_.pop_back();
  }
  entries_.push_back(Entry{epoch, start});
  return true;
}

bool EpochHistory::TruncateEnd(Offset end) {
  const size_t before = entries_.size();
  while (!entries_.empty() && entries_.back().start >= end) {
    entries_.pop_back();
  }
  return entries_.size() != before;
}

bool EpochHistory::TruncateStart(Offset start) {
  size_t first = 0;
  while (first + 1 < entries_.size() && entries_[first + 1].start <= start) {
    ++first;
  }
  bool changed = first > 0;
  entries_.erase(entries_.begin(),
                 entries_.begin() + static_cast<ptrdiff_t>(first));
  if (!entries_.empty() && entries_.front().start < start) {
    entries_.front().start = start;
    changed = true;
  }
  return changed;
}

std::optional<std::pair<LeaderEpoch, Offset>> EpochHistory::EndOf(
    LeaderEpoch epoch, Offset log_end) const {
  for (size_t i = entries_.size(); i > 0; --i) {
    if (entries_[i - 1].epoch > epoch) continue;
    const Offset end = i == entries_.size() ? log_end : entries_[i].start;
    return std::make_pair(entries_[i - 1].epoch, end);
  }
  return std::nullopt;
}

std::optional<LeaderEpoch> EpochHistory::EpochAt(Offset offset) const {
  for (size_t i = entries_.size(); i > 0; --i) {
    if (entries_[i - 1].start <= offset) return entries_[i - 1].epoch;
  }
  return std::nullopt;
}

std::string EpochHistory::Format() const {
  std::string text = absl::StrCat("0\n", entries_.size(), "\n");
  for (const Entry& entry : entries_) {
    absl::StrAppend(&text, entry.epoch.value(), " ", entry.start.value(), "\n");
  }
  return text;
}

std::optional<EpochHistory> EpochHistory::Parse(std::string_view text) {
  std::string_view rest = text;
  const std::optional<std::string_view> version = TakeLine(&rest);
  if (!version || *version != kVersionLine) return std::nullopt;
  const std::optional<std::string_view> count_line = TakeLine(&rest);
  if (!count_line) return std::nullopt;
  const std::optional<int64_t> count = ParseNumber(*count_line);
  if (!count) return std::nullopt;
  EpochHistory history;
  while (const std::optional<std::string_view> line = TakeLine(&rest)) {
    const std::optional<Entry> entry = ParseEntry(*line);
    if (!entry) return std::nullopt;
    if (!history.entries_.empty() &&
        (entry->epoch <= history.entries_.back().epoch ||
         entry->start <= history.entries_.back().start)) {
      return std::nullopt;
    }
    history.entries_.push_back(*entry);
  }
  if (!rest.empty() ||
      static_cast<int64_t>(history.entries_.size()) != *count) {
    return std::nullopt;
  }
  return history;
}

}  // namespace barnabas::log
