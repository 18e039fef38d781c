#include "client/producer/partition_queue.h"

#include <utility>

namespace barnabas::client {

PartitionQueue::PartitionQueue(const Options& options)
    : options_(options), accumulator_(options.accumulator) {}

PartitionQueue::Appended PartitionQueue::Append(const GatheredRecord& record,
                                                DeliveryCallback&& callback) {
  absl::MutexLock lock(&mutex_);
  if (shut_) return Appended::kShut;
  options_.ledger->CountAccepted(1);
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
  absl::MutexLock lock(&mutex_);
  if (shut_) return Appended::kShut;
  options_.ledger->CountAccepted(batch->records);
  batch->opened = options_.clock->Monotonic();
  batch->generation = options_.ledger->Open();
  accumulator_.AppendReadyMade(std::move(batch));
  return std::exchange(announced_, true) ? Appended::kTaken
                                         : Appended::kTakenTell;
}

void PartitionQueue::Shut() {
  absl::MutexLock lock(&mutex_);
  shut_ = true;
}

PartitionQueue::Taken PartitionQueue::TakeFirst(absl::Duration linger,
                                                int64_t bytes_max) {
  Taken taken;
  absl::MutexLock lock(&mutex_);
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
  if (!taken.no_room) taken.batch = accumulator_.TakeFirst(open_too);
  return taken;
}

void PartitionQueue::GiveBack(record::BatchBuilder builder) {
  absl::MutexLock lock(&mutex_);
  accumulator_.GiveBack(std::move(builder));
}

std::vector<GatheredBatch> PartitionQueue::Expire(absl::Duration moment) {
  std::vector<GatheredBatch> expired;
  absl::MutexLock lock(&mutex_);
  while (accumulator_.FirstOpened().value_or(moment) < moment) {
    expired.push_back(*accumulator_.TakeFirst(/*open_too=*/true));
  }
  return expired;
}

}  // namespace barnabas::client
