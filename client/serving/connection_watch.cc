#include "client/serving/connection_watch.h"

#include <glog/logging.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"

namespace barnabas::rpc {
namespace {

using Burden = ConnectionGuard::Burden;

// gRPC needs a moment to free what a connection held.
constexpr absl::Duration kAfterShut = absl::Milliseconds(500);
// While memory is short each connection is looked at so often.
constexpr absl::Duration kLookAgain = absl::Milliseconds(500);
// Connections that end give their memory to the allocator, which keeps it. A
// process that holds little may; so may a busy one for a while.
constexpr int64_t kTrimAbove = 96 * kMiB;
constexpr absl::Duration kAfterEnd = absl::Seconds(2);
constexpr absl::Duration kTrimEvery = absl::Seconds(10);
// A connection that holds less is not what fills the memory.
constexpr int64_t kShedBytesMin = kMiB;

}  // namespace

ConnectionWatch::ConnectionWatch(Deps deps)
    : deps_(std::move(deps)), guard_(deps_.guard) {}

bool ConnectionWatch::OnRound(const env::TrafficRound& round) {
  for (const uint64_t id : round.ended) Forget(id);
  if (!round.ended.empty() && deps_.memory() > kTrimAbove) {
    TrimLater(std::max(round.now + kAfterEnd, trimmed_ + kTrimEvery));
  }
  Note(round);
  ShedFruitless(round.now);
  const bool is_short = ShedMemory(round.now);
  if (round.now >= trim_at_) {
    trim_at_ = absl::InfiniteDuration();
    trimmed_ = round.now;
    deps_.trim();
  }
  return is_short || trim_at_ != absl::InfiniteDuration();
}

void ConnectionWatch::Note(const env::TrafficRound& round) {
  // Bytes since the last look, and whose.
  std::vector<std::pair<int64_t, uint64_t>> looks;
  for (const env::ConnectionTraffic& active : round.active) {
    Known& known = known_[active.id];
    if (known.shut) continue;
    known.peer = active.peer;
    const int64_t came = guard_.Note(
        active.id, round.now,
        {active.received_bytes, active.unread_bytes, active.sent_bytes});
    if (came >= kLookBytes || guard_.IsUnanswered(active.id)) {
      looks.emplace_back(came, active.id);
    }
  }
  std::sort(looks.rbegin(), looks.rend());
  if (looks.size() > kLooksPerRound) looks.resize(kLooksPerRound);
  for (const auto& [came, id] : looks) Look(id, round.now);
}

bool ConnectionWatch::Look(uint64_t id, absl::Duration now) {
  Known& known = known_[id];
  known.looked = now;
  const std::optional<StreamCounts> counts = deps_.counts(known.peer);
  if (!counts.has_value()) {
    guard_.Forget(id);
    return false;
  }
  const std::string why = guard_.Judge(id, now, *counts);
  if (why.empty()) return false;
  Shut(id, now, why);
  return true;
}

void ConnectionWatch::ShedFruitless(absl::Duration now) {
  for (size_t i = 0; i < kLooksPerRound && guard_.IsOverTotal(); ++i) {
    const std::optional<ConnectionGuard::Weight> heaviest =
        guard_.Heaviest(Burden::kFruitless);
    if (!heaviest.has_value()) return;
    if (Look(heaviest->id, now)) continue;
    // The look may have found that its messages came meanwhile.
    if (guard_.WeightOf(heaviest->id, Burden::kFruitless).bytes < kShedBytesMin)
      continue;
    Shut(heaviest->id, now,
         "sent most of the bytes that made up no message, of all connections");
  }
}

bool ConnectionWatch::ShedMemory(absl::Duration now) {
  if (known_.empty()) return false;
  const int64_t resident = deps_.memory();
  if (resident <= deps_.memory_bytes_max) return false;
  if (now < next_shed_) return true;
  if (LookAgain(now)) {
    next_shed_ = now + kAfterShut;
    return true;
  }
  for (size_t i = 0; i < kLooksPerRound; ++i) {
    const std::optional<ConnectionGuard::Weight> heaviest =
        guard_.Heaviest(Burden::kMemory);
    if (!heaviest.has_value() || heaviest->bytes < kShedBytesMin) return true;
    next_shed_ = now + kAfterShut;
    if (Look(heaviest->id, now)) return true;
    if (guard_.WeightOf(heaviest->id, Burden::kMemory).bytes <
        heaviest->bytes) {
      continue;
    }
    Shut(heaviest->id, now,
         absl::StrCat("holds the most while the process holds ", resident,
                      " bytes, more than ", deps_.memory_bytes_max));
    return true;
  }
  return true;
}

bool ConnectionWatch::LookAgain(absl::Duration now) {
  std::vector<std::pair<absl::Duration, uint64_t>> stale;
  for (const auto& [id, known] : known_) {
    if (!known.shut && now - known.looked >= kLookAgain) {
      stale.emplace_back(known.looked, id);
    }
  }
  if (stale.size() > kLooksPerRound) {
    std::nth_element(stale.begin(), stale.begin() + kLooksPerRound,
                     stale.end());
    stale.resize(kLooksPerRound);
  }
  bool shut = false;
  for (const auto& [looked, id] : stale) shut |= Look(id, now);
  return shut;
}

void ConnectionWatch::Shut(uint64_t id, absl::Duration now,
                           const std::string& why) {
  LOG(WARNING) << "Listener " << deps_.name << " shut " << known_[id].peer
               << ": it " << why << ".";
  ++offenders_;
  deps_.shut(id);
  guard_.Forget(id);
  known_[id].shut = true;
  TrimLater(now + kAfterShut);
}

void ConnectionWatch::TrimLater(absl::Duration at) {
  trim_at_ = std::min(trim_at_, at);
}

void ConnectionWatch::Forget(uint64_t id) {
  guard_.Forget(id);
  const auto found = known_.find(id);
  if (found == known_.end()) return;
  deps_.forget(found->second.peer);
  known_.erase(found);
}

}  // namespace barnabas::rpc
