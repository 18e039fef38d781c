#include "controller/quorum/raft_log.h"

#include <glog/logging.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"
#include "controller/quorum/entry_codec.h"
#include "proto/types/error.h"
#include "proto/types/status_macros.h"

namespace barnabas::quorum {
namespace {

// Read at once while the log is opened.
constexpr int64_t kScanBytes = kMiB;

}  // namespace

absl::StatusOr<std::unique_ptr<RaftLog>> RaftLog::Open(
    std::unique_ptr<DurableLog> disk, const raft::SnapshotId& snapshot) {
  std::unique_ptr<RaftLog> log(new RaftLog(std::move(disk), snapshot));
  if (log->first() > snapshot.index.Next()) {
    return MakeError(
        ErrorCode::kCorruptLog,
        absl::StrCat("the metadata log begins at offset ", log->first().value(),
                     ", and no undamaged snapshot reaches that far"),
        "keep the directory; format a new one and add it with "
        "`barnabas quorum add`");
  }
  if (log->last() < snapshot.index) {
    // A crash between the snapshot's arrival and the log's new beginning.
    RETURN_IF_ERROR(log->BeginAfter(snapshot));
  }
  RETURN_IF_ERROR(log->Scan());
  return log;
}

absl::Status RaftLog::Scan() {
  LogIndex next = first();
  while (next < disk_->end()) {
    ASSIGN_OR_RETURN(std::vector<QuorumEntry> entries,
                     disk_->Read(next, disk_->end(), kScanBytes));
    if (entries.empty()) {
      return MakeError(
          ErrorCode::kCorruptLog,
          absl::StrCat("the metadata log has nothing at offset ", next.value()),
          "keep the directory and run `barnabas storage verify` on it");
    }
    next = entries.back().offset.Next();
    for (QuorumEntry& each : entries) {
      ASSIGN_OR_RETURN(const raft::Entry entry, EntryOf(std::move(each)));
      NoteTerm(entry.index, entry.term);
      if (entry.voters != nullptr) voter_entries_.push_back(entry);
      Remember(entry);
    }
  }
  return absl::OkStatus();
}

void RaftLog::NoteTerm(LogIndex index, Term term) {
  if (terms_.empty() || std::prev(terms_.end())->second != term) {
    terms_[index] = term;
  }
}

void RaftLog::Remember(const raft::Entry& entry) {
  tail_.push_back(entry);
  tail_bytes_ += static_cast<int64_t>(entry.SizeBytes());
  while (tail_bytes_ > kTailBytes && tail_.size() > 1) {
    tail_bytes_ -= static_cast<int64_t>(tail_.front().SizeBytes());
    tail_.pop_front();
  }
}

Term RaftLog::TermAt(LogIndex index) const {
  const auto after = terms_.upper_bound(index);
  CHECK(after != terms_.begin()) << "no term is known at " << index;
  return std::prev(after)->second;
}

std::vector<raft::Entry> RaftLog::Read(LogIndex from, LogIndex end,
                                       int64_t bytes_max) const {
  std::vector<raft::Entry> out;
  end = std::min(end, disk_->end());
  int64_t bytes = 0;
  if (!tail_.empty() && from >= tail_.front().index) {
    for (size_t i = Distance(tail_.front().index, from);
         i < tail_.size() && tail_[i].index < end; ++i) {
      bytes += static_cast<int64_t>(tail_[i].SizeBytes());
      if (!out.empty() && bytes > bytes_max) break;
      out.push_back(tail_[i]);
    }
    return out;
  }
  absl::StatusOr<std::vector<QuorumEntry>> entries =
      disk_->Read(from, end, bytes_max);
  if (!entries.ok()) {
    fault_ = entries.status();
    return out;
  }
  for (QuorumEntry& each : *entries) {
    absl::StatusOr<raft::Entry> entry = EntryOf(std::move(each));
    if (!entry.ok()) {
      fault_ = entry.status();
      return out;
    }
    out.push_back(*std::move(entry));
  }
  return out;
}

absl::Status RaftLog::Append(const raft::Entry& entry, int64_t time_ms) {
  CHECK(entry.index == disk_->end()) << "R6: a log has no gaps";
  RETURN_IF_ERROR(disk_->Append(*ValueOf(entry), entry.term, time_ms).status());
  NoteTerm(entry.index, entry.term);
  Remember(entry);
  return absl::OkStatus();
}

absl::Status RaftLog::Cut(LogIndex begin) {
  RETURN_IF_ERROR(disk_->Cut(begin));
  terms_.erase(terms_.lower_bound(begin), terms_.end());
  while (!tail_.empty() && tail_.back().index >= begin) {
    tail_bytes_ -= static_cast<int64_t>(tail_.back().SizeBytes());
    tail_.pop_back();
  }
  return absl::OkStatus();
}

absl::Status RaftLog::AdoptSnapshot(const raft::SnapshotId& id,
                                    LogIndex keep_from) {
  snapshot_ = id;
  if (keep_from <= first()) return absl::OkStatus();
  RETURN_IF_ERROR(disk_->Trim(keep_from));
  // The term that holds at the new first entry stays.
  auto kept = terms_.upper_bound(first());
  if (kept != terms_.begin()) terms_.erase(terms_.begin(), std::prev(kept));
  while (!tail_.empty() && tail_.front().index < first()) {
    tail_bytes_ -= static_cast<int64_t>(tail_.front().SizeBytes());
    tail_.pop_front();
  }
  return absl::OkStatus();
}

absl::Status RaftLog::BeginAfter(const raft::SnapshotId& id) {
  RETURN_IF_ERROR(disk_->BeginAfter(id.index));
  snapshot_ = id;
  terms_.clear();
  tail_.clear();
  tail_bytes_ = 0;
  return absl::OkStatus();
}

}  // namespace barnabas::quorum
