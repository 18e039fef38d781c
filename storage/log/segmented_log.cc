#include "storage/log/segmented_log.h"

#include <algorithm>
#include <limits>
#include <string>

#include "absl/strings/str_cat.h"
#include "glog/logging.h"
#include "proto/types/error.h"
#include "proto/types/status_macros.h"
#include "storage/log/append_rules.h"
#include "storage/log/file_names.h"
#include "storage/log/format.h"
#include "storage/log/log_files.h"
#include "storage/log/log_start_file.h"
#include "storage/log/roll_rule.h"

namespace barnabas::log {
namespace {

absl::Status OutOfRange(Offset offset, const PartitionLog::Facts& facts) {
  return WithOffsetRange(
      MakeError(ErrorCode::kOffsetOutOfRange,
                absl::StrCat("offset ", offset.value(), " is not in [",
                             facts.log_start.value(), ", ",
                             facts.log_end.value(), "]"),
                "begin at an offset of that range"),
      OffsetRange{facts.log_start, facts.log_end});
}

}  // namespace

SegmentedLog::SegmentedLog(const Options& options, RecoveredLog recovered)
    : options_(options),
      report_(recovered.report),
      config_(options.config),
      active_(recovered.segments.back()),
      producers_(std::move(recovered.producers)),
      snapshots_(options.files, options.directory),
      ledger_(options.files, options.directory, std::move(recovered.marks),
              recovered.point) {
  absl::MutexLock lock(&mutex_);
  published_.epochs = std::move(recovered.epochs);
  Facts& facts = published_.facts;
  facts.log_start = recovered.log_start;
  facts.log_end = facts.durable_end = active_->next();
  facts.last_epoch = published_.epochs.last();
  facts.size_bytes = SizeOf(recovered.segments);
  facts.segments = static_cast<int32_t>(recovered.segments.size());
  facts.producers = producers_.size();
  published_.segments =
      std::make_shared<const SegmentList>(std::move(recovered.segments));
}

absl::StatusOr<AppendOutcome> SegmentedLog::AppendAsLeader(
    const AppendInput& input, LeaderEpoch epoch) {
  RETURN_IF_ERROR(shut_);
  const int64_t now_ms = options_.clock->WallMs();
  record::BatchHeader header = input.header;
  RETURN_IF_ERROR(CheckAppend(header, config_, now_ms));
  const bool stamp =
      config_.timestamp_type == record::TimestampType::kLogAppendTime &&
      !header.IsControl();
  if (now_ms > config_.producer_expiration_ms) {
    producers_.Expire(now_ms - config_.producer_expiration_ms);
  }
  ASSIGN_OR_RETURN(const std::optional<ProducerBatch> repeated,
                   producers_.Check(header, options_.strict_sequences));
  if (repeated.has_value()) {
    AppendOutcome outcome{repeated->FirstOffset(), repeated->last_offset.Next(),
                          true, std::nullopt};
    if (stamp) outcome.append_time_ms = repeated->timestamp_ms;
    return outcome;
  }
  const Facts before = facts();
  if (epoch < before.last_epoch) {
    return MakeError(
        ErrorCode::kFencedLeaderEpoch,
        absl::StrCat("leader epoch ", epoch.value(),
                     " is over, the log has epoch ", before.last_epoch.value()),
        "look the leader up again");
  }
  GatherParts(input.slices);
  if (stamp) {
    StampAppendTime(absl::MakeConstSpan(parts_).subspan(1), now_ms, &header);
  }
  header.base_offset = before.log_end;
  header.leader_epoch = epoch;
  RETURN_IF_ERROR(Write(header, now_ms));
  AppendOutcome outcome{header.base_offset, header.NextOffset(), false,
                        std::nullopt};
  if (stamp) outcome.append_time_ms = now_ms;
  return outcome;
}

absl::Status SegmentedLog::AppendAsFollower(const AppendInput& input) {
  RETURN_IF_ERROR(shut_);
  const Facts before = facts();
  RETURN_IF_ERROR(
      CheckFollows(input.header, before.log_end, before.last_epoch));
  GatherParts(input.slices);
  return Write(input.header, options_.clock->WallMs());
}

void SegmentedLog::GatherParts(absl::Span<const std::string_view> slices) {
  parts_.assign(1, std::string_view());
  size_t skip = record::kBatchHeaderBytes;
  for (const std::string_view slice : slices) {
    if (slice.size() > skip) parts_.push_back(slice.substr(skip));
    skip -= std::min(skip, slice.size());
  }
}

absl::Status SegmentedLog::Write(const record::BatchHeader& header,
                                 int64_t now_ms) {
  if (active_->size() > 0 &&
      MustRoll(*active_, header, config_, options_.seed, now_ms)) {
    RETURN_IF_ERROR(Roll(now_ms));
  }
  char bytes[record::kBatchHeaderBytes];
  header.Write(bytes);
  parts_[0] = std::string_view(bytes, sizeof(bytes));
  const absl::Status status =
      active_->Append(header, parts_, config_.index_interval_bytes,
                      std::min(config_.segment_bytes, kSegmentBytesMax));
  if (!status.ok()) return OnWriteFailed(status);
  producers_.Note(header, now_ms);
  ledger_.NoteAppended(header.SizeBytes());
  snapshots_.NoteAppended(header.SizeBytes());
  absl::MutexLock lock(&mutex_);
  Facts& facts = published_.facts;
  if (header.leader_epoch > facts.last_epoch) {
    published_.epochs.Assign(header.leader_epoch, header.base_offset);
    facts.last_epoch = header.leader_epoch;
    ledger_.NoteEpochsChanged();
  }
  facts.log_end = header.NextOffset();
  facts.size_bytes += header.SizeBytes();
  facts.unsynced_bytes = ledger_.unsynced_bytes();
  facts.producers = producers_.size();
  return absl::OkStatus();
}

// A full disk is a state that passes; anything else may be anything.
absl::Status SegmentedLog::OnWriteFailed(const absl::Status& status) {
  const absl::Status rolled_back = active_->RollBack();
  if (!rolled_back.ok()) return Fail(rolled_back);
  if (CodeOf(status) == ErrorCode::kDiskFull) return status;
  return Fail(status);
}

absl::Status SegmentedLog::Fail(const absl::Status& why) {
  LOG(ERROR) << "The log " << options_.directory
             << " failed and takes no more data until it is reopened: "
             << why.message();
  shut_ =
      MakeError(ErrorCode::kStorageError,
                absl::StrCat(options_.directory, " failed: ", why.message()),
                "look at the disk, then restart this node");
  absl::MutexLock lock(&mutex_);
  published_.facts.failed = true;
  return shut_;
}

absl::Status SegmentedLog::Roll(int64_t now_ms) {
  const Offset end = active_->next();
  absl::StatusOr<std::shared_ptr<Segment>> next =
      CreateSegment(options_.files, options_.directory, end, now_ms);
  absl::Status status = next.status();
  if (status.ok()) {
    absl::StatusOr<std::vector<std::shared_ptr<env::File>>> sealed =
        active_->Seal();
    status = sealed.status();
    if (status.ok()) ledger_.AddDirty(*std::move(sealed));
  }
  if (!status.ok()) {
    // Nothing was appended to it, so nothing is lost with it.
    RemoveSegmentFiles(options_.files, options_.directory, end).IgnoreError();
    return CodeOf(status) == ErrorCode::kDiskFull ? status : Fail(status);
  }
  SegmentList segments;
  Offset start;
  {
    absl::MutexLock lock(&mutex_);
    segments = *published_.segments;
    start = published_.facts.log_start;
  }
  segments.push_back(*std::move(next));
  ledger_.NoteNamesChanged();
  if (auto file = snapshots_.Take(producers_, end, segments)) {
    ledger_.AddDirty({std::move(file)});
  }
  Publish(std::move(segments), start, end);
  return absl::OkStatus();
}

void SegmentedLog::Publish(SegmentList segments, Offset start, Offset end) {
  active_ = segments.back();
  absl::MutexLock lock(&mutex_);
  Facts& facts = published_.facts;
  facts.log_start = start;
  facts.log_end = end;
  facts.durable_end = std::clamp(facts.durable_end, start, end);
  facts.size_bytes = SizeOf(segments);
  facts.segments = static_cast<int32_t>(segments.size());
  facts.producers = producers_.size();
  facts.last_epoch = published_.epochs.last();
  facts.unsynced_bytes = ledger_.unsynced_bytes();
  published_.segments =
      std::make_shared<const SegmentList>(std::move(segments));
}

absl::StatusOr<LogReader::Snapshot> SegmentedLog::SnapshotFor(
    Offset from) const {
  absl::MutexLock lock(&mutex_);
  const Facts& facts = published_.facts;
  if (from < facts.log_start || from > facts.log_end) {
    return OutOfRange(from, facts);
  }
  // What is not durable in a failed log may be gone already (S6).
  const Offset end = facts.failed ? facts.durable_end : facts.log_end;
  if (from > end) {
    return MakeError(
        ErrorCode::kStorageError,
        absl::StrCat(options_.directory,
                     " failed; it is readable up to offset ", end.value()),
        "look at the disk, then restart this node");
  }
  return LogReader::Snapshot{published_.segments, facts.log_start, end,
                             published_.era};
}

absl::StatusOr<ReadOutcome> SegmentedLog::Read(
    Offset from, Offset end, int64_t bytes_max, ReadCursor* cursor,
    absl::FunctionRef<char*(size_t)> allocate) const {
  absl::ReaderMutexLock cut_lock(&cut_mutex_);
  ASSIGN_OR_RETURN(LogReader::Snapshot snapshot, SnapshotFor(from));
  return LogReader(std::move(snapshot))
      .ReadBatches(from, end, bytes_max, cursor, allocate);
}

absl::StatusOr<std::optional<PartitionLog::TimeMatch>> SegmentedLog::FindTime(
    int64_t timestamp_ms) const {
  absl::ReaderMutexLock cut_lock(&cut_mutex_);
  ASSIGN_OR_RETURN(LogReader::Snapshot snapshot,
                   SnapshotFor(facts().log_start));
  return LogReader(std::move(snapshot)).FindTime(timestamp_ms);
}

absl::StatusOr<std::optional<PartitionLog::TimeMatch>>
SegmentedLog::FindMaxTime() const {
  absl::ReaderMutexLock cut_lock(&cut_mutex_);
  ASSIGN_OR_RETURN(LogReader::Snapshot snapshot,
                   SnapshotFor(facts().log_start));
  return LogReader(std::move(snapshot)).FindMaxTime();
}

PartitionLog::Facts SegmentedLog::facts() const {
  absl::MutexLock lock(&mutex_);
  return published_.facts;
}

std::optional<std::pair<LeaderEpoch, Offset>> SegmentedLog::EndOfEpoch(
    LeaderEpoch epoch) const {
  absl::MutexLock lock(&mutex_);
  return published_.epochs.EndOf(epoch, published_.facts.log_end);
}

EpochHistory SegmentedLog::Epochs() const {
  absl::MutexLock lock(&mutex_);
  return published_.epochs;
}

SegmentList SegmentedLog::Segments() const {
  absl::MutexLock lock(&mutex_);
  return *published_.segments;
}

DurablePoint SegmentedLog::PointNow() const {
  return DurablePoint{0, active_->next(), active_->base(), active_->size(),
                      active_->index().mark()};
}

std::unique_ptr<FlushJob> SegmentedLog::StartFlush() {
  const Facts before = facts();
  if (!shut_.ok()) {
    return std::make_unique<RefusedFlush>(shut_, before.log_end);
  }
  if (ledger_.in_flight() || before.durable_end == before.log_end) {
    return nullptr;
  }
  // An index that lags behind costs the next start a walk, no more.
  active_->index().WritePending().IgnoreError();
  if (snapshots_.IsDue()) {
    if (auto file = snapshots_.Take(producers_, before.log_end, Segments())) {
      ledger_.AddDirty({std::move(file)});
      ledger_.NoteNamesChanged();
    }
  }
  return ledger_.Start(PointNow(), active_->file(), Epochs());
}

void SegmentedLog::FinishFlush(const FlushJob& job,
                               const absl::Status& result) {
  const auto* const round = dynamic_cast<const FlushRound*>(&job);
  if (round == nullptr) return;
  if (!result.ok()) {
    ledger_.Abandon();
    // The kernel may have dropped what it could not write: a later sync that
    // succeeds proves nothing (S6).
    if (shut_.ok()) Fail(result).IgnoreError();
    return;
  }
  ledger_.Finish(*round);
  PublishDurable();
}

void SegmentedLog::PublishDurable() {
  absl::MutexLock lock(&mutex_);
  published_.facts.durable_end = ledger_.point().end;
  published_.facts.unsynced_bytes = ledger_.unsynced_bytes();
}

absl::Status SegmentedLog::SyncNow() {
  if (ledger_.point().end == active_->next()) return absl::OkStatus();
  const absl::Status status =
      ledger_.SyncAll(PointNow(), active_->file().get());
  if (!status.ok()) return Fail(status);
  PublishDurable();
  return absl::OkStatus();
}

absl::Status SegmentedLog::TruncateSuffix(Offset offset) {
  RETURN_IF_ERROR(shut_);
  const Facts before = facts();
  if (offset >= before.log_end) return absl::OkStatus();
  if (offset < before.log_start) return OutOfRange(offset, before);
  const SegmentList segments = Segments();
  const Segment& segment = *segments[FindSegment(segments, offset)];
  ASSIGN_OR_RETURN(const int64_t position, segment.Locate(offset));
  ASSIGN_OR_RETURN(const record::BatchHeader header,
                   segment.HeaderAt(position));
  if (header.base_offset < before.log_start) {
    return BeginAnew(before.log_start);
  }
  return CutTo(Segment::Extent{segment.base(), position, header.base_offset});
}

absl::Status SegmentedLog::CutTo(const Segment::Extent& extent) {
  const int64_t now_ms = options_.clock->WallMs();
  SegmentList segments = Segments();
  const size_t i = FindSegment(segments, extent.base);
  // The fresh segment reads its indexes from the files.
  active_->index().WritePending().IgnoreError();
  ASSIGN_OR_RETURN(const std::shared_ptr<Segment> last,
                   OpenSegmentBelow(options_.files, options_.directory, extent,
                                    config_.index_interval_bytes, now_ms));
  const DurablePoint end{0, extent.next, extent.base, extent.size,
                         last->index().mark()};
  EpochHistory epochs = Epochs();
  epochs.TruncateEnd(extent.next);
  // First the point goes down: a log that ends below it is damage (S3).
  RETURN_IF_ERROR(ledger_.marks().Replace(end.end < ledger_.point().end
                                              ? std::optional<DurablePoint>(end)
                                              : std::nullopt,
                                          epochs.Format()));
  absl::Status status;
  {
    absl::MutexLock cut_lock(&cut_mutex_);
    status = RemoveFiles(segments, i + 1, segments.size());
    if (status.ok()) status = last->file()->Truncate(extent.size);
    segments.resize(i);
    segments.push_back(last);
    {
      absl::MutexLock lock(&mutex_);
      published_.epochs = std::move(epochs);
      ++published_.era;
    }
    Publish(segments, facts().log_start, extent.next);
  }
  if (status.ok()) status = snapshots_.RemoveAbove(extent.next);
  if (status.ok()) status = last->index().WritePending();
  ledger_.NoteNamesChanged();
  if (status.ok()) status = ledger_.SyncAll(end, last->file().get());
  if (!status.ok()) return Fail(status);
  absl::StatusOr<ProducerWindow> window = snapshots_.Restore(segments, now_ms);
  if (!window.ok()) return Fail(window.status());
  producers_ = *std::move(window);
  Publish(std::move(segments), facts().log_start, extent.next);
  PublishDurable();
  return absl::OkStatus();
}

absl::Status SegmentedLog::RemoveFiles(const SegmentList& segments,
                                       size_t begin, size_t end) {
  for (size_t i = end; i > begin; --i) {
    RETURN_IF_ERROR(RemoveSegmentFiles(options_.files, options_.directory,
                                       segments[i - 1]->base()));
  }
  return absl::OkStatus();
}

absl::Status SegmentedLog::AdvanceStart(Offset offset) {
  RETURN_IF_ERROR(shut_);
  const Facts before = facts();
  if (offset <= before.log_start) return absl::OkStatus();
  if (offset > before.log_end) return BeginAnew(offset);
  // L3: what is not durable cannot have been let go.
  if (offset > before.durable_end) RETURN_IF_ERROR(SyncNow());
  // Before any file goes: what was deleted must not come back (S2).
  RETURN_IF_ERROR(WriteLogStart(options_.files, options_.directory, offset));
  if (offset == before.log_end && active_->size() > 0) {
    // A full disk must not keep the start from rising: that makes room.
    const absl::Status rolled = Roll(options_.clock->WallMs());
    if (!rolled.ok() && CodeOf(rolled) != ErrorCode::kDiskFull) return rolled;
  }
  SegmentList segments = Segments();
  size_t gone = 0;
  while (gone + 1 < segments.size() && segments[gone + 1]->base() <= offset) {
    ++gone;
  }
  const SegmentList removed(segments.begin(),
                            segments.begin() + static_cast<ptrdiff_t>(gone));
  segments.erase(segments.begin(),
                 segments.begin() + static_cast<ptrdiff_t>(gone));
  const Offset first = segments.front()->base();
  {
    absl::MutexLock lock(&mutex_);
    const bool cut_front = published_.epochs.TruncateStart(offset);
    const bool cut_back = published_.epochs.TruncateEnd(before.log_end);
    if (cut_front || cut_back) ledger_.NoteEpochsChanged();
  }
  Publish(std::move(segments), offset, before.log_end);
  if (gone == 0) return absl::OkStatus();
  ledger_.NoteNamesChanged();
  RETURN_IF_ERROR(RemoveFiles(removed, 0, removed.size()));
  return snapshots_.RemoveBelow(first);
}

absl::Status SegmentedLog::BeginAnew(Offset offset) {
  if (offset > facts().log_start) {
    RETURN_IF_ERROR(WriteLogStart(options_.files, options_.directory, offset));
  }
  DurablePoint empty;
  empty.end = empty.segment_base = offset;
  RETURN_IF_ERROR(ledger_.marks().Replace(empty, EpochHistory().Format()));
  absl::MutexLock cut_lock(&cut_mutex_);
  const SegmentList segments = Segments();
  absl::Status status = RemoveFiles(segments, 0, segments.size());
  if (status.ok()) status = snapshots_.RemoveAbove(kNoOffset);
  if (!status.ok()) return Fail(status);
  absl::StatusOr<std::shared_ptr<Segment>> segment = CreateSegment(
      options_.files, options_.directory, offset, options_.clock->WallMs());
  if (!segment.ok()) return Fail(segment.status());
  producers_.Clear();
  {
    absl::MutexLock lock(&mutex_);
    published_.epochs = EpochHistory();
    ++published_.era;
  }
  Publish(SegmentList{*segment}, offset, offset);
  ledger_.NoteNamesChanged();
  status = ledger_.SyncAll(empty, (*segment)->file().get());
  if (!status.ok()) return Fail(status);
  PublishDurable();
  return absl::OkStatus();
}

absl::Status SegmentedLog::Close() {
  RETURN_IF_ERROR(shut_);
  active_->index().NoteEnd();
  const DurablePoint end = PointNow();
  absl::StatusOr<std::vector<std::shared_ptr<env::File>>> sealed =
      active_->Seal();
  if (!sealed.ok()) return Fail(sealed.status());
  ledger_.AddDirty(*std::move(sealed));
  if (auto file = snapshots_.Take(producers_, end.end, Segments())) {
    ledger_.AddDirty({std::move(file)});
  }
  ledger_.NoteNamesChanged();
  absl::Status status = ledger_.SyncAll(end, active_->file().get());
  if (status.ok()) status = ledger_.marks().Replace(end, Epochs().Format());
  if (!status.ok()) return Fail(status);
  PublishDurable();
  shut_ = MakeError(ErrorCode::kStorageError,
                    absl::StrCat(options_.directory, " is closed"));
  return absl::OkStatus();
}

}  // namespace barnabas::log
