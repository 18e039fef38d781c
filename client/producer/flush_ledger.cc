#include "client/producer/flush_ledger.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/types/error.h"

namespace barnabas::client {

uint64_t FlushLedger::Open() {
  open_batches_.fetch_add(1, std::memory_order_relaxed);
  absl::MutexLock lock(&mutex_);
  ++open_[generation_];
  return generation_;
}

void FlushLedger::Close(uint64_t generation, int32_t records,
                        const absl::Status& status) {
  (status.ok() ? acknowledged_ : failed_).fetch_add(records);
  open_batches_.fetch_sub(1, std::memory_order_relaxed);
  absl::MutexLock lock(&mutex_);
  if (first_failure_.ok()) first_failure_ = status;
  const auto found = open_.find(generation);
  if (found == open_.end() || --found->second > 0) return;
  open_.erase(found);
  closed_.SignalAll();
}

bool FlushLedger::IsPaid(uint64_t generation) const {
  return open_.empty() || open_.begin()->first > generation;
}

absl::Status FlushLedger::Wait(absl::Duration timeout) {
  absl::MutexLock lock(&mutex_);
  const uint64_t generation = generation_++;
  bool in_time = true;
  while (!IsPaid(generation) && in_time) {
    in_time = !closed_.WaitWithTimeout(&mutex_, timeout);
  }
  if (!IsPaid(generation)) {
    return MakeError(
        ErrorCode::kRequestTimedOut,
        absl::StrCat("batches not acknowledged after ",
                     absl::FormatDuration(timeout), ": ", open_.size()),
        "wait longer, or see why the brokers do not answer");
  }
  return std::exchange(first_failure_, absl::OkStatus());
}

}  // namespace barnabas::client
