#include "storage/log/recovery_scan.h"

#include <algorithm>
#include <memory>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/types/error.h"
#include "proto/types/status_macros.h"
#include "proto/types/text.h"
#include "proto/types/units.h"
#include "storage/log/batch_walk.h"
#include "storage/log/checkpoint_file.h"
#include "storage/log/file_names.h"
#include "storage/log/format.h"
#include "storage/log/offset_file.h"

namespace barnabas::log {
namespace {

constexpr size_t kScanWindow = kMiB;
constexpr size_t kTailWindow = 64 * kKiB;

absl::Status Refuse(std::string_view path, int64_t position,
                    std::string_view why) {
  return MakeError(ErrorCode::kCorruptLog,
                   absl::StrCat(AsAbsl(path), " at position ", position, ": ",
                                AsAbsl(why), "; nothing was changed"),
                   "barnabas storage verify DIR");
}

// Damage below the point is the log's; what the disk says stays as it is.
absl::Status AsCorruptLog(const absl::Status& status) {
  if (CodeOf(status) != ErrorCode::kCorruptRecord) return status;
  return MakeError(ErrorCode::kCorruptLog,
                   absl::StrCat(status.message(),
                                ", below the durable point; nothing was "
                                "changed"),
                   "barnabas storage verify DIR");
}

}  // namespace

RecoveryScan::RecoveryScan(env::FileSystem* files, std::string directory,
                           int64_t index_interval_bytes, int64_t now_ms)
    : files_(files),
      directory_(std::move(directory)),
      index_interval_bytes_(index_interval_bytes),
      now_ms_(now_ms) {}

absl::StatusOr<RecoveryPlan> RecoveryScan::Run() {
  ASSIGN_OR_RETURN(plan_.listing, ListLogFiles(files_, directory_));
  RETURN_IF_ERROR(ReadMarks());
  RETURN_IF_ERROR(ChooseSegments());
  plan_.trusted_end = point_.end;
  const std::vector<Offset>& bases = plan_.listing.segments;
  size_t i = plan_.obsolete.size();
  for (; i < bases.size() && bases[i] < point_.segment_base; ++i) {
    RETURN_IF_ERROR(OpenTrusted(i));
  }
  if (i < bases.size()) {
    ASSIGN_OR_RETURN(std::shared_ptr<Segment> segment, Open(bases[i]));
    RETURN_IF_ERROR(OpenAtPoint(segment.get()));
    plan_.scanned.first = plan_.segments.size();
    plan_.scanned.position = point_.position;
    plan_.segments.push_back(std::move(segment));
  }
  RETURN_IF_ERROR(RestoreEpochs());
  if (i < bases.size()) RETURN_IF_ERROR(ScanFrom(i));
  plan_.epochs.TruncateStart(plan_.log_start);
  plan_.epochs.TruncateEnd(plan_.end());
  plan_.epochs_changed |=
      !stored_epochs_.has_value() || !(*stored_epochs_ == plan_.epochs);
  return std::move(plan_);
}

absl::StatusOr<std::shared_ptr<Segment>> RecoveryScan::Open(Offset base) const {
  return OpenSegment(files_, directory_, base, now_ms_);
}

absl::Status RecoveryScan::ReadMarks() {
  ASSIGN_OR_RETURN(plan_.found_point,
                   DurablePointFile::Read(files_, directory_));
  ASSIGN_OR_RETURN(const std::optional<std::string> text,
                   ReadSmallFile(files_, JoinPath(directory_, kEpochFileName)));
  if (text.has_value()) stored_epochs_ = EpochHistory::Parse(*text);
  plan_.compacted = files_->Exists(JoinPath(directory_, kCleanEndFileName));
  return absl::OkStatus();
}

absl::Status RecoveryScan::ChooseSegments() {
  ASSIGN_OR_RETURN(const std::optional<Offset> start,
                   ReadOffsetFile(files_, directory_, kLogStartFileName));
  const std::vector<Offset>& bases = plan_.listing.segments;
  if (bases.empty()) {
    plan_.log_start = start.value_or(Offset(0));
    if (plan_.found_point && plan_.found_point->end > plan_.log_start) {
      return Refuse(
          JoinPath(directory_,
                   FileName(plan_.found_point->segment_base, kLogSuffix)),
          0, "the file is missing");
    }
    point_.end = point_.segment_base = plan_.log_start;
    return absl::OkStatus();
  }
  plan_.log_start = start.value_or(bases.front());
  size_t first = 0;
  while (first + 1 < bases.size() && bases[first + 1] <= plan_.log_start) {
    plan_.obsolete.push_back(bases[first++]);
  }
  if (bases[first] > plan_.log_start) {
    return Refuse(
        JoinPath(directory_, FileName(plan_.log_start, kLogSuffix)), 0,
        absl::StrCat("the segment that holds the log's start, offset ",
                     plan_.log_start.value(), ", is missing"));
  }
  point_ = plan_.found_point.value_or(DurablePoint{});
  const bool found =
      std::binary_search(bases.begin() + static_cast<ptrdiff_t>(first),
                         bases.end(), point_.segment_base);
  if (!plan_.found_point || point_.end <= bases[first] ||
      (!found && point_.end <= plan_.log_start)) {
    // It says nothing of what may still be read.
    point_ = DurablePoint{};
    point_.end = point_.segment_base = bases[first];
  } else if (!found) {
    return Refuse(
        JoinPath(directory_, FileName(point_.segment_base, kLogSuffix)), 0,
        absl::StrCat("the file is missing, though the log is durable up to "
                     "offset ",
                     point_.end.value()));
  }
  return absl::OkStatus();
}

// A segment wholly below the point: its last batches and its indexes are
// looked at, not all of it.
absl::Status RecoveryScan::OpenTrusted(size_t i) {
  const Offset base = plan_.listing.segments[i];
  const Offset next = plan_.listing.segments[i + 1];
  ASSIGN_OR_RETURN(std::shared_ptr<Segment> segment, Open(base));
  ASSIGN_OR_RETURN(const int64_t size, segment->file()->Size());
  segment->index().OpenSealed(TimeEntry{});
  segment->SetExtent(size, next);
  const absl::StatusOr<TimeEntry> max = CheckSealed(*segment, size, next);
  if (max.ok()) {
    segment->index().OpenSealed(*max);
    plan_.segments.push_back(std::move(segment));
    return absl::OkStatus();
  }
  segment->SetExtent(0, base);
  segment->index().Reset();
  RETURN_IF_ERROR(
      AsCorruptLog(segment->AdoptUntil(size, index_interval_bytes_)));
  if (segment->next() != next) {
    return Refuse(segment->file()->path(), size,
                  absl::StrCat("it ends at offset ", segment->next().value(),
                               ", the next segment begins at ", next.value()));
  }
  plan_.rebuilt.insert(plan_.segments.size());
  ++plan_.indexes_rebuilt;
  plan_.segments.push_back(std::move(segment));
  return absl::OkStatus();
}

absl::StatusOr<TimeEntry> RecoveryScan::CheckSealed(const Segment& segment,
                                                    int64_t size,
                                                    Offset next) const {
  const absl::Status unfit =
      MakeError(ErrorCode::kCorruptLog, "the indexes do not fit the log");
  ASSIGN_OR_RETURN(const std::optional<OffsetEntry> last,
                   segment.index().FindOffset());
  ASSIGN_OR_RETURN(const std::optional<TimeEntry> max,
                   segment.index().FindTime());
  if (!max.has_value() || max->offset >= next) return unfit;
  const int64_t from = last.has_value() ? last->position : 0;
  if (from >= size) return unfit;
  BatchWalk walk(segment.file().get(), from, size, WalkDepth::kHeaders,
                 kTailWindow);
  bool first = last.has_value();
  Offset end = segment.base();
  int64_t largest = 0;
  while (true) {
    ASSIGN_OR_RETURN(const std::optional<BatchWalk::Step> step, walk.Next());
    if (!step.has_value()) break;
    if (first && step->header.LastOffset() != last->offset) return unfit;
    if (step->header.max_timestamp_ms > max->timestamp_ms) return unfit;
    // Twice, since the interval is counted anew when a log is opened.
    largest = std::max(largest, step->header.SizeBytes());
    if (step->position - from > 2 * index_interval_bytes_ + largest) {
      return unfit;
    }
    first = false;
    end = step->header.NextOffset();
  }
  if (end != next) return unfit;
  ASSIGN_OR_RETURN(const int64_t at, segment.Locate(max->offset));
  ASSIGN_OR_RETURN(const record::BatchHeader header, segment.HeaderAt(at));
  if (header.max_timestamp_ms != max->timestamp_ms) return unfit;
  return *max;
}

absl::Status RecoveryScan::OpenAtPoint(Segment* segment) {
  ASSIGN_OR_RETURN(const int64_t size, segment->file()->Size());
  if (size < point_.position) {
    return Refuse(
        segment->file()->path(), size,
        absl::StrCat("the file ends here, though it is durable up "
                     "to position ",
                     point_.position, ", offset ", point_.end.value()));
  }
  if (point_.position == 0) {
    segment->index().Reset();
    return absl::OkStatus();
  }
  if (segment->index().Load(point_.index).ok()) {
    RETURN_IF_ERROR(CheckTail(*segment));
    segment->SetExtent(point_.position, point_.end);
    return absl::OkStatus();
  }
  ++plan_.indexes_rebuilt;
  segment->index().Reset();
  RETURN_IF_ERROR(AsCorruptLog(
      segment->AdoptUntil(point_.position, index_interval_bytes_)));
  if (segment->next() != point_.end) {
    return Refuse(segment->file()->path(), point_.position,
                  absl::StrCat("offset ", segment->next().value(),
                               " is due here, not ", point_.end.value()));
  }
  // Headers were enough for the index; whoever opens the log next, with that
  // index, looks at the same batches, and must not be the first to find damage.
  return CheckTail(*segment);
}

// The batches between the last index entry and the point are sound and lead
// exactly to it.
absl::Status RecoveryScan::CheckTail(const Segment& segment) const {
  const absl::StatusOr<std::optional<OffsetEntry>> last =
      segment.index().FindOffset();
  const int64_t from = last.ok() && last->has_value() ? (*last)->position : 0;
  BatchWalk walk(segment.file().get(), from, point_.position,
                 WalkDepth::kChecksums, kTailWindow);
  Offset end = segment.base();
  while (true) {
    const absl::StatusOr<std::optional<BatchWalk::Step>> step = walk.Next();
    RETURN_IF_ERROR(AsCorruptLog(step.status()));
    if (!step->has_value()) break;
    end = (*step)->header.NextOffset();
  }
  if (end == point_.end) return absl::OkStatus();
  return Refuse(segment.file()->path(), point_.position,
                absl::StrCat("offset ", end.value(), " is due here, not ",
                             point_.end.value()));
}

absl::Status RecoveryScan::ScanFrom(size_t i) {
  const std::vector<Offset>& bases = plan_.listing.segments;
  while (true) {
    Segment* const segment = plan_.segments.back().get();
    ASSIGN_OR_RETURN(const bool sound, ScanSegment(segment));
    if (++i == bases.size()) return absl::OkStatus();
    if (sound && bases[i] == segment->next()) {
      ASSIGN_OR_RETURN(std::shared_ptr<Segment> following, Open(bases[i]));
      following->index().Reset();
      plan_.segments.push_back(std::move(following));
      continue;
    }
    if (sound) {
      plan_.cut_reason = absl::StrCat(
          segment->file()->path(), " ends at offset ", segment->next().value(),
          ", the next segment begins at ", bases[i].value());
    }
    plan_.beyond.assign(bases.begin() + static_cast<ptrdiff_t>(i), bases.end());
    return absl::OkStatus();
  }
}

absl::StatusOr<bool> RecoveryScan::ScanSegment(Segment* segment) {
  ASSIGN_OR_RETURN(const int64_t size, segment->file()->Size());
  plan_.scanned.bytes += size - segment->size();
  BatchWalk walk(segment->file().get(), segment->size(), size,
                 WalkDepth::kChecksums, kScanWindow);
  while (true) {
    const absl::StatusOr<std::optional<BatchWalk::Step>> step = walk.Next();
    if (!step.ok() && CodeOf(step.status()) != ErrorCode::kCorruptRecord) {
      return step.status();
    }
    if (!step.ok()) {
      plan_.cut_reason = std::string(AsStd(step.status().message()));
      break;
    }
    if (!step->has_value()) return true;
    const record::BatchHeader& header = (*step)->header;
    // Without a point compacted segments are scanned as well.
    const bool gap_allowed = plan_.compacted && !plan_.found_point.has_value();
    const bool follows = gap_allowed ? header.base_offset >= segment->next()
                                     : header.base_offset == segment->next();
    if (!follows || header.leader_epoch < plan_.epochs.last()) {
      plan_.cut_reason = absl::StrCat(
          segment->file()->path(), " at position ", (*step)->position,
          ": a batch of offset ", header.base_offset.value(), " and epoch ",
          header.leader_epoch.value(), " does not follow offset ",
          segment->next().value(), " and epoch ", plan_.epochs.last().value());
      break;
    }
    segment->Adopt(header, index_interval_bytes_);
    plan_.epochs.Assign(header.leader_epoch, header.base_offset);
  }
  plan_.cut_file_bytes = size;
  return false;
}

absl::StatusOr<record::BatchHeader> RecoveryScan::HeaderOf(
    Offset offset) const {
  const Segment& segment = *plan_.segments[FindSegment(plan_.segments, offset)];
  ASSIGN_OR_RETURN(const int64_t position, segment.Locate(offset));
  return segment.HeaderAt(position);
}

absl::StatusOr<bool> RecoveryScan::EpochsMatch(
    const EpochHistory& history) const {
  // What is below the point was written with these epochs, or it was not.
  for (size_t i = 0; i < history.entries().size(); ++i) {
    const EpochHistory::Entry& entry = history.entries()[i];
    if (entry.start < plan_.segments.front()->base()) return false;
    ASSIGN_OR_RETURN(const record::BatchHeader header, HeaderOf(entry.start));
    // Compaction may have left nothing of an epoch; a later one stands there.
    const bool left = header.base_offset <= entry.start;
    if (left ? header.leader_epoch != entry.epoch
             : header.leader_epoch < entry.epoch) {
      return false;
    }
    if (entry.start <= plan_.log_start) continue;
    // The batch before was of the epoch before: none is left out.
    ASSIGN_OR_RETURN(const record::BatchHeader before,
                     HeaderOf(entry.start.Plus(-1)));
    if (before.base_offset >= entry.start) continue;
    const LeaderEpoch expected =
        i == 0 ? kNoLeaderEpoch : history.entries()[i - 1].epoch;
    if (before.leader_epoch != expected) return false;
  }
  ASSIGN_OR_RETURN(const record::BatchHeader last,
                   HeaderOf(point_.end.Plus(-1)));
  return last.leader_epoch == history.last();
}

absl::Status RecoveryScan::RestoreEpochs() {
  const bool any_below = !plan_.segments.empty() &&
                         point_.end > plan_.segments.front()->base() &&
                         point_.end > plan_.log_start;
  if (!any_below) return absl::OkStatus();
  if (stored_epochs_.has_value()) {
    EpochHistory history = *stored_epochs_;
    history.TruncateEnd(point_.end);
    history.TruncateStart(plan_.log_start);
    const absl::StatusOr<bool> match = EpochsMatch(history);
    RETURN_IF_ERROR(AsCorruptLog(match.status()));
    if (*match) {
      plan_.epochs = std::move(history);
      return absl::OkStatus();
    }
  }
  RETURN_IF_ERROR(AsCorruptLog(WalkHeaders(
      plan_.segments, plan_.log_start, [&](const record::BatchHeader& header) {
        plan_.epochs.Assign(header.leader_epoch, header.base_offset);
      })));
  plan_.epochs.TruncateStart(plan_.log_start);
  return absl::OkStatus();
}

}  // namespace barnabas::log
