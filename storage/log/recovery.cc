#include "storage/log/recovery.h"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "glog/logging.h"
#include "proto/types/error.h"
#include "proto/types/status_macros.h"
#include "proto/types/text.h"
#include "proto/types/units.h"
#include "storage/log/checkpoint_file.h"
#include "storage/log/cut_file.h"
#include "storage/log/file_names.h"
#include "storage/log/format.h"
#include "storage/log/log_files.h"
#include "storage/log/offset_file.h"
#include "storage/log/producer_restore.h"
#include "storage/log/recovery_scan.h"
#include "storage/log/segment_swap.h"

namespace barnabas::log {
namespace {

constexpr int64_t kRewriteBytes = kMiB;

// Carries out one plan.
class Recovery {
 public:
  Recovery(const RecoveryOptions& options, RecoveryPlan plan)
      : options_(options), files_(options.files), plan_(std::move(plan)) {}

  absl::StatusOr<RecoveredLog> Run();

 private:
  absl::Status RestoreWindow();
  absl::Status Cut();
  absl::Status MakeScannedDurable();
  absl::Status SealAllButLast();
  absl::Status RemoveLeftovers();
  // An empty log at log_start, when nothing (or only older data) is there.
  absl::Status BeginEmpty();
  absl::Status RecordMarks();
  Offset FindCleanEnd() const;
  int64_t NowMs() const { return options_.clock->WallMs(); }
  std::string Path(std::string_view name) const {
    return JoinPath(options_.directory, name);
  }

  const RecoveryOptions& options_;
  env::FileSystem* const files_;
  RecoveryPlan plan_;
  RecoveredLog result_;
  std::vector<Offset> useless_snapshots_;
  bool names_changed_ = false;
  bool changed_ = false;
};

absl::StatusOr<RecoveredLog> Recovery::Run() {
  result_.log_start = plan_.log_start;
  result_.report.scanned_bytes = plan_.scanned.bytes;
  result_.report.indexes_rebuilt = plan_.indexes_rebuilt;
  result_.report.clean =
      options_.clean && plan_.scanned.bytes == 0 && plan_.cut_reason.empty();
  // Reads only, so that damage it meets can still be refused.
  RETURN_IF_ERROR(RestoreWindow());
  if (!plan_.cut_reason.empty()) RETURN_IF_ERROR(Cut());
  if (!plan_.segments.empty() && plan_.end() >= plan_.log_start) {
    RETURN_IF_ERROR(MakeScannedDurable());
    RETURN_IF_ERROR(SealAllButLast());
  }
  RETURN_IF_ERROR(RemoveLeftovers());
  if (plan_.segments.empty() || plan_.end() < plan_.log_start) {
    RETURN_IF_ERROR(BeginEmpty());
  }
  if (names_changed_) {
    RETURN_IF_ERROR(files_->SyncDirectory(options_.directory));
  }
  result_.segments = std::move(plan_.segments);
  Segment& last = *result_.segments.back();
  last.index().CountFrom(last.size());
  // Of an earlier run: it was made when its first batch came.
  Segment::Age& age = last.age();
  age.created_ms =
      std::min(age.created_ms, age.first_batch_ms.value_or(age.created_ms));
  result_.epochs = std::move(plan_.epochs);
  result_.report.end = result_.segments.back()->next();
  result_.clean_end = FindCleanEnd();
  RETURN_IF_ERROR(RecordMarks());
  return std::move(result_);
}

// Too low is only more work; so what cannot be read, or cannot be, is nothing.
Offset Recovery::FindCleanEnd() const {
  const absl::StatusOr<std::optional<Offset>> end =
      ReadOffsetFile(files_, options_.directory, kCleanEndFileName);
  if (!end.ok() || !end->has_value() || **end > result_.report.end) {
    return result_.log_start;
  }
  return std::max(**end, result_.log_start);
}

absl::Status Recovery::RestoreWindow() {
  const ProducerSource source{files_, options_.directory,
                              plan_.listing.snapshots, plan_.trusted_end};
  absl::StatusOr<RestoredProducers> restored =
      RestoreProducers(source, plan_.segments, NowMs());
  if (CodeOf(restored.status()) == ErrorCode::kCorruptRecord) {
    return MakeError(ErrorCode::kCorruptLog, AsStd(restored.status().message()),
                     "barnabas storage verify DIR");
  }
  RETURN_IF_ERROR(restored.status());
  result_.producers = std::move(restored->window);
  useless_snapshots_ = std::move(restored->passed_over);
  return absl::OkStatus();
}

absl::Status Recovery::Cut() {
  LOG(WARNING) << "Recovery cuts the log at offset " << plan_.end() << ": "
               << plan_.cut_reason;
  Segment* const last = plan_.segments.back().get();
  std::vector<std::string> kept;
  if (plan_.cut_file_bytes.has_value()) {
    ASSIGN_OR_RETURN(
        std::string path,
        KeepTail(files_, options_.directory, last->next(), *last->file(),
                 last->size(), *plan_.cut_file_bytes));
    result_.report.cut_bytes += *plan_.cut_file_bytes - last->size();
    // The copy must outlive a crash before the original goes.
    RETURN_IF_ERROR(files_->SyncDirectory(options_.directory));
    kept.push_back(std::move(path));
  }
  for (const Offset base : plan_.beyond) {
    ASSIGN_OR_RETURN(std::string path,
                     KeepSegment(files_, options_.directory, base));
    ASSIGN_OR_RETURN(const std::unique_ptr<env::File> file,
                     files_->Open(path, env::OpenMode::kRead));
    ASSIGN_OR_RETURN(const int64_t size, file->Size());
    result_.report.cut_bytes += size;
    kept.push_back(std::move(path));
  }
  if (plan_.cut_file_bytes.has_value()) {
    RETURN_IF_ERROR(last->file()->Truncate(last->size()));
    RETURN_IF_ERROR(last->file()->Sync());
  }
  if (!kept.empty()) result_.report.cut_file = kept.front();
  names_changed_ = changed_ = true;
  ASSIGN_OR_RETURN(const LogFiles now,
                   ListLogFiles(files_, options_.directory));
  return BoundCutFiles(files_, options_.directory, now.cuts);
}

absl::Status Recovery::MakeScannedDurable() {
  std::string buffer;
  int64_t at = plan_.scanned.position;
  for (size_t i = plan_.scanned.first; i < plan_.segments.size(); ++i) {
    Segment& segment = *plan_.segments[i];
    const bool scanned = at < segment.size();
    while (plan_.found_point.has_value() && at < segment.size()) {
      buffer.resize(
          static_cast<size_t>(std::min(kRewriteBytes, segment.size() - at)));
      ASSIGN_OR_RETURN(const size_t got, segment.file()->ReadAt(
                                             at, buffer.size(), buffer.data()));
      const std::string_view parts[] = {
          std::string_view(buffer).substr(0, got)};
      RETURN_IF_ERROR(segment.file()->WriteAt(at, parts));
      at += static_cast<int64_t>(got);
      if (got == 0) break;
    }
    // After a killed process the page cache may hold a cut that the disk does
    // not: synced, what was cut does not come back (S2).
    const bool is_last = i + 1 == plan_.segments.size();
    if (scanned || (is_last && !options_.clean)) {
      RETURN_IF_ERROR(segment.file()->Sync());
      names_changed_ = true;
      changed_ |= scanned;
    }
    at = 0;
  }
  return absl::OkStatus();
}

absl::Status Recovery::SealAllButLast() {
  for (size_t i = 0; i < plan_.segments.size(); ++i) {
    Segment& segment = *plan_.segments[i];
    if (i + 1 == plan_.segments.size()) {
      // What the file lacks is written with the next flush; a full disk must
      // not keep the log shut.
      if (plan_.scanned.bytes > 0 || plan_.indexes_rebuilt > 0) {
        segment.index().WritePending().IgnoreError();
      }
      break;
    }
    if (i < plan_.scanned.first && !plan_.rebuilt.contains(i)) continue;
    ASSIGN_OR_RETURN(const std::vector<std::shared_ptr<env::File>> dirty,
                     segment.Seal());
    for (const auto& file : dirty) RETURN_IF_ERROR(file->Sync());
    names_changed_ = true;
  }
  return absl::OkStatus();
}

absl::Status Recovery::RemoveLeftovers() {
  std::vector<std::string> names = plan_.listing.leftovers;
  names.insert(names.end(), plan_.listing.orphans.begin(),
               plan_.listing.orphans.end());
  // Torn, or of a tail that is no more.
  result_.snapshots = plan_.listing.snapshots;
  for (const Offset snapshot : useless_snapshots_) {
    names.push_back(FileName(snapshot, kSnapshotSuffix));
    std::erase(result_.snapshots, snapshot);
  }
  for (const std::string& name : names) {
    RETURN_IF_ERROR(RemoveIfPresent(files_, Path(name)));
  }
  for (const Offset base : plan_.obsolete) {
    RETURN_IF_ERROR(RemoveSegmentFiles(files_, options_.directory, base));
  }
  names_changed_ |= !names.empty() || !plan_.obsolete.empty();
  return absl::OkStatus();
}

absl::Status Recovery::BeginEmpty() {
  for (const auto& segment : plan_.segments) {
    RETURN_IF_ERROR(
        RemoveSegmentFiles(files_, options_.directory, segment->base()));
  }
  plan_.segments.clear();
  plan_.epochs = EpochHistory();
  result_.producers.Clear();
  ASSIGN_OR_RETURN(
      std::shared_ptr<Segment> segment,
      CreateSegment(files_, options_.directory, plan_.log_start, NowMs()));
  plan_.segments.push_back(std::move(segment));
  plan_.epochs_changed = true;
  names_changed_ = changed_ = true;
  return absl::OkStatus();
}

absl::Status Recovery::RecordMarks() {
  const int64_t round =
      plan_.found_point.has_value() ? plan_.found_point->round : 0;
  const Segment& last = *result_.segments.back();
  result_.point = DurablePoint{round, last.next(), last.base(), last.size(),
                               last.index().mark()};
  std::optional<DurablePoint> point = result_.point;
  if (!plan_.found_point.has_value()) {
    RETURN_IF_ERROR(
        DurablePointFile::Create(files_, options_.directory, result_.point));
    // Written; a second time would be one more sync for each new partition.
    point.reset();
  }
  result_.marks =
      std::make_shared<DurableMarks>(files_, options_.directory, round);
  const bool moved = changed_ || (plan_.found_point.has_value() &&
                                  plan_.found_point->end != result_.point.end);
  if (!moved && !plan_.epochs_changed && plan_.indexes_rebuilt == 0) {
    return absl::OkStatus();
  }
  return result_.marks->Replace(point, result_.epochs.Format());
}

}  // namespace

absl::StatusOr<RecoveredLog> Recover(const RecoveryOptions& options) {
  const absl::Duration begin = options.clock->Monotonic();
  RETURN_IF_ERROR(FinishSwaps(options.files, options.directory));
  RecoveryScan scan(options.files, options.directory,
                    options.index_interval_bytes, options.clock->WallMs());
  ASSIGN_OR_RETURN(RecoveryPlan plan, scan.Run());
  Recovery recovery(options, std::move(plan));
  ASSIGN_OR_RETURN(RecoveredLog recovered, recovery.Run());
  recovered.report.duration_ms =
      absl::ToInt64Milliseconds(options.clock->Monotonic() - begin);
  return recovered;
}

}  // namespace barnabas::log
