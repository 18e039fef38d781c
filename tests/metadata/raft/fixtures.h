// Fixtures of the Raft tests: voters, entries, a log in memory.
//
// Units: indexes. Empty case: an empty log. Thread: a test's. Errors: none.
#ifndef BARNABAS_TESTS_METADATA_RAFT_FIXTURES_H_
#define BARNABAS_TESTS_METADATA_RAFT_FIXTURES_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "metadata/raft/log_view.h"
#include "metadata/raft/types.h"

namespace barnabas::raft {

inline ReplicaKey Key(int32_t node, uint64_t directory = 7) {
  return ReplicaKey{NodeId(node), Uuid::FromRandom(node, directory)};
}

inline Voter VoterOf(int32_t node) { return Voter{Key(node), "host", 9293}; }

inline VoterSet Voters(int32_t count) {
  std::vector<Voter> voters;
  for (int32_t i = 1; i <= count; ++i) voters.push_back(VoterOf(i));
  return VoterSet(std::move(voters));
}

inline Entry DataEntry(int64_t index, int32_t term,
                       const std::string& payload = "x") {
  Entry entry;
  entry.index = LogIndex(index);
  entry.term = Term(term);
  entry.payload = std::make_shared<const std::string>(payload);
  return entry;
}

// A log that has everything on disk at once.
class MemoryLog final : public LogView {
 public:
  LogIndex first() const override { return LogIndex(first_); }
  LogIndex last() const override {
    return LogIndex(first_ + static_cast<int64_t>(entries_.size()) - 1);
  }
  Term TermAt(LogIndex index) const override {
    return entries_[index.value() - first_].term;
  }
  std::vector<Entry> Read(LogIndex from, LogIndex end,
                          int64_t bytes_max) const override {
    std::vector<Entry> found;
    int64_t bytes = 0;
    for (int64_t i = from.value(); i < end.value() && i <= last().value();
         ++i) {
      const Entry& entry = entries_[i - first_];
      bytes += static_cast<int64_t>(entry.SizeBytes());
      if (!found.empty() && bytes > bytes_max) break;
      found.push_back(entry);
    }
    return found;
  }
  SnapshotId snapshot() const override { return snapshot_; }

  // Appends, or replaces from the first one's index on.
  void Write(const std::vector<Entry>& entries) {
    if (entries.empty()) return;
    entries_.resize(entries.front().index.value() - first_);
    entries_.insert(entries_.end(), entries.begin(), entries.end());
  }
  void TrimTo(const SnapshotId& snapshot) {
    const int64_t next = snapshot.index.value() + 1;
    const int64_t dropped =
        std::min<int64_t>(next - first_, static_cast<int64_t>(entries_.size()));
    entries_.erase(entries_.begin(), entries_.begin() + dropped);
    first_ = next;
    snapshot_ = snapshot;
  }

 private:
  int64_t first_ = 0;
  std::vector<Entry> entries_;
  SnapshotId snapshot_;
};

}  // namespace barnabas::raft

#endif  // BARNABAS_TESTS_METADATA_RAFT_FIXTURES_H_
