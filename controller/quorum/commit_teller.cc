#include "controller/quorum/commit_teller.h"

#include <glog/logging.h>

#include <utility>
#include <vector>

#include "controller/quorum/entry_codec.h"
#include "proto/types/units.h"

namespace barnabas::quorum {
namespace {

// Told in one task, so that the loop stays responsive.
constexpr int64_t kPieceBytes = kMiB;

}  // namespace

void CommitTeller::Loaded(LogIndex index, std::string payload) {
  // Those entries are in the snapshot, and may be in the log no more.
  std::erase_if(news_, [index](const News& news) {
    const auto* const commit = std::get_if<Commit>(&news);
    return commit != nullptr && commit->index <= index;
  });
  news_.push_back(
      Load{index, std::make_shared<const std::string>(std::move(payload))});
  Schedule();
}

void CommitTeller::Committed(LogIndex index) {
  // Commits in a row are one piece of news.
  if (!news_.empty() && std::holds_alternative<Commit>(news_.back())) {
    std::get<Commit>(news_.back()).index = index;
  } else {
    news_.push_back(Commit{index});
  }
  Schedule();
}

void CommitTeller::Leading(Term term) {
  news_.push_back(Lead{term});
  Schedule();
}

void CommitTeller::Following(Term term, std::optional<NodeId> leader) {
  // Only the last of several in a row matters.
  if (!news_.empty() && std::holds_alternative<Follow>(news_.back())) {
    news_.pop_back();
  }
  news_.push_back(Follow{term, leader});
  Schedule();
}

void CommitTeller::Failed(const absl::Status& status) {
  if (std::exchange(failed_, true)) return;
  news_.clear();
  deps_.loop->PostAlways([this, status] { deps_.events->OnFailed(status); });
}

void CommitTeller::Schedule() {
  if (failed_ || scheduled_) return;
  scheduled_ = true;
  deps_.loop->PostAlways([this] { Tell(); });
}

void CommitTeller::Tell() {
  scheduled_ = false;
  while (!news_.empty() && !failed_) {
    // Taken out first: telling may bring more news.
    const News first = news_.front();
    news_.pop_front();
    const bool whole =
        std::visit([this](const auto& news) { return TellNews(news); }, first);
    if (failed_ || whole) continue;
    news_.push_front(first);
    return Schedule();
  }
  if (!failed_) deps_.rested();
}

bool CommitTeller::TellNews(const Load& load) {
  // What was committed meanwhile was told already.
  if (load.index <= told_) return true;
  told_ = load.index;
  deps_.events->OnSnapshot(load.index, *load.payload);
  return true;
}

bool CommitTeller::TellNews(const Commit& commit) {
  if (told_ >= commit.index) return true;
  const std::vector<raft::Entry> entries =
      deps_.log->Read(told_.Next(), kPieceBytes);
  // Not readable: the quorum finds the log's fault and ends.
  if (entries.empty()) return false;
  for (const raft::Entry& entry : entries) {
    if (entry.index > commit.index || failed_) break;
    CHECK(entry.index == told_.Next()) << "R10: entries are told in order";
    told_ = entry.index;
    QuorumEntry told{entry.index, entry.term, *ValueOf(entry)};
    told_bytes_ += static_cast<int64_t>(told.value.size());
    deps_.events->OnCommitted(told);
  }
  return told_ >= commit.index;
}

bool CommitTeller::TellNews(const Lead& lead) {
  const std::optional<LogIndex> next = deps_.leads(lead.term);
  if (!next.has_value()) return true;
  led_ = lead.term;
  deps_.events->OnLeading(lead.term, *next);
  return true;
}

bool CommitTeller::TellNews(const Follow& follow) {
  led_.reset();
  deps_.events->OnFollowing(follow.term, follow.leader);
  return true;
}

}  // namespace barnabas::quorum
