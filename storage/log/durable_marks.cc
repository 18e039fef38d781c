#include "storage/log/durable_marks.h"

#include <algorithm>
#include <utility>

#include "proto/types/error.h"
#include "proto/types/status_macros.h"
#include "storage/log/checkpoint_file.h"
#include "storage/log/format.h"
#include "storage/log/offset_file.h"

namespace barnabas::log {
namespace {

std::pair<Offset, Offset> PlaceOf(const DurablePoint& point) {
  return {point.end, point.segment_base};
}

}  // namespace

DurableMarks::DurableMarks(env::FileSystem* files, std::string directory,
                           int64_t round)
    : files_(files),
      directory_(std::move(directory)),
      point_(files, directory_, round) {}

int64_t DurableMarks::era() const {
  absl::MutexLock lock(&mutex_);
  return era_;
}

absl::StatusOr<bool> DurableMarks::Record(
    int64_t era, const std::optional<DurablePoint>& point,
    const std::optional<std::string>& epochs) {
  absl::MutexLock lock(&mutex_);
  if (era != era_) return false;
  bool recorded = true;
  if (epochs.has_value()) {
    const absl::Status status =
        ReplaceFile(files_, directory_, kEpochFileName, *epochs);
    recorded = status.ok();
    if (!recorded && !WillPass(status)) return status;
  }
  // The files that an older point names may have been replaced.
  if (!point.has_value() || PlaceOf(*point) < raised_) return recorded;
  const absl::Status written = point_.Write(*point);
  // Without a descriptor nothing was touched; the next round has a newer
  // point, and until then recovery only reads more.
  if (CodeOf(written) == ErrorCode::kLimitExceeded) return recorded;
  RETURN_IF_ERROR(written);
  return recorded;
}

absl::StatusOr<bool> DurableMarks::Raise(int64_t era,
                                         const DurablePoint& point) {
  absl::MutexLock lock(&mutex_);
  if (era != era_) return false;
  if (PlaceOf(point) < raised_) return true;
  RETURN_IF_ERROR(point_.Write(point));
  raised_ = PlaceOf(point);
  return true;
}

absl::StatusOr<bool> DurableMarks::RecordCleanEnd(int64_t era, Offset end) {
  absl::MutexLock lock(&mutex_);
  if (era != era_) return false;
  RETURN_IF_ERROR(WriteOffsetFile(files_, directory_, kCleanEndFileName, end));
  return true;
}

absl::Status DurableMarks::Replace(const std::optional<DurablePoint>& point,
                                   const std::string& epochs) {
  absl::MutexLock lock(&mutex_);
  ++era_;
  // What lies behind a cut is no more; nothing below it was replaced.
  if (point.has_value()) raised_ = std::min(raised_, PlaceOf(*point));
  RETURN_IF_ERROR(ReplaceFile(files_, directory_, kEpochFileName, epochs));
  return point.has_value() ? point_.Write(*point) : absl::OkStatus();
}

}  // namespace barnabas::log
