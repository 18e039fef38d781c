#include "metadata/raft/progress.h"

#include <algorithm>

namespace barnabas::raft {

Progress::Progress(LogIndex leader_last) : next_(leader_last.Next()) {}

bool Progress::MaySend(int32_t in_flight_max) const {
  switch (mode_) {
    case SendMode::kProbe:
      return in_flight_.empty();
    case SendMode::kReplicate:
      return in_flight_.size() < static_cast<size_t>(in_flight_max);
    case SendMode::kSnapshot:
      return false;
  }
  return false;
}

void Progress::OnSent(LogIndex end) {
  in_flight_.push_back(end);
  if (mode_ == SendMode::kReplicate) next_ = std::max(next_, end);
}

bool Progress::OnAccepted(LogIndex match, uint64_t round) {
  silent_ticks_ = 0;
  round_ = std::max(round_, round);
  const bool rose = match > match_;
  if (rose) {
    match_ = match;
    stalled_ticks_ = 0;
  }
  // A heartbeat's answer may say less than what is being probed.
  if (mode_ == SendMode::kProbe && match_.Next() >= next_) {
    mode_ = SendMode::kReplicate;
    in_flight_.clear();
  }
  if (mode_ == SendMode::kSnapshot && match_ >= snapshot_.id.index) {
    OnSnapshotInstalled();
  }
  next_ = std::max(next_, match_.Next());
  while (!in_flight_.empty() && in_flight_.front() <= match_.Next()) {
    in_flight_.pop_front();
  }
  return rose;
}

void Progress::OnRefused(LogIndex next, uint64_t round) {
  silent_ticks_ = 0;
  // Within a round it may have been said before the acknowledgement.
  const bool fresh = round > round_;
  round_ = std::max(round_, round);
  if (mode_ == SendMode::kSnapshot) return;
  // It has lost what it had acknowledged: its disk is an old copy. What is
  // committed stays committed; it is sent again.
  if (fresh && next <= match_) match_ = next.Plus(-1);
  Probe(std::max(match_.Next(), next));
}

void Progress::Probe(LogIndex next) {
  mode_ = SendMode::kProbe;
  next_ = next;
  in_flight_.clear();
  stalled_ticks_ = 0;
}

void Progress::BeginSnapshot(const SnapshotId& id) {
  mode_ = SendMode::kSnapshot;
  snapshot_ = SnapshotPlace{id, 0};
  in_flight_.clear();
  stalled_ticks_ = 0;
}

void Progress::OnSnapshotPiece(int64_t position) {
  snapshot_.position = position;
  silent_ticks_ = 0;
  stalled_ticks_ = 0;
}

void Progress::OnSnapshotInstalled() {
  silent_ticks_ = 0;
  match_ = std::max(match_, snapshot_.id.index);
  Probe(match_.Next());
}

void Progress::OnLost() { Probe(match_.Next()); }

bool Progress::OnTick(int32_t resend_ticks) {
  ++silent_ticks_;
  const bool waiting = mode_ == SendMode::kSnapshot || !in_flight_.empty();
  if (!waiting) {
    stalled_ticks_ = 0;
    return false;
  }
  if (++stalled_ticks_ < resend_ticks) return false;
  stalled_ticks_ = 0;
  if (mode_ != SendMode::kSnapshot) Probe(match_.Next());
  return true;
}

}  // namespace barnabas::raft
