#include "controller/quorum/durable_log.h"

#include <array>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/types/error.h"
#include "proto/types/limits.h"
#include "proto/types/status_macros.h"
#include "storage/record/batch_builder.h"
#include "storage/record/batch_check.h"
#include "storage/record/batch_reader.h"

namespace barnabas::quorum {
namespace {

constexpr char kTopicName[] = "__cluster_metadata";
// Kafka's own id of that topic.
constexpr char kTopicId[] = "AAAAAAAAAAAAAAAAAAAAAQ";
constexpr int64_t kSegmentBytes = 64 * kMiB;
// "Never", and yet safe to add to a time.
constexpr int64_t kCenturyMs = 100 * 365 * kDayMs;

log::LogConfig Config() {
  log::LogConfig config;
  config.segment_bytes = kSegmentBytes;
  // Time alone never closes a segment: nothing is deleted by age.
  config.segment_ms = kCenturyMs;
  config.message_bytes_max = kMessageBytesMax;
  // A clock that jumps must not stop the cluster from agreeing.
  config.timestamp_before_max_ms = kCenturyMs;
  config.timestamp_after_max_ms = kCenturyMs;
  config.flush = log::FlushPolicy::kDisk;
  return config;
}

absl::Status Damaged(Offset offset, const std::string& what) {
  return MakeError(
      ErrorCode::kCorruptLog,
      absl::StrCat("metadata log at offset ", offset.value(), ": ", what),
      "keep the directory and run `barnabas storage verify` on "
      "it");
}

absl::StatusOr<QuorumEntry> EntryOf(const record::BatchView& batch) {
  record::RecordReader reader;
  RETURN_IF_ERROR(reader.Open(batch, /*check_crc=*/true));
  record::RecordView view;
  ASSIGN_OR_RETURN(const bool found, reader.Next(&view));
  if (!found || batch.header.record_count != 1 || !view.value.has_value()) {
    return Damaged(batch.header.base_offset, "not one record with a value");
  }
  QuorumEntry entry;
  entry.offset = LogIndex(view.offset.value());
  entry.term = Term(batch.header.leader_epoch.value());
  entry.value.assign(view.value->data(), view.value->size());
  return entry;
}

}  // namespace

TopicPartition MetadataPartition() {
  return TopicPartition{*Uuid::Parse(kTopicId), PartitionIndex(0)};
}

DurableLog::DurableLog(std::unique_ptr<log::PartitionLog> log)
    : log_(std::move(log)) {}

absl::StatusOr<std::unique_ptr<DurableLog>> DurableLog::Open(
    log::LogDirectory* directory) {
  ASSIGN_OR_RETURN(
      std::unique_ptr<log::PartitionLog> log,
      directory->OpenLog(MetadataPartition(), kTopicName, Config()));
  return std::unique_ptr<DurableLog>(new DurableLog(std::move(log)));
}

absl::StatusOr<LogIndex> DurableLog::Append(std::string_view value, Term term,
                                            int64_t time_ms) {
  record::BatchBuilder builder;
  builder.Append(time_ms, std::nullopt, value);
  const std::string batch = builder.Finish();
  const std::array<std::string_view, 1> slices = {batch};
  ASSIGN_OR_RETURN(const record::BatchHeader header,
                   record::CheckBatch(slices));
  ASSIGN_OR_RETURN(
      const log::AppendOutcome outcome,
      log_->AppendAsLeader({header, slices}, LeaderEpoch(term.value())));
  return LogIndex(outcome.base_offset.value());
}

absl::StatusOr<std::vector<QuorumEntry>> DurableLog::Read(
    LogIndex from, LogIndex end, int64_t bytes_max) const {
  std::vector<QuorumEntry> entries;
  if (from >= end) return entries;
  std::string buffer;
  ASSIGN_OR_RETURN(const log::ReadOutcome outcome,
                   log_->Read(Offset(from.value()), Offset(end.value()),
                              bytes_max, nullptr, [&buffer](size_t size) {
                                buffer.resize(size);
                                return buffer.data();
                              }));
  record::BatchReader batches(outcome.bytes);
  while (true) {
    ASSIGN_OR_RETURN(const std::optional<record::BatchView> batch,
                     batches.Next());
    if (!batch.has_value()) return entries;
    ASSIGN_OR_RETURN(QuorumEntry entry, EntryOf(*batch));
    if (entry.offset < from) continue;
    if (entry.offset != from.Plus(static_cast<int64_t>(entries.size()))) {
      return Damaged(batch->header.base_offset, "offsets have a gap");
    }
    entries.push_back(std::move(entry));
  }
}

absl::Status DurableLog::Cut(LogIndex begin) {
  return log_->TruncateSuffix(Offset(begin.value()));
}

absl::Status DurableLog::Trim(LogIndex begin) {
  return log_->AdvanceStart(Offset(begin.value()));
}

absl::Status DurableLog::BeginAfter(LogIndex last) {
  // A start beyond the end begins the log anew there.
  RETURN_IF_ERROR(log_->TruncateSuffix(Offset(start().value())));
  return log_->AdvanceStart(Offset(last.Next().value()));
}

std::unique_ptr<log::FlushJob> DurableLog::StartFlush() {
  return log_->StartFlush();
}

void DurableLog::FinishFlush(const log::FlushJob& job,
                             const absl::Status& result) {
  log_->FinishFlush(job, result);
}

LogIndex DurableLog::start() const {
  return LogIndex(log_->facts().log_start.value());
}

LogIndex DurableLog::end() const {
  return LogIndex(log_->facts().log_end.value());
}

LogIndex DurableLog::durable_end() const {
  return LogIndex(log_->facts().durable_end.value());
}

Term DurableLog::last_term() const {
  const LeaderEpoch epoch = log_->facts().last_epoch;
  return epoch == kNoLeaderEpoch ? Term(0) : Term(epoch.value());
}

}  // namespace barnabas::quorum
