#include "storage/log/verify.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/types/error.h"
#include "proto/types/status_macros.h"
#include "proto/types/text.h"
#include "storage/log/checkpoint_file.h"
#include "storage/log/durable_point.h"
#include "storage/log/epoch_history.h"
#include "storage/log/file_names.h"
#include "storage/log/format.h"
#include "storage/log/inspect.h"
#include "storage/log/log_files.h"
#include "storage/log/offset_file.h"
#include "storage/log/producer_snapshot.h"

namespace barnabas::log {
namespace {

// A log may be read this often when segments come and go meanwhile.
constexpr int kTriesMax = 3;

// Whether `stored` may be the history of batches of which compaction took some
// away: of an epoch nothing may be left, or not its first batch.
bool Explains(const EpochHistory& stored, const EpochHistory& of_batches) {
  return stored.last() == of_batches.last() &&
         std::all_of(of_batches.entries().begin(), of_batches.entries().end(),
                     [&stored](const EpochHistory::Entry& entry) {
                       return stored.EpochAt(entry.start) == entry.epoch;
                     });
}

class LogVerifier {
 public:
  LogVerifier(env::FileSystem* files, std::string directory)
      : files_(files), directory_(std::move(directory)) {}

  absl::StatusOr<Verification> Run();

 private:
  void CheckMarks();
  absl::Status CheckSegment(Offset base);
  void CheckBatch(const InspectedBatch& batch, const std::string& path);
  void LoadIndexes(Offset base);
  // Compares the next index entries with the batch at hand; `nullptr`: no
  // batch is left.
  void CheckOffsetEntries(const InspectedBatch* batch);
  void CheckTimeEntries(const InspectedBatch* batch);
  void CheckEpochs();
  void CheckSnapshots();
  void Report(FindingKind kind, std::string_view file, int64_t position,
              std::string_view what);
  // Damage, or a tail if it lies above the durable point.
  FindingKind KindAt(int64_t position) const;
  std::string Path(Offset base, std::string_view suffix) const {
    return JoinPath(directory_, FileName(base, suffix));
  }

  env::FileSystem* const files_;
  const std::string directory_;

  Verification result_;
  LogFiles listing_;
  std::optional<DurablePoint> point_;
  EpochHistory epochs_;
  // Compaction was at work: between offsets there may be gaps.
  bool compacted_ = false;
  // Of the segment at hand.
  Offset base_;
  std::vector<OffsetEntry> offsets_;
  size_t next_offset_ = 0;
  std::vector<TimeEntry> times_;
  size_t next_time_ = 0;
};

void LogVerifier::Report(FindingKind kind, std::string_view file,
                         int64_t position, std::string_view what) {
  if (result_.findings.size() >= kFindingsMax) {
    ++result_.findings_left_out;
    return;
  }
  result_.findings.push_back(
      Finding{kind, std::string(file), position, std::string(what)});
}

FindingKind LogVerifier::KindAt(int64_t position) const {
  if (!point_.has_value()) return FindingKind::kTail;
  const bool above =
      base_ > point_->segment_base ||
      (base_ == point_->segment_base && position >= point_->position);
  return above ? FindingKind::kTail : FindingKind::kDamage;
}

absl::StatusOr<Verification> LogVerifier::Run() {
  ASSIGN_OR_RETURN(listing_, ListLogFiles(files_, directory_));
  CheckMarks();
  compacted_ = files_->Exists(JoinPath(directory_, kCleanEndFileName));
  for (const Offset base : listing_.swaps) {
    Report(FindingKind::kRebuildable,
           JoinPath(directory_, FileName(base, kLogSuffix, kSwapSuffix)), 0,
           "a compaction was interrupted; the next start finishes it");
  }
  const std::vector<Offset>& bases = listing_.segments;
  if (!bases.empty()) {
    result_.log_end = bases.front();
    result_.log_start = std::max(result_.log_start, bases.front());
  }
  for (const Offset base : bases) RETURN_IF_ERROR(CheckSegment(base));
  if (point_.has_value() && !bases.empty() && result_.log_end < point_->end) {
    Report(FindingKind::kDamage, Path(bases.back(), kLogSuffix), 0,
           absl::StrCat("the log ends at offset ", result_.log_end.value(),
                        ", though it is durable up to ", point_->end.value()));
  }
  CheckEpochs();
  CheckSnapshots();
  return std::move(result_);
}

void LogVerifier::CheckMarks() {
  const absl::StatusOr<std::optional<DurablePoint>> point =
      DurablePointFile::Read(files_, directory_);
  if (point.ok()) {
    point_ = *point;
  } else {
    Report(FindingKind::kDamage, JoinPath(directory_, kDurablePointFileName), 0,
           AsStd(point.status().message()));
  }
  const absl::StatusOr<std::optional<Offset>> start =
      ReadOffsetFile(files_, directory_, kLogStartFileName);
  if (start.ok()) {
    result_.log_start = start->value_or(Offset(0));
  } else {
    Report(FindingKind::kDamage, JoinPath(directory_, kLogStartFileName), 0,
           AsStd(start.status().message()));
  }
}

absl::Status LogVerifier::CheckSegment(Offset base) {
  base_ = base;
  // Before the batches: a running node writes a batch first, then its entry.
  LoadIndexes(base);
  const std::string path = Path(base, kLogSuffix);
  // The old segments of an interrupted compaction may be gone already.
  const bool swapping = std::binary_search(
      listing_.swaps.begin(), listing_.swaps.end(), result_.log_end);
  if (base != result_.log_end && !swapping) {
    Report(
        KindAt(0), path, 0,
        absl::StrCat("it begins at offset ", base.value(),
                     ", the segment before ends at ", result_.log_end.value()));
  }
  result_.log_end = base;
  ASSIGN_OR_RETURN(const std::unique_ptr<SegmentInspection> segment,
                   SegmentInspection::Open(files_, path));
  ++result_.segments;
  result_.bytes += segment->size_bytes();
  int64_t position = 0;
  while (true) {
    const absl::StatusOr<std::optional<InspectedBatch>> batch = segment->Next();
    if (!batch.ok()) {
      Report(KindAt(position), path, position, AsStd(batch.status().message()));
      break;
    }
    if (!batch->has_value()) break;
    CheckBatch(**batch, path);
    position = (*batch)->position + (*batch)->header.SizeBytes();
  }
  CheckOffsetEntries(nullptr);
  CheckTimeEntries(nullptr);
  return absl::OkStatus();
}

void LogVerifier::CheckBatch(const InspectedBatch& batch,
                             const std::string& path) {
  const record::BatchHeader& header = batch.header;
  const FindingKind kind = KindAt(batch.position);
  if (!batch.checksum_ok) {
    Report(kind, path, batch.position, "its checksum does not match");
  }
  // Compaction leaves gaps inside of segments.
  if (compacted_ ? header.base_offset < result_.log_end
                 : header.base_offset != result_.log_end) {
    Report(kind, path, batch.position,
           absl::StrCat("offset ", header.base_offset.value(), " stands where ",
                        result_.log_end.value(), " is due"));
  }
  if (header.leader_epoch < epochs_.last()) {
    Report(kind, path, batch.position,
           absl::StrCat("epoch ", header.leader_epoch.value(),
                        " follows epoch ", epochs_.last().value()));
  } else {
    epochs_.Assign(header.leader_epoch, header.base_offset);
  }
  ++result_.batches;
  result_.log_end = header.NextOffset();
  CheckOffsetEntries(&batch);
  CheckTimeEntries(&batch);
}

void LogVerifier::LoadIndexes(Offset base) {
  offsets_.clear();
  times_.clear();
  next_offset_ = next_time_ = 0;
  const std::string offsets_path = Path(base, kOffsetIndexSuffix);
  absl::StatusOr<std::vector<OffsetEntry>> offsets =
      ReadOffsetIndex(files_, offsets_path);
  if (offsets.ok()) {
    offsets_ = *std::move(offsets);
  } else {
    Report(FindingKind::kRebuildable, offsets_path, 0,
           AsStd(offsets.status().message()));
  }
  const std::string times_path = Path(base, kTimeIndexSuffix);
  absl::StatusOr<std::vector<TimeEntry>> times =
      ReadTimeIndex(files_, times_path);
  if (times.ok()) {
    times_ = *std::move(times);
  } else {
    Report(FindingKind::kRebuildable, times_path, 0,
           AsStd(times.status().message()));
  }
  result_.index_entries +=
      static_cast<int64_t>(offsets_.size() + times_.size());
}

void LogVerifier::CheckOffsetEntries(const InspectedBatch* batch) {
  while (next_offset_ < offsets_.size()) {
    const OffsetEntry& entry = offsets_[next_offset_];
    if (batch != nullptr && entry.position > batch->position) return;
    const bool fits = batch != nullptr && entry.position == batch->position &&
                      entry.offset == batch->header.LastOffset();
    if (!fits) {
      Report(
          FindingKind::kRebuildable, Path(base_, kOffsetIndexSuffix),
          static_cast<int64_t>(next_offset_ * kOffsetEntryBytes),
          absl::StrCat("no batch that ends with offset ", entry.offset.value(),
                       " begins at position ", entry.position));
    }
    ++next_offset_;
  }
}

void LogVerifier::CheckTimeEntries(const InspectedBatch* batch) {
  while (next_time_ < times_.size()) {
    const TimeEntry& entry = times_[next_time_];
    if (batch != nullptr && entry.offset > batch->header.LastOffset()) return;
    const bool fits = batch != nullptr &&
                      entry.offset == batch->header.LastOffset() &&
                      entry.timestamp_ms == batch->header.max_timestamp_ms;
    if (!fits) {
      Report(FindingKind::kRebuildable, Path(base_, kTimeIndexSuffix),
             static_cast<int64_t>(next_time_ * kTimeEntryBytes),
             absl::StrCat("timestamp ", entry.timestamp_ms,
                          " is not that of a batch that ends with offset ",
                          entry.offset.value()));
    }
    ++next_time_;
  }
}

void LogVerifier::CheckEpochs() {
  const std::string path = JoinPath(directory_, kEpochFileName);
  const absl::StatusOr<std::optional<std::string>> text =
      ReadSmallFile(files_, path);
  if (!text.ok() || !text->has_value()) {
    if (epochs_.entries().empty()) return;
    Report(FindingKind::kRebuildable, path, 0, "it cannot be read");
    return;
  }
  std::optional<EpochHistory> stored = EpochHistory::Parse(**text);
  if (!stored.has_value()) {
    Report(FindingKind::kRebuildable, path, 0, "it makes no sense");
    return;
  }
  // Epochs that began above the durable point may not be noted yet.
  const Offset end = point_.has_value() ? point_->end : result_.log_end;
  EpochHistory expected = epochs_;
  for (EpochHistory* const history : {&*stored, &expected}) {
    history->TruncateEnd(std::min(end, result_.log_end));
    history->TruncateStart(result_.log_start);
  }
  const bool agrees =
      compacted_ ? Explains(*stored, expected) : *stored == expected;
  if (!agrees) {
    Report(FindingKind::kRebuildable, path, 0,
           "it does not agree with the batches");
  }
}

void LogVerifier::CheckSnapshots() {
  for (const Offset offset : listing_.snapshots) {
    const std::string path = Path(offset, kSnapshotSuffix);
    const absl::StatusOr<std::optional<std::string>> bytes =
        ReadSmallFile(files_, path);
    // Gone meanwhile: a running node threw it away.
    if (bytes.ok() && !bytes->has_value()) continue;
    if (!bytes.ok() || !DecodeProducers(**bytes).has_value()) {
      Report(FindingKind::kRebuildable, path, 0, "it is damaged");
    }
  }
}

}  // namespace

bool Verification::Sound() const {
  return std::none_of(findings.begin(), findings.end(),
                      [](const Finding& finding) {
                        return finding.kind == FindingKind::kDamage;
                      });
}

absl::StatusOr<Verification> VerifyLog(env::FileSystem* files,
                                       const std::string& directory) {
  for (int tries = 1;; ++tries) {
    ASSIGN_OR_RETURN(const LogFiles before, ListLogFiles(files, directory));
    absl::StatusOr<Verification> result = LogVerifier(files, directory).Run();
    if (tries == kTriesMax || (result.ok() && result->Sound())) return result;
    // A running node may have replaced or removed what was being read.
    ASSIGN_OR_RETURN(const LogFiles after, ListLogFiles(files, directory));
    if (after.segments == before.segments && after.swaps == before.swaps) {
      return result;
    }
  }
}

}  // namespace barnabas::log
