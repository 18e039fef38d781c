#include "client/serving/connection_guard.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace barnabas::rpc {
namespace {

// Of the time between two notes, no more counts as seen.
constexpr absl::Duration kSeenMax = absl::Milliseconds(500);

}  // namespace

int64_t ConnectionGuard::Note(uint64_t id, absl::Duration now,
                              const Traffic& traffic) {
  Entry& entry = entries_[id];
  const int64_t came = traffic.received_bytes - entry.received;
  entry.received = traffic.received_bytes;
  SetFruitless(entry.fruitless + came, &entry);
  if (traffic.sent_bytes > entry.sent) {
    entry.sent = traffic.sent_bytes;
    entry.unanswered = {};
    entry.noted = now;
  } else if (came > 0) {
    entry.unanswered.bytes += came;
    if (traffic.unread_bytes > 0) {
      entry.unanswered.lasted +=
          std::clamp(now - entry.noted, absl::ZeroDuration(), kSeenMax);
    }
    entry.noted = now;
  }
  return entry.received - entry.judged;
}

bool ConnectionGuard::IsUnanswered(uint64_t id) const {
  const auto found = entries_.find(id);
  return found != entries_.end() && IsTooLong(found->second.unanswered);
}

std::string ConnectionGuard::Judge(uint64_t id, absl::Duration now,
                                   const StreamCounts& counts) {
  Entry& entry = entries_[id];
  entry.judged = entry.received;
  if (counts.messages > entry.counts.messages ||
      counts.answered > entry.counts.answered) {
    SetFruitless(0, &entry);
  }
  if (counts.messages > entry.counts.messages ||
      counts.started > entry.counts.started) {
    entry.unanswered = {};
  }
  entry.counts = counts;
  entry.open_streams =
      std::max<int64_t>(0, counts.started - counts.answered - counts.broken);
  if (now - entry.second >= absl::Seconds(1)) {
    entry.second = now;
    entry.at_second = counts;
  }
  const int64_t broken = counts.broken - entry.at_second.broken;
  const int64_t answered = counts.answered - entry.at_second.answered;
  if (broken > options_.broken_streams_max && broken > answered) {
    return absl::StrCat("broke off ", broken, " streams within a second");
  }
  if (entry.open_streams > options_.open_streams_max) {
    return absl::StrCat("opened streams faster than they end, ",
                        entry.open_streams, " are left");
  }
  if (counts.started == 0 && entry.received > options_.opening_bytes_max) {
    return absl::StrCat("sent ", entry.received, " bytes and opened no stream");
  }
  if (entry.fruitless > options_.fruitless_bytes_max) {
    return absl::StrCat("sent ", entry.fruitless,
                        " bytes that made up no message");
  }
  if (IsTooLong(entry.unanswered)) {
    return absl::StrCat("sent ", entry.unanswered.bytes,
                        " bytes of headers that do not end");
  }
  return "";
}

void ConnectionGuard::Forget(uint64_t id) {
  const auto found = entries_.find(id);
  if (found == entries_.end()) return;
  SetFruitless(0, &found->second);
  entries_.erase(found);
}

std::optional<ConnectionGuard::Weight> ConnectionGuard::Heaviest(
    Burden burden) const {
  std::optional<Weight> heaviest;
  for (const auto& [id, entry] : entries_) {
    const int64_t bytes = BytesOf(entry, burden);
    if (!heaviest.has_value() || bytes > heaviest->bytes)
      heaviest = {id, bytes};
  }
  return heaviest;
}

ConnectionGuard::Weight ConnectionGuard::WeightOf(uint64_t id,
                                                  Burden burden) const {
  const auto found = entries_.find(id);
  if (found == entries_.end()) return {id, 0};
  return {id, BytesOf(found->second, burden)};
}

int64_t ConnectionGuard::BytesOf(const Entry& entry, Burden burden) const {
  switch (burden) {
    case Burden::kFruitless:
      return entry.fruitless;
    case Burden::kMemory:
      break;
  }
  return entry.fruitless + entry.counts.held_bytes +
         entry.open_streams * options_.stream_bytes;
}

void ConnectionGuard::SetFruitless(int64_t bytes, Entry* entry) {
  fruitless_total_ += bytes - entry->fruitless;
  entry->fruitless = bytes;
}

}  // namespace barnabas::rpc
