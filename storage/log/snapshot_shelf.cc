#include "storage/log/snapshot_shelf.h"

#include <algorithm>
#include <utility>

#include "glog/logging.h"
#include "proto/types/status_macros.h"
#include "storage/log/file_names.h"
#include "storage/log/format.h"
#include "storage/log/log_files.h"
#include "storage/log/producer_restore.h"

namespace barnabas::log {
namespace {

// Beside those at segment bases. Two: the newest may not be durable yet.
constexpr size_t kNewestKept = 2;

bool IsSegmentBase(const SegmentList& segments, Offset offset) {
  return std::any_of(segments.begin(), segments.end(),
                     [offset](const std::shared_ptr<Segment>& segment) {
                       return segment->base() == offset;
                     });
}

}  // namespace

SnapshotShelf::SnapshotShelf(env::FileSystem* files, std::string directory,
                             std::vector<Offset> offsets)
    : files_(files),
      directory_(std::move(directory)),
      offsets_(std::move(offsets)) {}

bool SnapshotShelf::IsDue() const {
  return appended_bytes_ >= kSnapshotIntervalBytes;
}

std::shared_ptr<env::File> SnapshotShelf::Take(const ProducerWindow& window,
                                               Offset end,
                                               const SegmentList& segments) {
  absl::StatusOr<std::shared_ptr<env::File>> file =
      WriteSnapshot(files_, directory_, end, window);
  appended_bytes_ = 0;
  if (!file.ok()) {
    LOG(WARNING) << "No producer snapshot at offset " << end << " of "
                 << directory_ << ": " << file.status().message();
    // Half of one would be damage to whoever verifies the log.
    Remove(end).IgnoreError();
    return nullptr;
  }
  if (offsets_.empty() || offsets_.back() < end) offsets_.push_back(end);
  std::vector<Offset> kept;
  for (size_t i = 0; i < offsets_.size(); ++i) {
    if (i + kNewestKept >= offsets_.size() ||
        IsSegmentBase(segments, offsets_[i]) || !Remove(offsets_[i]).ok()) {
      kept.push_back(offsets_[i]);
    }
  }
  offsets_ = std::move(kept);
  return *std::move(file);
}

absl::StatusOr<ProducerWindow> SnapshotShelf::Restore(
    const SegmentList& segments, int64_t now_ms) const {
  const ProducerSource source{files_, directory_, offsets_,
                              segments.back()->next()};
  ASSIGN_OR_RETURN(RestoredProducers restored,
                   RestoreProducers(source, segments, now_ms));
  return std::move(restored.window);
}

absl::Status SnapshotShelf::RemoveBelow(Offset offset) {
  while (!offsets_.empty() && offsets_.front() < offset) {
    RETURN_IF_ERROR(Remove(offsets_.front()));
    offsets_.erase(offsets_.begin());
  }
  return absl::OkStatus();
}

absl::Status SnapshotShelf::RemoveAbove(Offset offset) {
  while (!offsets_.empty() && offsets_.back() > offset) {
    RETURN_IF_ERROR(Remove(offsets_.back()));
    offsets_.pop_back();
  }
  return absl::OkStatus();
}

absl::Status SnapshotShelf::Remove(Offset offset) {
  return RemoveIfPresent(
      files_, JoinPath(directory_, FileName(offset, kSnapshotSuffix)));
}

}  // namespace barnabas::log
