#include "metadata/raft/membership.h"

namespace barnabas::raft {
namespace {

const VoterSet& Nobody() {
  static const VoterSet* const kNobody = new VoterSet();
  return *kNobody;
}

}  // namespace

const VoterSet& Membership::current() const {
  return history_.empty() ? Nobody() : *history_.back().second;
}

const VoterSet& Membership::At(LogIndex index) const {
  for (size_t i = history_.size(); i > 0; --i) {
    if (history_[i - 1].first <= index) return *history_[i - 1].second;
  }
  return Nobody();
}

LogIndex Membership::last_change() const {
  return history_.empty() ? kNoIndex : history_.back().first;
}

void Membership::OnAppend(const Entry& entry) {
  OnTruncate(entry.index);
  if (entry.voters != nullptr) history_.emplace_back(entry.index, entry.voters);
}

void Membership::OnTruncate(LogIndex begin) {
  while (!history_.empty() && history_.back().first >= begin) {
    history_.pop_back();
  }
}

void Membership::Reset(LogIndex index, VoterSet voters) {
  history_.clear();
  history_.emplace_back(index,
                        std::make_shared<const VoterSet>(std::move(voters)));
}

void Membership::ForgetBefore(LogIndex index) {
  while (history_.size() > 1 && history_[1].first <= index) {
    history_.erase(history_.begin());
  }
}

}  // namespace barnabas::raft
