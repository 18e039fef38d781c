#include "storage/log/producer_window.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/types/error.h"

namespace barnabas::log {
namespace {

// Sequences are a ring of this many.
constexpr int64_t kSequences = int64_t{1} << 31;

// How far `sequence` lies behind `expected` on the ring.
int64_t Behind(int32_t expected, int32_t sequence) {
  return (int64_t{expected} - sequence + kSequences) % kSequences;
}

std::string Describe(const record::BatchHeader& header) {
  return absl::StrCat("producer ", header.producer_id.value(), " epoch ",
                      header.producer_epoch.value(), " sequence ",
                      header.base_sequence);
}

absl::Status OutOfOrder(const record::BatchHeader& header, int32_t expected) {
  return MakeError(
      ErrorCode::kOutOfOrderSequence,
      absl::StrCat(Describe(header), ": sequence ", expected, " is due"),
      "begin again with the next producer epoch");
}

// `header` is not the next one: repeated, too old, or behind a gap.
absl::StatusOr<std::optional<ProducerBatch>> JudgeOldSequence(
    const ProducerEntry& entry, const record::BatchHeader& header,
    int32_t expected) {
  for (int32_t i = 0; i < entry.count; ++i) {
    const ProducerBatch& batch = entry.batches[static_cast<size_t>(i)];
    if (batch.FirstSequence() == header.base_sequence &&
        batch.last_sequence == header.LastSequence()) {
      return batch;
    }
  }
  const int64_t behind = Behind(expected, header.base_sequence);
  const int64_t oldest =
      entry.count == 0
          ? 0
          : Behind(expected, entry.batches.front().FirstSequence());
  // Half of the ring lies behind, the other half ahead.
  if (behind < kSequences / 2 && behind > oldest &&
      behind - header.last_offset_delta > oldest) {
    return MakeError(
        ErrorCode::kDuplicateSequence,
        absl::StrCat(Describe(header), ": stored before, but more than ",
                     kBatchesPerProducer, " batches ago"),
        "count it as stored; its offset is no longer known");
  }
  return OutOfOrder(header, expected);
}

}  // namespace

int32_t ProducerBatch::FirstSequence() const {
  const int64_t first = int64_t{last_sequence} - offset_delta;
  return static_cast<int32_t>(first < 0 ? first + kSequences : first);
}

void ProducerEntry::Push(const ProducerBatch& batch) {
  if (count == kBatchesPerProducer) {
    std::move(batches.begin() + 1, batches.end(), batches.begin());
    --count;
  }
  batches[static_cast<size_t>(count)] = batch;
  ++count;
}

absl::StatusOr<std::optional<ProducerBatch>> ProducerWindow::Check(
    const record::BatchHeader& header, bool strict) const {
  if (!header.HasProducer() || header.IsControl()) return std::nullopt;
  const auto found = by_id_.find(header.producer_id);
  if (found == by_id_.end()) {
    if (!strict || header.base_sequence == 0) return std::nullopt;
    return MakeError(
        ErrorCode::kUnknownProducerId,
        absl::StrCat(Describe(header), ": nothing is known of this producer"),
        "begin again with the next producer epoch");
  }
  const ProducerEntry& entry = found->second->entry;
  if (header.producer_epoch < entry.epoch) {
    return MakeError(ErrorCode::kInvalidProducerEpoch,
                     absl::StrCat(Describe(header), ": epoch ",
                                  entry.epoch.value(), " has taken over"),
                     "stop this producer, or begin again with a new epoch");
  }
  if (header.producer_epoch > entry.epoch || entry.Last() == nullptr) {
    if (header.base_sequence == 0) return std::nullopt;
    return OutOfOrder(header, 0);
  }
  const int32_t expected =
      record::SequenceAfter(entry.Last()->last_sequence, 1);
  if (header.base_sequence == expected) return std::nullopt;
  return JudgeOldSequence(entry, header, expected);
}

void ProducerWindow::Note(const record::BatchHeader& header, int64_t now_ms) {
  if (!header.HasProducer()) return;
  const auto found = by_id_.find(header.producer_id);
  if (found != by_id_.end() &&
      header.producer_epoch < found->second->entry.epoch) {
    return;
  }
  ProducerEntry* const entry = Touch(header.producer_id, now_ms);
  if (header.producer_epoch > entry->epoch) {
    entry->epoch = header.producer_epoch;
    entry->count = 0;
  }
  entry->timestamp_ms = header.max_timestamp_ms;
  // A transaction's marker holds no sequence.
  if (header.IsControl() || header.base_sequence < 0) return;
  entry->Push(ProducerBatch{header.LastSequence(), header.LastOffset(),
                            header.last_offset_delta, header.max_timestamp_ms});
}

ProducerEntry* ProducerWindow::Touch(ProducerId id, int64_t now_ms) {
  const auto found = by_id_.find(id);
  if (found != by_id_.end()) {
    found->second->heard_ms = now_ms;
    recency_.splice(recency_.end(), recency_, found->second);
    return &found->second->entry;
  }
  if (by_id_.size() >= kProducersPerPartitionMax) {
    by_id_.erase(recency_.front().entry.id);
    recency_.pop_front();
  }
  ProducerEntry entry;
  entry.id = id;
  entry.epoch = kNoProducerEpoch;
  recency_.push_back(Heard{entry, now_ms});
  by_id_.emplace(id, std::prev(recency_.end()));
  return &recency_.back().entry;
}

void ProducerWindow::Expire(int64_t before_ms) {
  while (!recency_.empty() && recency_.front().heard_ms < before_ms) {
    by_id_.erase(recency_.front().entry.id);
    recency_.pop_front();
  }
}

void ProducerWindow::Clear() {
  by_id_.clear();
  recency_.clear();
}

std::vector<ProducerEntry> ProducerWindow::Entries() const {
  std::vector<ProducerEntry> entries;
  entries.reserve(recency_.size());
  for (const Heard& heard : recency_) entries.push_back(heard.entry);
  return entries;
}

void ProducerWindow::Restore(const std::vector<ProducerEntry>& entries,
                             int64_t now_ms) {
  Clear();
  for (const ProducerEntry& entry : entries) {
    *Touch(entry.id, now_ms) = entry;
  }
}

}  // namespace barnabas::log
