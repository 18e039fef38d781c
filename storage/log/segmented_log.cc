#include "storage/log/segmented_log.h"

#include <algorithm>
#include <limits>
#include <string>

#include "absl/strings/str_cat.h"
#include "glog/logging.h"
#include "proto/types/error.h"
#include "proto/types/status_macros.h"
#include "storage/log/append_rules.h"
#include "storage/log/checkpoint_file.h"
#include "storage/log/compaction_pass.h"
#include "storage/log/file_names.h"
#include "storage/log/format.h"
#include "storage/log/log_files.h"
#include "storage/log/offset_file.h"
#include "storage/log/roll_rule.h"

namespace barnabas::log {
SegmentedLog::SegmentedLog(const Options& options, RecoveredLog recovered)
    : options_(options),
      report_(recovered.report),
      published_(options.directory, recovered),
      config_(options.config),
      active_(recovered.segments.back()),
      producers_(std::move(recovered.producers)),
      snapshots_(options.files, options.directory,
                 std::move(recovered.snapshots)),
      ledger_(options.files, options.directory, std::move(recovered.marks),
              recovered.point),
      deleted_(options.files, options.directory),
      clean_end_(recovered.clean_end) {}

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
  if (published_.Append(header, Counts())) ledger_.NoteEpochsChanged();
  return absl::OkStatus();
}

absl::Status SegmentedLog::OnWriteFailed(const absl::Status& status) {
  const absl::Status rolled_back = active_->RollBack();
  if (!rolled_back.ok()) return Fail(rolled_back);
  return WillPass(status) ? status : Fail(status);
}

absl::Status SegmentedLog::Fail(const absl::Status& why) {
  LOG(ERROR) << "The log " << options_.directory
             << " failed and takes no more data until it is reopened: "
             << why.message();
  shut_ =
      MakeError(ErrorCode::kStorageError,
                absl::StrCat(options_.directory, " failed: ", why.message()),
                "look at the disk, then restart this node");
  published_.SetFailed();
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
    return WillPass(status) ? status : Fail(status);
  }
  SegmentList segments = Segments();
  segments.push_back(*std::move(next));
  ledger_.NoteNamesChanged();
  if (auto file = snapshots_.Take(producers_, end, segments)) {
    ledger_.AddDirty({std::move(file)});
  }
  Publish(std::move(segments), facts().log_start, end);
  return absl::OkStatus();
}

void SegmentedLog::Publish(SegmentList segments, Offset start, Offset end) {
  active_ = segments.back();
  published_.Publish(std::move(segments), start, end, Counts());
}

absl::StatusOr<ReadOutcome> SegmentedLog::Read(
    Offset from, Offset end, int64_t bytes_max, ReadCursor* cursor,
    absl::FunctionRef<char*(size_t)> allocate) const {
  absl::ReaderMutexLock cut_lock(&cut_mutex_);
  ASSIGN_OR_RETURN(LogReader::Snapshot snapshot, published_.SnapshotFor(from));
  return LogReader(std::move(snapshot))
      .ReadBatches(from, end, bytes_max, cursor, allocate);
}

absl::StatusOr<std::optional<PartitionLog::TimeMatch>> SegmentedLog::FindTime(
    int64_t timestamp_ms) const {
  absl::ReaderMutexLock cut_lock(&cut_mutex_);
  ASSIGN_OR_RETURN(LogReader::Snapshot snapshot,
                   published_.SnapshotFor(facts().log_start));
  return LogReader(std::move(snapshot)).FindTime(timestamp_ms);
}

absl::StatusOr<std::optional<PartitionLog::TimeMatch>> SegmentedLog::FindTime(
    LargestTime largest) const {
  absl::ReaderMutexLock cut_lock(&cut_mutex_);
  ASSIGN_OR_RETURN(LogReader::Snapshot snapshot,
                   published_.SnapshotFor(facts().log_start));
  return LogReader(std::move(snapshot)).FindTime(largest);
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
  return ledger_.Start(PointNow(), active_->file(), published_.epochs());
}

void SegmentedLog::FinishFlush(const FlushJob& job,
                               const absl::Status& result) {
  const auto* const round = dynamic_cast<const FlushRound*>(&job);
  if (round == nullptr) return;
  // The kernel may have dropped what it could not write: a later sync that
  // succeeds proves nothing, also one that was under way meanwhile (S6).
  if (!result.ok() || !shut_.ok()) {
    ledger_.Abandon();
    if (shut_.ok()) Fail(result).IgnoreError();
    return;
  }
  ledger_.Finish(*round);
  PublishDurable();
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
  // The fresh segment reads its indexes from the files, and believes them.
  RETURN_IF_ERROR(active_->index().WritePending());
  ASSIGN_OR_RETURN(const std::shared_ptr<Segment> last,
                   OpenSegmentBelow(options_.files, options_.directory, extent,
                                    config_.index_interval_bytes, now_ms));
  if (last->next() < facts().log_start) return BeginAnew(facts().log_start);
  const DurablePoint end{0, last->next(), extent.base, extent.size,
                         last->index().mark()};
  EpochHistory epochs = published_.epochs();
  epochs.TruncateEnd(end.end);
  // First the point goes down: a log that ends below it is damage (S3).
  RETURN_IF_ERROR(ledger_.marks().Replace(end.end < ledger_.point().end
                                              ? std::optional<DurablePoint>(end)
                                              : std::nullopt,
                                          epochs.Format()));
  RETURN_IF_ERROR(LowerCleanEnd(end.end));
  absl::Status status;
  {
    absl::MutexLock cut_lock(&cut_mutex_);
    status = RemoveFiles(segments, i + 1, segments.size());
    if (status.ok()) status = last->file()->Truncate(extent.size);
    segments.resize(i);
    segments.push_back(last);
    published_.SetEpochs(std::move(epochs));
    published_.EndEra();
    Publish(segments, facts().log_start, end.end);
  }
  if (status.ok()) status = snapshots_.RemoveAbove(end.end);
  if (status.ok()) status = last->index().WritePending();
  ledger_.NoteNamesChanged();
  if (status.ok()) status = ledger_.SyncAll(end, last->file().get());
  if (!status.ok()) return Fail(status);
  absl::StatusOr<ProducerWindow> window = snapshots_.Restore(segments, now_ms);
  if (!window.ok()) return Fail(window.status());
  producers_ = *std::move(window);
  Publish(std::move(segments), facts().log_start, end.end);
  PublishDurable();
  return absl::OkStatus();
}

// Before a cut: what is written there next has not been compacted.
absl::Status SegmentedLog::LowerCleanEnd(Offset end) {
  clean_end_ = std::min(clean_end_, end);
  // A pass that came to its end, unknown here so far, may have written more.
  const absl::StatusOr<std::optional<Offset>> stored =
      ReadOffsetFile(options_.files, options_.directory, kCleanEndFileName);
  if (stored.ok() && stored->value_or(end) <= end) return absl::OkStatus();
  return WriteOffsetFile(options_.files, options_.directory, kCleanEndFileName,
                         end);
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
  RETURN_IF_ERROR(RecordStart(offset));
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
  if (published_.CutEpochs(offset, before.log_end)) {
    ledger_.NoteEpochsChanged();
  }
  Publish(std::move(segments), offset, before.log_end);
  if (gone == 0) return absl::OkStatus();
  ledger_.NoteNamesChanged();
  const int64_t now_ms = options_.clock->WallMs();
  for (const std::shared_ptr<Segment>& segment : removed) {
    RETURN_IF_ERROR(
        deleted_.Add(segment, now_ms, config_.file_delete_delay_ms));
  }
  return snapshots_.RemoveBelow(first);
}

// Once the name may be in place, what it says must come true.
absl::Status SegmentedLog::RecordStart(Offset offset) {
  const absl::Status status = WriteOffsetFile(
      options_.files, options_.directory, kLogStartFileName, offset);
  if (status.ok() || CodeOf(status) == ErrorCode::kDiskFull) return status;
  return Fail(status);
}

absl::Status SegmentedLog::BeginAnew(Offset offset) {
  if (offset > facts().log_start) RETURN_IF_ERROR(RecordStart(offset));
  DurablePoint empty;
  empty.end = empty.segment_base = offset;
  absl::Status status = ledger_.marks().Replace(empty, EpochHistory().Format());
  // There is no way back: the next start would drop what is appended now.
  if (!status.ok()) return Fail(status);
  RETURN_IF_ERROR(LowerCleanEnd(offset));
  absl::MutexLock cut_lock(&cut_mutex_);
  const SegmentList segments = Segments();
  status = RemoveFiles(segments, 0, segments.size());
  if (status.ok()) status = snapshots_.RemoveAbove(kNoOffset);
  if (!status.ok()) return Fail(status);
  absl::StatusOr<std::shared_ptr<Segment>> segment = CreateSegment(
      options_.files, options_.directory, offset, options_.clock->WallMs());
  if (!segment.ok()) return Fail(segment.status());
  producers_.Clear();
  published_.SetEpochs(EpochHistory());
  published_.EndEra();
  Publish(SegmentList{*segment}, offset, offset);
  ledger_.NoteNamesChanged();
  status = ledger_.SyncAll(empty, (*segment)->file().get());
  if (!status.ok()) return Fail(status);
  PublishDurable();
  return absl::OkStatus();
}

absl::StatusOr<Offset> SegmentedLog::RollActive(RollWhen when) {
  RETURN_IF_ERROR(shut_);
  const int64_t now_ms = options_.clock->WallMs();
  if (active_->size() > 0 &&
      (when == RollWhen::kAlways ||
       IsAged(*active_, config_, options_.seed, now_ms))) {
    RETURN_IF_ERROR(Roll(now_ms));
  }
  return active_->base();
}

// The durable point, but in the active segment if everything below is durable.
DurablePoint SegmentedLog::PointBehindSealed() const {
  const DurablePoint& point = ledger_.point();
  if (point.end != active_->base()) return point;
  return DurablePoint{0, point.end, point.end, 0, IndexMark{}};
}

CompactionRange SegmentedLog::Outlook(Offset limit) const {
  SegmentList sealed = Segments();
  sealed.pop_back();
  return PlanCompaction(SpansOf(sealed),
                        std::max(clean_end_, facts().log_start),
                        std::min(limit, PointBehindSealed().segment_base),
                        config_.compaction, options_.clock->WallMs());
}

absl::StatusOr<std::unique_ptr<CompactionJob>> SegmentedLog::StartCompaction(
    const CompactionRequest& request) {
  RETURN_IF_ERROR(shut_);
  const CompactionRange range = Outlook(request.limit);
  if (range.segments == 0) return nullptr;
  CompactionPass::Work work;
  work.files = options_.files;
  work.directory = options_.directory;
  work.config = config_;
  work.segments = Segments();
  work.segments.resize(range.segments);
  work.range = range;
  work.filter.log_start = facts().log_start;
  work.filter.begin = range.dirty_begin;
  work.filter.end = range.end;
  work.filter.memory_bytes_max = request.memory_bytes_max;
  work.filter.now_ms = options_.clock->WallMs();
  work.filter.delete_retention_ms = config_.compaction.delete_retention_ms;
  work.filter.secret = request.secret;
  for (const ProducerEntry& producer : producers_.Entries()) {
    for (int32_t i = 0; i < producer.count; ++i) {
      work.filter.remembered.insert(
          producer.batches[static_cast<size_t>(i)].last_offset);
    }
  }
  work.run_bytes_max = request.run_bytes_max;
  work.marks = ledger_.shared_marks();
  work.era = work.marks->era();
  work.point = PointBehindSealed();
  return std::make_unique<CompactionPass>(std::move(work));
}

absl::StatusOr<bool> SegmentedLog::AdvanceCompaction(CompactionJob* job,
                                                     const absl::Status& ran) {
  auto* const pass = dynamic_cast<CompactionPass*>(job);
  CHECK(pass != nullptr) << "a compaction is advanced by the log that began it";
  const SegmentList segments = Segments();
  absl::Status failed = !shut_.ok() ? shut_ : ran;
  // What a cut takes away looks like damage to who reads it just then.
  const bool cut = pass->era() != ledger_.marks().era();
  if (shut_.ok() && (cut || ((!ran.ok() || pass->awaits_swap()) &&
                             !pass->IsPartOf(segments)))) {
    failed = CompactionOvertaken(options_.directory);
  }
  if (!failed.ok()) {
    pass->Abandon();
    return failed;
  }
  if (pass->over()) clean_end_ = pass->report().clean_end;
  if (!pass->awaits_swap()) return pass->over();
  absl::StatusOr<SegmentList> after = pass->Swap(segments);
  if (!after.ok()) return Fail(after.status());
  published_.EndEra();
  const Facts now = facts();
  Publish(*std::move(after), now.log_start, now.log_end);
  ledger_.NoteNamesChanged();
  deleted_.AddAside(pass->TakeReplaced(), options_.clock->WallMs(),
                    config_.file_delete_delay_ms);
  return false;
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
  if (status.ok())
    status = ledger_.marks().Replace(end, published_.epochs().Format());
  if (!status.ok()) return Fail(status);
  PublishDurable();
  shut_ = MakeError(ErrorCode::kStorageError,
                    absl::StrCat(options_.directory, " is closed"));
  return absl::OkStatus();
}

}  // namespace barnabas::log
