#include "storage/log/verify.h"

#include <algorithm>
#include <map>
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
#include "storage/log/log_start_file.h"
#include "storage/log/producer_snapshot.h"

namespace barnabas::log {
namespace {

// What the index checks need to know of a batch.
struct Landmark {
  Offset last;
  int64_t max_timestamp_ms = -1;
};

class LogVerifier {
 public:
  LogVerifier(env::FileSystem* files, std::string directory)
      : files_(files), directory_(std::move(directory)) {}

  absl::StatusOr<Verification> Run();

 private:
  void CheckMarks();
  absl::Status CheckSegment(Offset base);
  void CheckBatch(const InspectedBatch& batch, const std::string& path);
  void CheckOffsetIndex(Offset base);
  void CheckTimeIndex(Offset base);
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
  // Of the segment at hand.
  Offset base_;
  std::map<int64_t, Landmark> batches_by_position_;
  std::map<Offset, Landmark> batches_by_last_;
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
      ReadLogStart(files_, directory_);
  if (start.ok()) {
    result_.log_start = start->value_or(Offset(0));
  } else {
    Report(FindingKind::kDamage, JoinPath(directory_, kLogStartFileName), 0,
           AsStd(start.status().message()));
  }
}

absl::Status LogVerifier::CheckSegment(Offset base) {
  base_ = base;
  batches_by_position_.clear();
  batches_by_last_.clear();
  const std::string path = Path(base, kLogSuffix);
  if (base != result_.log_end) {
    Report(
        KindAt(0), path, 0,
        absl::StrCat("it begins at offset ", base.value(),
                     ", the segment before ends at ", result_.log_end.value()));
    result_.log_end = base;
  }
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
  CheckOffsetIndex(base);
  CheckTimeIndex(base);
  return absl::OkStatus();
}

void LogVerifier::CheckBatch(const InspectedBatch& batch,
                             const std::string& path) {
  const record::BatchHeader& header = batch.header;
  const FindingKind kind = KindAt(batch.position);
  if (!batch.checksum_ok) {
    Report(kind, path, batch.position, "its checksum does not match");
  }
  if (header.base_offset != result_.log_end) {
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
  const Landmark landmark{header.LastOffset(), header.max_timestamp_ms};
  batches_by_position_[batch.position] = landmark;
  batches_by_last_[landmark.last] = landmark;
}

void LogVerifier::CheckOffsetIndex(Offset base) {
  const std::string path = Path(base, kOffsetIndexSuffix);
  const absl::StatusOr<std::vector<OffsetEntry>> entries =
      ReadOffsetIndex(files_, path);
  if (!entries.ok()) {
    Report(FindingKind::kRebuildable, path, 0,
           AsStd(entries.status().message()));
    return;
  }
  // The active segment's index may lag behind, never run ahead.
  for (size_t i = 0; i < entries->size(); ++i) {
    const OffsetEntry& entry = (*entries)[i];
    const auto found = batches_by_position_.find(entry.position);
    if (found == batches_by_position_.end() ||
        found->second.last != entry.offset) {
      Report(
          FindingKind::kRebuildable, path,
          static_cast<int64_t>(i * kOffsetEntryBytes),
          absl::StrCat("no batch that ends with offset ", entry.offset.value(),
                       " begins at position ", entry.position));
    }
  }
  result_.index_entries += static_cast<int64_t>(entries->size());
}

void LogVerifier::CheckTimeIndex(Offset base) {
  const std::string path = Path(base, kTimeIndexSuffix);
  const absl::StatusOr<std::vector<TimeEntry>> entries =
      ReadTimeIndex(files_, path);
  if (!entries.ok()) {
    Report(FindingKind::kRebuildable, path, 0,
           AsStd(entries.status().message()));
    return;
  }
  int64_t before = -1;
  for (size_t i = 0; i < entries->size(); ++i) {
    const TimeEntry& entry = (*entries)[i];
    const auto found = batches_by_last_.find(entry.offset);
    if (found == batches_by_last_.end() ||
        found->second.max_timestamp_ms != entry.timestamp_ms ||
        entry.timestamp_ms <= before) {
      Report(FindingKind::kRebuildable, path,
             static_cast<int64_t>(i * kTimeEntryBytes),
             absl::StrCat("timestamp ", entry.timestamp_ms,
                          " is not that of the batch that ends with offset ",
                          entry.offset.value()));
    }
    before = entry.timestamp_ms;
  }
  result_.index_entries += static_cast<int64_t>(entries->size());
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
  if (!(*stored == expected)) {
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
  return LogVerifier(files, directory).Run();
}

}  // namespace barnabas::log
