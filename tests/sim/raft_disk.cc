#include "tests/sim/raft_disk.h"

#include <glog/logging.h>

#include <algorithm>
#include <limits>
#include <utility>

namespace barnabas::sim {

LogIndex RaftDisk::first() const {
  if (now_.log.empty()) return now_.snapshot.id.index.Next();
  return now_.log.begin()->first;
}

LogIndex RaftDisk::last() const {
  if (now_.log.empty()) return now_.snapshot.id.index;
  return now_.log.rbegin()->first;
}

Term RaftDisk::TermAt(LogIndex index) const {
  const auto found = now_.log.find(index);
  CHECK(found != now_.log.end()) << "asked for the term of entry " << index;
  return found->second.term;
}

std::vector<raft::Entry> RaftDisk::Read(LogIndex from, LogIndex end,
                                        int64_t bytes_max) const {
  std::vector<raft::Entry> entries;
  int64_t bytes = 0;
  for (auto at = now_.log.find(from); at != now_.log.end() && at->first < end;
       ++at) {
    bytes += static_cast<int64_t>(at->second.SizeBytes());
    if (!entries.empty() && bytes > bytes_max) break;
    entries.push_back(at->second);
  }
  return entries;
}

void RaftDisk::Apply(const WriteSet& write, size_t entries_max, Content* to) {
  if (write.hard.has_value()) to->hard = *write.hard;
  size_t count = 0;
  for (const raft::Entry& entry : write.entries) {
    if (count++ >= entries_max) break;
    // Entries a snapshot already covers stay covered.
    if (entry.index <= to->snapshot.id.index) continue;
    to->log.erase(to->log.lower_bound(entry.index), to->log.end());
    to->log[entry.index] = entry;
  }
}

void RaftDisk::Write(const raft::Effects& effects) {
  WriteSet write{effects.hard_state, effects.entries};
  Apply(write, std::numeric_limits<size_t>::max(), &now_);
  writes_.push_back(std::move(write));
}

void RaftDisk::Sync(size_t left) {
  while (writes_.size() > left) {
    Apply(writes_.front(), std::numeric_limits<size_t>::max(), &durable_);
    writes_.pop_front();
  }
}

void RaftDisk::Crash(size_t kept_writes, size_t kept_entries_of_next) {
  Sync(writes_.size() - std::min(kept_writes, writes_.size()));
  if (!writes_.empty() && !writes_.front().hard.has_value()) {
    Apply(writes_.front(), kept_entries_of_next, &durable_);
  }
  writes_.clear();
  now_ = durable_;
}

void RaftDisk::SaveSnapshot(const RaftSnapshot& snapshot, LogIndex keep_from) {
  for (Content* content : {&now_, &durable_}) {
    if (content == &durable_ && content->log.empty()) continue;
    // A log is trimmed only to what is both in the snapshot and durable (R13).
    if (durable_.log.find(snapshot.id.index) == durable_.log.end()) return;
  }
  for (Content* content : {&now_, &durable_}) {
    content->snapshot = snapshot;
    content->log.erase(content->log.begin(),
                       content->log.lower_bound(
                           std::min(keep_from, snapshot.id.index.Next())));
  }
}

void RaftDisk::InstallSnapshot(const RaftSnapshot& snapshot) {
  writes_.clear();
  const raft::HardState hard = now_.hard;
  now_ = Content{hard, {}, snapshot};
  durable_ = now_;
}

}  // namespace barnabas::sim
