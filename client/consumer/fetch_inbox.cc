#include "client/consumer/fetch_inbox.h"

#include <algorithm>
#include <utility>

#include "proto/types/error.h"

namespace barnabas::client {

void FetchInbox::Clear() {
  absl::MutexLock lock(&mutex_);
  for (auto& [partition, place] : places_) DropChunks(&place);
  places_.clear();
  troubles_.clear();
  ends_.clear();
}

uint64_t FetchInbox::Restart(const ConsumerPartition& partition,
                             std::optional<int64_t> position) {
  absl::MutexLock lock(&mutex_);
  Place& place = places_[partition];
  DropChunks(&place);
  place = Place();
  place.epoch = ++epochs_;
  place.position = position;
  return place.epoch;
}

bool FetchInbox::Has(const ConsumerPartition& partition) const {
  absl::MutexLock lock(&mutex_);
  return places_.contains(partition);
}

std::optional<int64_t> FetchInbox::position(
    const ConsumerPartition& partition) const {
  absl::MutexLock lock(&mutex_);
  const auto found = places_.find(partition);
  return found == places_.end() ? std::nullopt : found->second.position;
}

std::optional<int64_t> FetchInbox::corrupt_end(
    const ConsumerPartition& partition) const {
  absl::MutexLock lock(&mutex_);
  const auto found = places_.find(partition);
  return found == places_.end() ? std::nullopt : found->second.corrupt_end;
}

bool FetchInbox::HasNews() const {
  return woken_ || places_.empty() || chunks_ > 0 || !troubles_.empty() ||
         !ends_.empty();
}

void FetchInbox::Wait(absl::Duration timeout) {
  absl::MutexLock lock(&mutex_);
  mutex_.AwaitWithTimeout(absl::Condition(this, &FetchInbox::HasNews), timeout);
  woken_ = false;
}

void FetchInbox::WaitForPosition(const ConsumerPartition& partition,
                                 absl::Duration timeout) {
  absl::MutexLock lock(&mutex_);
  const auto known = [this, &partition]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) {
    const auto found = places_.find(partition);
    return found == places_.end() || found->second.blocked ||
           found->second.position.has_value();
  };
  mutex_.AwaitWithTimeout(absl::Condition(&known), timeout);
}

void FetchInbox::Wakeup() {
  absl::MutexLock lock(&mutex_);
  woken_ = true;
}

std::optional<DueChunk> FetchInbox::Take() {
  absl::MutexLock lock(&mutex_);
  if (chunks_ == 0) return std::nullopt;
  auto at = places_.upper_bound(last_served_);
  for (size_t seen = 0; seen <= places_.size(); ++seen) {
    if (at == places_.end()) at = places_.begin();
    if (!at->second.chunks.empty()) {
      last_served_ = at->first;
      const Held& held = at->second.chunks.front();
      return DueChunk{at->first, at->second.epoch, held.endpoint,
                      at->second.position.value_or(0), held.chunk};
    }
    ++at;
  }
  return std::nullopt;
}

void FetchInbox::Advance(const DueChunk& due, int64_t position,
                         bool exhausted) {
  absl::MutexLock lock(&mutex_);
  Place* place = Find(due.partition, due.epoch);
  if (place == nullptr) return;
  place->position = std::max(place->position.value_or(0), position);
  place->high_watermark =
      std::max(place->high_watermark, due.chunk->high_watermark());
  if (exhausted && !place->chunks.empty()) {
    released_[due.endpoint] += due.chunk->credit_bytes();
    place->chunks.pop_front();
    --chunks_;
  }
  TellEnd(due.partition, place);
}

void FetchInbox::TellEnd(const ConsumerPartition& partition, Place* place) {
  if (!place->position.has_value() || !place->chunks.empty()) return;
  if (*place->position < place->high_watermark) return;
  if (place->end_told >= place->high_watermark) return;
  place->end_told = place->high_watermark;
  ends_.push_back(partition);
}

void FetchInbox::Block(const DueChunk& due, const absl::Status& why) {
  absl::MutexLock lock(&mutex_);
  Place* place = Find(due.partition, due.epoch);
  if (place == nullptr) return;
  place->blocked = true;
  const std::optional<OffsetRange> range = OffsetRangeOf(why);
  if (range.has_value()) place->corrupt_end = range->end.value();
  DropChunks(place);
  troubles_.push_back({due.partition, why});
}

std::vector<PartitionTrouble> FetchInbox::TakeTroubles() {
  absl::MutexLock lock(&mutex_);
  return std::exchange(troubles_, {});
}

std::vector<ConsumerPartition> FetchInbox::TakeEnds() {
  absl::MutexLock lock(&mutex_);
  return std::exchange(ends_, {});
}

void FetchInbox::OnPlaced(const ConsumerPartition& partition, uint64_t epoch,
                          int64_t next_offset, int64_t high_watermark) {
  absl::MutexLock lock(&mutex_);
  Place* place = Find(partition, epoch);
  if (place == nullptr) return;
  if (!place->position.has_value()) place->position = next_offset;
  place->high_watermark = std::max(place->high_watermark, high_watermark);
  TellEnd(partition, place);
}

bool FetchInbox::OnFetched(const ConsumerPartition& partition, uint64_t epoch,
                           const std::string& endpoint,
                           std::shared_ptr<FetchedChunk> chunk) {
  absl::MutexLock lock(&mutex_);
  Place* place = Find(partition, epoch);
  if (place == nullptr || place->blocked) return false;
  place->chunks.push_back(Held{endpoint, std::move(chunk)});
  ++chunks_;
  return true;
}

void FetchInbox::OnTrouble(const ConsumerPartition& partition, uint64_t epoch,
                           const absl::Status& why) {
  absl::MutexLock lock(&mutex_);
  Place* place = Find(partition, epoch);
  if (place == nullptr || place->blocked) return;
  place->blocked = true;
  const std::optional<OffsetRange> range = OffsetRangeOf(why);
  if (CodeOf(why) == ErrorCode::kCorruptRecord && range.has_value()) {
    place->corrupt_end = range->end.value();
  }
  troubles_.push_back({partition, why});
}

std::map<std::string, int64_t> FetchInbox::TakeReleased() {
  absl::MutexLock lock(&mutex_);
  return std::exchange(released_, {});
}

FetchInbox::Place* FetchInbox::Find(const ConsumerPartition& partition,
                                    uint64_t epoch) {
  const auto found = places_.find(partition);
  if (found == places_.end() || found->second.epoch != epoch) return nullptr;
  return &found->second;
}

void FetchInbox::DropChunks(Place* place) {
  for (const Held& held : place->chunks) {
    released_[held.endpoint] += held.chunk->credit_bytes();
    --chunks_;
  }
  place->chunks.clear();
}

}  // namespace barnabas::client
