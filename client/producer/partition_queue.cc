#include "client/producer/partition_queue.h"

#include <utility>

namespace barnabas::client {

PartitionQueue::PartitionQueue(const Options& options)
    : options_(options), accumulator_(options.accumulator) {}

PartitionQueue::Appended PartitionQueue::Append(const GatheredRecord& record,
                                                int64_t grant,
                                                DeliveryCallback&& callback) {
  const std::lock_guard lock(mutex_);
  if (shut_) return Appended::kShut;
  granted_ += grant;
  if (granted_ < record.bytes) return Appended::kNoMemory;
  granted_ -= record.bytes;
  ++accepted_;
  absl::Duration now;
  uint64_t generation = 0;
  if (!accumulator_.Fits(record.bytes)) {
    now = options_.clock->Monotonic();
    generation = options_.ledger->Open();
  }
  const Accumulator::Outcome outcome =
      accumulator_.Append(record, now, generation, std::move(callback));
  if (announced_ || !(outcome.opened || outcome.has_sealed)) {
    return Appended::kTaken;
  }
  announced_ = true;
  return Appended::kTakenTell;
}

PartitionQueue::Appended PartitionQueue::AppendReadyMade(
    PendingBatchPtr batch) {
  const std::lock_guard lock(mutex_);
  if (shut_) return Appended::kShut;
  accepted_ += batch->records;
  batch->opened = options_.clock->Monotonic();
  batch->generation = options_.ledger->Open();
  accumulator_.AppendReadyMade(std::move(batch));
  return std::exchange(announced_, true) ? Appended::kTaken
                                         : Appended::kTakenTell;
}

void PartitionQueue::Shut() {
  const std::lock_guard lock(mutex_);
  shut_ = true;
}

PartitionQueue::Taken PartitionQueue::TakeFirst(absl::Duration linger,
                                                int64_t bytes_max) {
  Taken taken;
  const std::lock_guard lock(mutex_);
  const std::optional<absl::Duration> opened = accumulator_.FirstOpened();
  if (!opened.has_value()) {
    announced_ = false;
    return taken;
  }
  const absl::Duration old_at = *opened + linger;
  const bool open_too =
      linger <= absl::ZeroDuration() || options_.clock->Monotonic() >= old_at;
  if (!open_too && !accumulator_.HasSealed()) {
    announced_ = false;
    taken.due = old_at;
    return taken;
  }
  taken.no_room = accumulator_.FirstBytesMax() > bytes_max;
  if (!taken.no_room) taken.batch = TakeBatch(open_too);
  return taken;
}

GatheredBatch PartitionQueue::TakeBatch(bool open_too) {
  GatheredBatch taken = *accumulator_.TakeFirst(open_too);
  if (accumulator_.Empty()) {
    taken.batch->reserved_bytes += std::exchange(granted_, 0);
  }
  return taken;
}

void PartitionQueue::GiveBack(record::BatchBuilder builder) {
  const std::lock_guard lock(mutex_);
  accumulator_.GiveBack(std::move(builder));
}

std::vector<GatheredBatch> PartitionQueue::Expire(absl::Duration moment) {
  std::vector<GatheredBatch> expired;
  const std::lock_guard lock(mutex_);
  while (accumulator_.FirstOpened().value_or(moment) < moment) {
    expired.push_back(TakeBatch(/*open_too=*/true));
  }
  return expired;
}

int64_t PartitionQueue::accepted() const {
  const std::lock_guard lock(mutex_);
  return accepted_;
}

}  // namespace barnabas::client
