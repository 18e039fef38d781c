#include "storage/log/durable_marks.h"

#include <utility>

#include "proto/types/error.h"
#include "proto/types/status_macros.h"
#include "storage/log/checkpoint_file.h"
#include "storage/log/format.h"

namespace barnabas::log {
DurableMarks::DurableMarks(env::FileSystem* files, std::string directory,
                           std::unique_ptr<DurablePointFile> point)
    : files_(files),
      directory_(std::move(directory)),
      point_(std::move(point)) {}

absl::StatusOr<std::unique_ptr<DurableMarks>> DurableMarks::Open(
    env::FileSystem* files, const std::string& directory, int64_t round) {
  ASSIGN_OR_RETURN(std::unique_ptr<DurablePointFile> point,
                   DurablePointFile::Open(files, directory, round));
  return std::unique_ptr<DurableMarks>(
      new DurableMarks(files, directory, std::move(point)));
}

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
    if (!recorded && CodeOf(status) != ErrorCode::kDiskFull) return status;
  }
  if (point.has_value()) RETURN_IF_ERROR(point_->Write(*point));
  return recorded;
}

absl::Status DurableMarks::Replace(const std::optional<DurablePoint>& point,
                                   const std::string& epochs) {
  absl::MutexLock lock(&mutex_);
  ++era_;
  RETURN_IF_ERROR(ReplaceFile(files_, directory_, kEpochFileName, epochs));
  return point.has_value() ? point_->Write(*point) : absl::OkStatus();
}

}  // namespace barnabas::log
