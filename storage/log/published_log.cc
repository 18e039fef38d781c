#include "storage/log/published_log.h"

#include <algorithm>

#include "proto/types/status_macros.h"

namespace barnabas::log {

PublishedLog::PublishedLog(std::string directory, const RecoveredLog& recovered)
    : directory_(std::move(directory)) {
  absl::MutexLock lock(&mutex_);
  segments_ = std::make_shared<const SegmentList>(recovered.segments);
  epochs_ = recovered.epochs;
  facts_.log_start = recovered.log_start;
  facts_.log_end = facts_.durable_end = segments_->back()->next();
  facts_.last_epoch = epochs_.last();
  facts_.size_bytes = SizeOf(*segments_);
  facts_.segments = static_cast<int32_t>(segments_->size());
  facts_.producers = recovered.producers.size();
}

PublishedLog::Facts PublishedLog::facts() const {
  absl::MutexLock lock(&mutex_);
  return facts_;
}

SegmentList PublishedLog::segments() const {
  absl::MutexLock lock(&mutex_);
  return *segments_;
}

EpochHistory PublishedLog::epochs() const {
  absl::MutexLock lock(&mutex_);
  return epochs_;
}

std::optional<std::pair<LeaderEpoch, Offset>> PublishedLog::EndOfEpoch(
    LeaderEpoch epoch) const {
  absl::MutexLock lock(&mutex_);
  return epochs_.EndOf(epoch, facts_.log_end);
}

absl::StatusOr<LogReader::Snapshot> PublishedLog::SnapshotFor(
    Offset from) const {
  absl::MutexLock lock(&mutex_);
  ASSIGN_OR_RETURN(const Offset end,
                   LogReader::ReadableEnd(facts_, from, directory_));
  return LogReader::Snapshot{segments_, facts_.log_start, end, era_};
}

bool PublishedLog::Append(const record::BatchHeader& header,
                          const Counts& counts) {
  absl::MutexLock lock(&mutex_);
  const bool news = header.leader_epoch > facts_.last_epoch;
  if (news) {
    epochs_.Assign(header.leader_epoch, header.base_offset);
    facts_.last_epoch = header.leader_epoch;
  }
  facts_.log_end = header.NextOffset();
  facts_.size_bytes += header.SizeBytes();
  facts_.unsynced_bytes = counts.unsynced_bytes;
  facts_.producers = counts.producers;
  return news;
}

void PublishedLog::Publish(SegmentList segments, Offset start, Offset end,
                           const Counts& counts) {
  absl::MutexLock lock(&mutex_);
  facts_.log_start = start;
  facts_.log_end = end;
  facts_.durable_end = std::clamp(facts_.durable_end, start, end);
  facts_.size_bytes = SizeOf(segments);
  facts_.segments = static_cast<int32_t>(segments.size());
  facts_.producers = counts.producers;
  facts_.last_epoch = epochs_.last();
  facts_.unsynced_bytes = counts.unsynced_bytes;
  segments_ = std::make_shared<const SegmentList>(std::move(segments));
}

void PublishedLog::SetDurable(Offset end, int64_t unsynced_bytes) {
  absl::MutexLock lock(&mutex_);
  facts_.durable_end = end;
  facts_.unsynced_bytes = unsynced_bytes;
}

void PublishedLog::SetFailed() {
  absl::MutexLock lock(&mutex_);
  facts_.failed = true;
}

bool PublishedLog::CutEpochs(Offset start, Offset end) {
  absl::MutexLock lock(&mutex_);
  const bool front = epochs_.TruncateStart(start);
  const bool back = epochs_.TruncateEnd(end);
  return front || back;
}

void PublishedLog::SetEpochs(EpochHistory epochs) {
  absl::MutexLock lock(&mutex_);
  epochs_ = std::move(epochs);
}

void PublishedLog::EndEra() {
  absl::MutexLock lock(&mutex_);
  ++era_;
}

}  // namespace barnabas::log
