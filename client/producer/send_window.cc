#include "client/producer/send_window.h"

#include <algorithm>
#include <utility>

namespace barnabas::client {
namespace {

// The broker does not know where this producer stands.
bool IsSequenceTrouble(ErrorCode code) {
  return AttributesOf(code).retry == RetryClass::kAfterReinit;
}

// Whether the batch's numbers are free for others. An earlier attempt may have
// been stored, and only a verdict on the batch itself comes before the append.
bool WasNeverStored(const PendingBatch& batch, ErrorCode code) {
  const ErrorScope scope = AttributesOf(code).scope;
  return batch.attempts == 1 && batch.stamp.base_sequence >= 0 &&
         (scope == ErrorScope::kBatch || scope == ErrorScope::kRecord);
}

// What is left in flight of a batch whose callers were answered.
PendingBatchPtr Hollow(const PendingBatch& batch) {
  auto hollow = std::make_unique<PendingBatch>();
  hollow->records = batch.records;
  hollow->opened = batch.opened;
  hollow->stamp = batch.stamp;
  hollow->order = batch.order;
  hollow->frame = batch.frame;
  hollow->shifted = batch.shifted;
  hollow->attempts = batch.attempts;
  hollow->hollow = true;
  return hollow;
}

}  // namespace

bool SendWindow::IsOpen() const {
  if (settling_ || needs_restart_) return false;
  if (!retry_.empty()) return in_flight_.size() < in_flight_max_;
  if (in_flight_.empty()) return true;
  // Not only their number counts: the broker remembers the last few batches,
  // and the oldest one in flight may have to be recognised.
  uint64_t oldest = next_order_;
  for (const PendingBatchPtr& batch : in_flight_) {
    oldest = std::min(oldest, batch->order);
  }
  return next_order_ - oldest < in_flight_max_;
}

bool SendWindow::IsInFlight(uint64_t frame) const {
  return std::any_of(
      in_flight_.begin(), in_flight_.end(),
      [frame](const PendingBatchPtr& batch) { return batch->frame == frame; });
}

void SendWindow::Restart(const ProducerIdentity& identity) {
  needs_restart_ = false;
  settling_ = false;
  sequencer_.Begin(identity);
  for (const PendingBatchPtr& batch : retry_) {
    Stamp(sequencer_.Next(batch->records), batch.get());
    batch->shifted = false;
  }
}

record::BatchProducer SendWindow::NextStamp(int32_t records,
                                            const ProducerIdentity& current) {
  if (IsIdle() && sequencer_.identity() != current) sequencer_.Begin(current);
  return sequencer_.Next(records);
}

PendingBatchPtr SendWindow::TakeRetry() {
  if (retry_.empty()) return nullptr;
  PendingBatchPtr batch = std::move(retry_.front());
  retry_.pop_front();
  if (batch->shifted) {
    // Only the number in `stamp` moved up so far.
    Stamp(batch->stamp, batch.get());
    batch->shifted = false;
  }
  return batch;
}

void SendWindow::OnSent(PendingBatchPtr batch, uint64_t frame) {
  if (batch->order == 0) batch->order = next_order_++;
  batch->frame = frame;
  ++batch->attempts;
  in_flight_.push_back(std::move(batch));
}

std::vector<PendingBatchPtr> SendWindow::OnStored(uint64_t first,
                                                  uint64_t last) {
  std::vector<PendingBatchPtr> stored;
  Batches left;
  for (PendingBatchPtr& batch : in_flight_) {
    const bool named = batch->frame >= first && batch->frame <= last;
    (named ? stored.emplace_back() : left.emplace_back()) = std::move(batch);
  }
  in_flight_ = std::move(left);
  if (in_flight_.empty()) settling_ = false;
  return stored;
}

PendingBatchPtr SendWindow::TakeInFlight(uint64_t frame) {
  const auto found = std::find_if(
      in_flight_.begin(), in_flight_.end(),
      [frame](const PendingBatchPtr& batch) { return batch->frame == frame; });
  if (found == in_flight_.end()) return nullptr;
  PendingBatchPtr batch = std::move(*found);
  in_flight_.erase(found);
  return batch;
}

bool SendWindow::IsOldest(const PendingBatch& batch) const {
  const auto is_older = [&batch](const PendingBatchPtr& other) {
    return other->order < batch.order;
  };
  return std::none_of(in_flight_.begin(), in_flight_.end(), is_older) &&
         std::none_of(retry_.begin(), retry_.end(), is_older);
}

Refusal SendWindow::OnRefused(uint64_t frame, ErrorCode code,
                              PendingBatchPtr* over) {
  PendingBatchPtr batch = TakeInFlight(frame);
  if (batch == nullptr) return Refusal::kUnknown;
  const bool numbered =
      batch->stamp.base_sequence >= 0 && !sequencer_.identity().IsNone();
  Refusal refusal = Refusal::kFailed;
  if (code == ErrorCode::kDuplicateSequence) {
    refusal = Refusal::kDuplicate;
  } else if (IsSequenceTrouble(code) && numbered) {
    refusal = Refusal::kRetry;
    if (IsOldest(*batch) && !batch->shifted) needs_restart_ = true;
  } else if (IsRetriable(code) && !IsSequenceTrouble(code)) {
    refusal = Refusal::kRetry;
  }
  if (refusal == Refusal::kRetry && !batch->hollow) {
    Repeat(std::move(batch));
  } else {
    if (refusal == Refusal::kFailed && WasNeverStored(*batch, code)) {
      CloseGap(*batch);
    }
    if (!batch->hollow) *over = std::move(batch);
  }
  if (in_flight_.empty()) settling_ = false;
  return refusal;
}

void SendWindow::Repeat(PendingBatchPtr batch) {
  settling_ = true;
  const auto later = std::find_if(retry_.begin(), retry_.end(),
                                  [&batch](const PendingBatchPtr& other) {
                                    return other->order > batch->order;
                                  });
  retry_.insert(later, std::move(batch));
}

void SendWindow::CloseGap(const PendingBatch& gone) {
  ForEach([this, &gone](PendingBatch* batch) {
    if (batch->order <= gone.order) return;
    batch->stamp = sequencer_.MovedUp(batch->stamp, gone.records);
    batch->shifted = true;
  });
  sequencer_.TakeBack(gone.records);
}

void SendWindow::ForEach(const std::function<void(PendingBatch*)>& visit) {
  for (const PendingBatchPtr& batch : retry_) visit(batch.get());
  for (const PendingBatchPtr& batch : in_flight_) visit(batch.get());
}

void SendWindow::OnBroken() {
  Batches broken;
  broken.swap(in_flight_);
  for (PendingBatchPtr& batch : broken) {
    if (!batch->hollow) Repeat(std::move(batch));
  }
  settling_ = false;
}

std::vector<PendingBatchPtr> SendWindow::Expire(absl::Duration moment) {
  std::vector<PendingBatchPtr> expired;
  for (PendingBatchPtr& batch : in_flight_) {
    if (batch->hollow || batch->opened >= moment) continue;
    PendingBatchPtr hollow = Hollow(*batch);
    expired.push_back(std::exchange(batch, std::move(hollow)));
  }
  Batches left;
  for (PendingBatchPtr& batch : retry_) {
    if (batch->opened >= moment) {
      left.push_back(std::move(batch));
      continue;
    }
    expired.push_back(std::move(batch));
  }
  retry_ = std::move(left);
  std::sort(expired.begin(), expired.end(),
            [](const PendingBatchPtr& a, const PendingBatchPtr& b) {
              return a->order < b->order;
            });
  return expired;
}

std::vector<PendingBatchPtr> SendWindow::Clear() {
  std::vector<PendingBatchPtr> all;
  for (Batches* batches : {&retry_, &in_flight_}) {
    for (PendingBatchPtr& batch : *batches) {
      if (!batch->hollow) all.push_back(std::move(batch));
    }
    batches->clear();
  }
  std::sort(all.begin(), all.end(),
            [](const PendingBatchPtr& a, const PendingBatchPtr& b) {
              return a->order < b->order;
            });
  settling_ = false;
  return all;
}

}  // namespace barnabas::client
