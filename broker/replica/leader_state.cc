#include "broker/replica/leader_state.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "proto/types/error.h"

namespace barnabas::replica {

LeaderState::LeaderState(const Options& options)
    : epoch_(options.epoch),
      durable_end_(options.durable_end),
      log_end_(options.log_end),
      high_watermark_(options.flush == FlushMode::kOs ? options.log_end
                                                      : options.durable_end),
      flush_(options.flush),
      background_bytes_(options.background_bytes) {}

Step LeaderState::OnAppended(Offset end, int64_t unsynced_bytes) {
  Step step;
  log_end_ = std::max(log_end_, end);
  unsynced_bytes_ = unsynced_bytes;
  Advance(&step);
  MaybeFlush(&step);
  return step;
}

Step LeaderState::OnFlushed(Offset durable_end) {
  Step step;
  flushing_ = false;
  durable_end_ = std::max(durable_end_, durable_end);
  if (durable_end_ >= log_end_) unsynced_bytes_ = 0;
  Advance(&step);
  MaybeFlush(&step);
  return step;
}

void LeaderState::OnFlushFailed() {
  flushing_ = false;
  failed_ = true;
}

Step LeaderState::OnFlushDue() {
  Step step;
  timer_armed_ = false;
  if (failed_ || flushing_ || durable_end_ >= log_end_) return step;
  flushing_ = true;
  step.start_flush = true;
  return step;
}

Step LeaderState::SetFlush(FlushMode flush, int64_t background_bytes) {
  Step step;
  flush_ = flush;
  background_bytes_ = background_bytes;
  Advance(&step);
  MaybeFlush(&step);
  return step;
}

void LeaderState::SetEpoch(LeaderEpoch epoch) {
  epoch_ = std::max(epoch_, epoch);
}

absl::Status LeaderState::CheckEpoch(
    std::optional<LeaderEpoch> expected) const {
  return CheckLeaderEpoch(epoch_, expected);
}

absl::Status LeaderState::CheckUsable() const {
  if (!failed_) return absl::OkStatus();
  return MakeError(ErrorCode::kStorageError,
                   "a sync of the partition's log failed; it takes nothing "
                   "more until the broker starts again",
                   "look at the broker's log, then restart the broker");
}

void LeaderState::Advance(Step* step) {
  const Offset reached = flush_ == FlushMode::kOs ? log_end_ : durable_end_;
  if (failed_ || reached <= high_watermark_) return;
  high_watermark_ = reached;
  step->advanced = true;
}

void LeaderState::MaybeFlush(Step* step) {
  if (failed_ || flushing_ || durable_end_ >= log_end_) return;
  const bool now =
      flush_ == FlushMode::kDisk || unsynced_bytes_ >= background_bytes_;
  if (now) {
    flushing_ = true;
    step->start_flush = true;
    return;
  }
  if (timer_armed_) return;
  timer_armed_ = true;
  step->arm_timer = true;
}

absl::Status CheckLeaderEpoch(LeaderEpoch current,
                              std::optional<LeaderEpoch> expected) {
  if (!expected.has_value() || *expected == current) return absl::OkStatus();
  if (*expected < current) {
    return MakeError(
        ErrorCode::kFencedLeaderEpoch,
        absl::StrCat("leader epoch ", expected->value(),
                     " of the request is older than the partition's ",
                     current.value()),
        "refresh metadata and send again with the new epoch");
  }
  return MakeError(ErrorCode::kUnknownLeaderEpoch,
                   absl::StrCat("leader epoch ", expected->value(),
                                " of the request is newer than the ",
                                current.value(), " that this broker knows"),
                   "wait until the broker has caught up, then send again");
}

}  // namespace barnabas::replica
