#include "metadata/raft/replica_log.h"

#include <glog/logging.h>

#include <algorithm>
#include <utility>

namespace barnabas::raft {

ReplicaLog::ReplicaLog(const LogView* view)
    : view_(view), durable_(std::max(view->last(), view->snapshot().index)) {}

LogIndex ReplicaLog::PendingBegin() const {
  if (!pending_.empty()) return pending_.front().index;
  return durable_.Next();
}

LogIndex ReplicaLog::first() const {
  const LogIndex on_disk = view_->first();
  if (pending_.empty()) return on_disk;
  return std::min(on_disk, pending_.front().index);
}

EntryId ReplicaLog::last() const {
  if (!pending_.empty()) {
    return EntryId{pending_.back().term, pending_.back().index};
  }
  const std::optional<Term> term = TermAt(durable_);
  return EntryId{term.value_or(kNoTerm), durable_};
}

std::optional<Term> ReplicaLog::TermAt(LogIndex index) const {
  const LogIndex begin = PendingBegin();
  if (index >= begin) {
    const int64_t position = Distance(begin, index);
    if (position >= static_cast<int64_t>(pending_.size())) return std::nullopt;
    return pending_[position].term;
  }
  const SnapshotId snapshot = view_->snapshot();
  if (index == snapshot.index) return snapshot.term;
  if (index < view_->first() || index > view_->last()) return std::nullopt;
  return view_->TermAt(index);
}

bool ReplicaLog::Holds(const EntryId& id) const {
  // Before the first: both logs are empty there.
  if (id.index == kNoIndex) return true;
  return TermAt(id.index) == id.term;
}

std::vector<Entry> ReplicaLog::Read(LogIndex from, int64_t bytes_max) const {
  std::vector<Entry> entries;
  const LogIndex begin = PendingBegin();
  int64_t bytes = 0;
  if (from < begin) {
    entries = view_->Read(from, begin, bytes_max);
    for (const Entry& entry : entries) {
      bytes += static_cast<int64_t>(entry.SizeBytes());
    }
    if (entries.empty() || entries.back().index.Next() < begin) return entries;
    from = begin;
  }
  for (size_t i = Distance(begin, from); i < pending_.size(); ++i) {
    bytes += static_cast<int64_t>(pending_[i].SizeBytes());
    if (!entries.empty() && bytes > bytes_max) break;
    entries.push_back(pending_[i]);
  }
  return entries;
}

void ReplicaLog::Append(const std::vector<Entry>& entries) {
  if (entries.empty()) return;
  const LogIndex begin = entries.front().index;
  CHECK(begin <= last().index.Next()) << "R6: a log has no gaps";
  while (!pending_.empty() && pending_.back().index >= begin) {
    pending_.pop_back();
  }
  // What the disk holds from here on is shadowed, so no longer durable.
  durable_ = std::min(durable_, begin.Plus(-1));
  for (const Entry& entry : entries) pending_.push_back(entry);
}

void ReplicaLog::MarkDurable(const EntryId& id) {
  if (id.index <= durable_ || TermAt(id.index) != id.term) return;
  while (!pending_.empty() && pending_.front().index <= id.index) {
    pending_.pop_front();
  }
  durable_ = id.index;
}

void ReplicaLog::Reset() {
  pending_.clear();
  durable_ = std::max(view_->last(), view_->snapshot().index);
}

EntryId ReplicaLog::AgreementBefore(const EntryId& hint) const {
  LogIndex index = std::min(hint.index, last().index);
  while (true) {
    const std::optional<Term> term = TermAt(index);
    // Trimmed here: nothing can be said, a snapshot will be needed.
    if (!term.has_value()) return EntryId{hint.term, index};
    if (*term <= hint.term) return EntryId{*term, index};
    index = index.Plus(-1);
  }
}

}  // namespace barnabas::raft
