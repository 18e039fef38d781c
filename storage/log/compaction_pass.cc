#include "storage/log/compaction_pass.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "proto/types/error.h"
#include "proto/types/limits.h"
#include "proto/types/status_macros.h"
#include "storage/log/file_names.h"
#include "storage/log/format.h"
#include "storage/log/segment_swap.h"

namespace barnabas::log {

absl::Status CompactionOvertaken(const std::string& directory) {
  return MakeError(
      ErrorCode::kOverloaded,
      absl::StrCat("the log ", directory, " was cut while it was compacted"),
      "compact it again");
}

std::vector<SegmentSpan> SpansOf(const SegmentList& segments) {
  std::vector<SegmentSpan> spans;
  spans.reserve(segments.size());
  for (const std::shared_ptr<Segment>& segment : segments) {
    const Segment::Age& age = segment->age();
    spans.push_back(SegmentSpan{segment->base(), segment->next(),
                                segment->size(),
                                segment->index().max().timestamp_ms,
                                age.first_batch_ms.value_or(age.created_ms)});
  }
  return spans;
}

CompactionPass::CompactionPass(Work work)
    : work_(std::move(work)), filter_(work_.filter) {
  report_.range = work_.range;
  report_.clean_end = work_.range.dirty_begin;
}

absl::Status CompactionPass::Run() {
  run_bytes_ = 0;
  while (run_bytes_ < work_.run_bytes_max && !awaits_swap() && !over()) {
    RETURN_IF_ERROR(RunOnce());
  }
  report_.counts = filter_.counts();
  return absl::OkStatus();
}

absl::Status CompactionPass::RunOnce() {
  switch (state_) {
    case State::kBegin:
      return Begin();
    case State::kLearn:
      return LearnSome();
    case State::kRewrite:
      return output_ == nullptr ? BeginGroup() : RewriteSome();
    case State::kSettle:
      return Settle();
    case State::kSwap:
    case State::kOver:
      return absl::OkStatus();
  }
  return absl::OkStatus();
}

absl::Status CompactionPass::Begin() {
  // The point names the file behind the range, which must be there for it.
  RETURN_IF_ERROR(work_.files->SyncDirectory(work_.directory));
  ASSIGN_OR_RETURN(bool taken, work_.marks->Raise(work_.era, work_.point));
  // From now on there may be gaps between offsets; the file says so.
  if (taken &&
      !work_.files->Exists(JoinPath(work_.directory, kCleanEndFileName))) {
    ASSIGN_OR_RETURN(
        taken, work_.marks->RecordCleanEnd(work_.era, work_.range.dirty_begin));
  }
  if (!taken) return CompactionOvertaken(work_.directory);
  while (at_ < segments().size() &&
         segments()[at_]->next() <= work_.range.dirty_begin) {
    ++at_;
  }
  state_ = State::kLearn;
  return absl::OkStatus();
}

absl::Status CompactionPass::ScanSegment(std::optional<Offset> from) {
  const Segment& segment = *segments()[at_];
  int64_t position = 0;
  if (from.has_value() && *from > segment.base()) {
    ASSIGN_OR_RETURN(position, segment.Locate(*from));
  }
  scan_.emplace(segment.file(), position, segment.size());
  before_ = record::BatchHeader();
  before_.base_offset = segment.base();
  before_.last_offset_delta = -1;
  before_.leader_epoch = kNoLeaderEpoch;
  return absl::OkStatus();
}

absl::StatusOr<std::optional<record::BatchView>> CompactionPass::NextBatch() {
  const Segment& segment = *segments()[at_];
  ASSIGN_OR_RETURN(const std::optional<record::BatchView> batch, scan_->Next());
  // Where the batch stands, or the segment ends.
  const int64_t position =
      scan_->position() - (batch ? batch->header.SizeBytes() : 0);
  const bool fits = batch
                        ? batch->header.base_offset >= before_.NextOffset() &&
                              batch->header.NextOffset() <= segment.next() &&
                              batch->header.leader_epoch >= before_.leader_epoch
                        : before_.NextOffset() == segment.next();
  if (!fits) {
    return MakeError(
        ErrorCode::kCorruptRecord,
        absl::StrCat(segment.file()->path(), " at position ", position,
                     ": what stands here does not follow offset ",
                     before_.NextOffset().value(), " and epoch ",
                     before_.leader_epoch.value()),
        "barnabas storage verify DIR");
  }
  if (batch) before_ = batch->header;
  return batch;
}

absl::Status CompactionPass::LearnSome() {
  if (at_ < segments().size() && !scan_.has_value()) {
    RETURN_IF_ERROR(ScanSegment(work_.range.dirty_begin));
  }
  if (scan_.has_value()) {
    ASSIGN_OR_RETURN(const std::optional<record::BatchView> batch, NextBatch());
    if (!batch.has_value()) {
      scan_.reset();
      ++at_;
      return absl::OkStatus();
    }
    run_bytes_ += batch->header.SizeBytes();
    report_.bytes_read += batch->header.SizeBytes();
    ASSIGN_OR_RETURN(const bool more, filter_.Learn(*batch));
    if (more) return absl::OkStatus();
  }
  scan_.reset();
  const Offset end = filter_.learnt_end();
  SegmentList reached;
  for (const std::shared_ptr<Segment>& segment : segments()) {
    if (segment->base() < end) reached.push_back(segment);
  }
  groups_ = GroupSegments(
      SpansOf(reached), std::min(work_.config.segment_bytes, kSegmentBytesMax));
  // Nothing could be learnt: rewriting would change nothing for the better.
  const bool stuck = end <= work_.range.dirty_begin && end < work_.range.end;
  state_ = stuck || groups_.empty() ? State::kOver : State::kRewrite;
  return absl::OkStatus();
}

absl::Status CompactionPass::BeginGroup() {
  at_ = groups_[group_].first;
  changed_ = groups_[group_].second - at_ > 1;
  ASSIGN_OR_RETURN(output_, CreateSegment(work_.files, work_.directory,
                                          segments()[at_]->base(),
                                          work_.filter.now_ms, kCleanedSuffix));
  return ScanSegment(std::nullopt);
}

absl::Status CompactionPass::RewriteSome() {
  ASSIGN_OR_RETURN(const std::optional<record::BatchView> batch, NextBatch());
  const size_t end = groups_[group_].second;
  if (!batch.has_value()) {
    scan_.reset();
    report_.bytes_before += segments()[at_]->size();
    if (++at_ == end) return FinishGroup();
    return ScanSegment(std::nullopt);
  }
  run_bytes_ += batch->header.SizeBytes();
  report_.bytes_read += batch->header.SizeBytes();
  const bool last =
      at_ + 1 == end && scan_->position() == segments()[at_]->size();
  ASSIGN_OR_RETURN(std::optional<record::BatchView> stays,
                   filter_.Apply(*batch, last));
  if (!stays.has_value()) {
    changed_ = true;
    return absl::OkStatus();
  }
  changed_ |= stays->bytes.data() != batch->bytes.data();
  return Write(*stays);
}

absl::Status CompactionPass::Write(const record::BatchView& batch) {
  const int64_t bytes = batch.header.SizeBytes();
  // Compressed anew, or with another base time, a batch may grow.
  if (bytes > kBatchBytesMax || output_->size() + bytes > kSegmentBytesMax) {
    return MakeError(
        ErrorCode::kStorageError,
        absl::StrCat("the batch at offset ", batch.header.base_offset.value(),
                     " of ", work_.directory,
                     " would outgrow its segment when it is compacted"),
        "lower segment.bytes, so that later segments can be compacted");
  }
  run_bytes_ += bytes;
  const std::string_view parts[] = {batch.bytes};
  return output_->Append(batch.header, parts, work_.config.index_interval_bytes,
                         work_.config.segment_bytes);
}

absl::Status CompactionPass::FinishGroup() {
  report_.bytes_after += output_->size();
  if (!changed_) {
    const Offset base = output_->base();
    output_.reset();
    RETURN_IF_ERROR(RemoveCleaned(work_.files, work_.directory, base));
    return NextGroup();
  }
  ASSIGN_OR_RETURN(const std::vector<std::shared_ptr<env::File>> written,
                   output_->Seal());
  for (const std::shared_ptr<env::File>& file : written) {
    RETURN_IF_ERROR(file->Sync());
  }
  RETURN_IF_ERROR(work_.files->SyncDirectory(work_.directory));
  state_ = State::kSwap;
  return absl::OkStatus();
}

bool CompactionPass::IsPartOf(const SegmentList& all) const {
  if (state_ == State::kSettle || over()) return true;
  // All of them as long as keys are learnt.
  const auto [begin, end] = group_ < groups_.size()
                                ? groups_[group_]
                                : std::pair(size_t{0}, segments().size());
  const auto first = std::find(all.begin(), all.end(), segments()[begin]);
  const auto count = static_cast<ptrdiff_t>(end - begin);
  return all.end() - first >= count &&
         std::equal(first, first + count,
                    segments().begin() + static_cast<ptrdiff_t>(begin));
}

absl::StatusOr<SegmentList> CompactionPass::Swap(const SegmentList& all) {
  const auto [begin, end] = groups_[group_];
  std::vector<Offset> bases;
  replaced_.assign(segments().begin() + static_cast<ptrdiff_t>(begin),
                   segments().begin() + static_cast<ptrdiff_t>(end));
  for (const auto& segment : replaced_) bases.push_back(segment->base());
  RETURN_IF_ERROR(SwapIn(work_.files, work_.directory, bases));
  // Opened anew, so that it goes by its final name.
  ASSIGN_OR_RETURN(std::shared_ptr<Segment> compacted,
                   OpenSegment(work_.files, work_.directory, output_->base(),
                               work_.filter.now_ms));
  compacted->SetExtent(output_->size(), output_->next());
  compacted->index().OpenSealed(output_->index().max());
  output_.reset();
  SegmentList after = all;
  const auto first = std::find(after.begin(), after.end(), replaced_.front());
  *first = std::move(compacted);
  after.erase(first + 1, first + static_cast<ptrdiff_t>(end - begin));
  state_ = State::kSettle;
  return after;
}

void CompactionPass::Abandon() {
  state_ = State::kOver;
  scan_.reset();
  if (output_ == nullptr) return;
  const Offset base = output_->base();
  output_.reset();
  // What stays is removed when the log is opened the next time.
  RemoveCleaned(work_.files, work_.directory, base).IgnoreError();
}

absl::Status CompactionPass::Settle() {
  RETURN_IF_ERROR(work_.files->SyncDirectory(work_.directory));
  return NextGroup();
}

absl::Status CompactionPass::NextGroup() {
  if (++group_ < groups_.size()) {
    state_ = State::kRewrite;
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const bool taken, work_.marks->RecordCleanEnd(
                                         work_.era, filter_.learnt_end()));
  if (!taken) return CompactionOvertaken(work_.directory);
  report_.clean_end = filter_.learnt_end();
  state_ = State::kOver;
  return absl::OkStatus();
}

}  // namespace barnabas::log
