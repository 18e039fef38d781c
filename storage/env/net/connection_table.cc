#include "storage/env/net/connection_table.h"

#include <sys/socket.h>
#include <unistd.h>

#include <utility>

namespace barnabas::env {

ConnectionTable::~ConnectionTable() {
  absl::MutexLock lock(&mutex_);
  for (const auto& [id, entry] : entries_) close(entry.descriptor);
}

void ConnectionTable::AddWaiting(uint64_t id, int descriptor,
                                 absl::Duration now) {
  absl::MutexLock lock(&mutex_);
  Entry& entry = entries_[id];
  entry.descriptor = descriptor;
  entry.since = now;
  ++waiting_;
}

int ConnectionTable::Waiting(uint64_t id) const {
  absl::MutexLock lock(&mutex_);
  const auto found = entries_.find(id);
  if (found == entries_.end() || !found->second.waiting) return -1;
  return found->second.descriptor;
}

void ConnectionTable::HandOver(uint64_t id, int duplicate, std::string peer) {
  absl::MutexLock lock(&mutex_);
  const auto found = entries_.find(id);
  if (found == entries_.end() || !found->second.waiting) return;
  found->second.descriptor = duplicate;
  found->second.waiting = false;
  found->second.peer = std::move(peer);
  --waiting_;
  found->second.active = true;
  active_.push_back(id);
}

void ConnectionTable::Remove(uint64_t id) {
  absl::MutexLock lock(&mutex_);
  const auto found = entries_.find(id);
  if (found == entries_.end()) return;
  if (found->second.waiting) {
    --waiting_;
  } else {
    ended_.push_back(id);
  }
  close(found->second.descriptor);
  entries_.erase(found);
}

void ConnectionTable::RemoveWaiting() {
  absl::MutexLock lock(&mutex_);
  for (auto entry = entries_.begin(); entry != entries_.end();) {
    if (entry->second.waiting) {
      close(entry->second.descriptor);
      entry = entries_.erase(entry);
    } else {
      ++entry;
    }
  }
  waiting_ = 0;
}

void ConnectionTable::MarkActive(uint64_t id) {
  absl::MutexLock lock(&mutex_);
  const auto found = entries_.find(id);
  if (found == entries_.end() || found->second.active) return;
  found->second.active = true;
  active_.push_back(id);
}

bool ConnectionTable::StaysActive(uint64_t id, int64_t received_bytes) {
  absl::MutexLock lock(&mutex_);
  const auto found = entries_.find(id);
  if (found == entries_.end()) return false;
  Entry& entry = found->second;
  if (received_bytes <= entry.received) return false;
  entry.received = received_bytes;
  if (!std::exchange(entry.active, true)) active_.push_back(id);
  return true;
}

std::vector<ConnectionTable::Active> ConnectionTable::TakeActive() {
  std::vector<Active> taken;
  absl::MutexLock lock(&mutex_);
  taken.reserve(active_.size());
  for (const uint64_t id : active_) {
    const auto found = entries_.find(id);
    if (found == entries_.end()) continue;
    found->second.active = false;
    taken.push_back({id, found->second.descriptor, found->second.peer});
  }
  active_.clear();
  return taken;
}

std::vector<uint64_t> ConnectionTable::TakeEnded() {
  absl::MutexLock lock(&mutex_);
  return std::exchange(ended_, {});
}

bool ConnectionTable::stirred() const {
  absl::MutexLock lock(&mutex_);
  return !active_.empty() || !ended_.empty();
}

std::vector<uint64_t> ConnectionTable::WaitingSince(
    absl::Duration since) const {
  std::vector<uint64_t> ids;
  absl::MutexLock lock(&mutex_);
  if (waiting_ == 0) return ids;
  for (const auto& [id, entry] : entries_) {
    if (entry.waiting && entry.since < since) ids.push_back(id);
  }
  return ids;
}

std::vector<OpenConnection> ConnectionTable::HandedOver(
    absl::Duration now) const {
  std::vector<OpenConnection> connections;
  absl::MutexLock lock(&mutex_);
  for (const auto& [id, entry] : entries_) {
    if (entry.waiting) continue;
    connections.push_back(OpenConnection{id, entry.peer, now - entry.since});
  }
  return connections;
}

bool ConnectionTable::Shut(uint64_t id) {
  absl::MutexLock lock(&mutex_);
  const auto found = entries_.find(id);
  if (found == entries_.end()) return false;
  // From below: the owner of the other descriptor sees the end of the stream
  // and cleans up by itself.
  shutdown(found->second.descriptor, SHUT_RDWR);
  return true;
}

int32_t ConnectionTable::open() const {
  absl::MutexLock lock(&mutex_);
  return static_cast<int32_t>(entries_.size());
}

int32_t ConnectionTable::waiting() const {
  absl::MutexLock lock(&mutex_);
  return waiting_;
}

}  // namespace barnabas::env
