#include "controller/active/liveness.h"

#include <algorithm>

namespace barnabas::active {
namespace {

constexpr int32_t kForgivenMax = 3;

}  // namespace

void Liveness::Expect(BrokerId broker, BrokerEpoch epoch, absl::Duration now) {
  Forget(broker);
  BrokerLife life;
  life.broker = broker;
  life.epoch = epoch;
  life.heard = now;
  lives_[broker] = life;
}

void Liveness::Open(SessionId session, BrokerId broker, BrokerEpoch epoch,
                    absl::Duration now) {
  const BrokerLife* before = Find(broker);
  if (before == nullptr || before->epoch != epoch) Expect(broker, epoch, now);
  BrokerLife& life = lives_[broker];
  if (life.session.has_value()) sessions_.erase(*life.session);
  life.session = session;
  life.open = true;
  life.heard = now;
  life.forgiven = 0;
  sessions_[session] = broker;
}

void Liveness::Heard(SessionId session,
                     const internal::v1::BrokerHeartbeat& heartbeat,
                     absl::Duration now) {
  BrokerLife* life = Change(session);
  if (life == nullptr) return;
  life->heard = now;
  life->forgiven = 0;
  life->applied = std::max(life->applied, LogIndex(heartbeat.applied_offset()));
  life->disk_used_bytes = heartbeat.disk_used_bytes();
  life->disk_free_bytes = heartbeat.disk_free_bytes();
}

void Liveness::SetStopOffset(BrokerId broker, LogIndex offset) {
  const auto found = lives_.find(broker);
  if (found != lives_.end()) found->second.stop_offset = offset;
}

void Liveness::Close(SessionId session) {
  BrokerLife* life = Change(session);
  if (life != nullptr) life->open = false;
}

void Liveness::Forget(BrokerId broker) {
  const auto found = lives_.find(broker);
  if (found == lives_.end()) return;
  if (found->second.session.has_value()) {
    sessions_.erase(*found->second.session);
  }
  lives_.erase(found);
}

void Liveness::Clear() {
  lives_.clear();
  sessions_.clear();
}

void Liveness::Forgive(absl::Duration lost, absl::Duration grace,
                       absl::Duration now) {
  for (auto& [broker, life] : lives_) {
    if (life.forgiven == kForgivenMax) continue;
    ++life.forgiven;
    life.heard = std::min(now, life.heard + lost + grace);
  }
}

const BrokerLife* Liveness::Find(BrokerId broker) const {
  const auto found = lives_.find(broker);
  return found == lives_.end() ? nullptr : &found->second;
}

const BrokerLife* Liveness::FindSession(SessionId session) const {
  const auto found = sessions_.find(session);
  return found == sessions_.end() ? nullptr : Find(found->second);
}

BrokerLife* Liveness::Change(SessionId session) {
  const auto found = sessions_.find(session);
  return found == sessions_.end() ? nullptr : &lives_[found->second];
}

std::vector<BrokerId> Liveness::Expired(absl::Duration now,
                                        absl::Duration timeout) const {
  std::vector<BrokerId> expired;
  for (const auto& [broker, life] : lives_) {
    if (now - life.heard >= timeout) expired.push_back(broker);
  }
  return expired;
}

std::optional<absl::Duration> Liveness::NextDeadline(
    absl::Duration timeout) const {
  std::optional<absl::Duration> next;
  for (const auto& [broker, life] : lives_) {
    const absl::Duration due = life.heard + timeout;
    if (!next.has_value() || due < *next) next = due;
  }
  return next;
}

}  // namespace barnabas::active
