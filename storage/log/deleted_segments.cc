#include "storage/log/deleted_segments.h"

#include <utility>
#include <vector>

#include "glog/logging.h"
#include "proto/types/status_macros.h"
#include "storage/log/log_files.h"
#include "storage/log/segment_swap.h"

namespace barnabas::log {

DeletedSegments::DeletedSegments(env::FileSystem* files, std::string directory)
    : files_(files), directory_(std::move(directory)) {}

absl::Status DeletedSegments::Add(std::shared_ptr<Segment> segment,
                                  int64_t now_ms, int64_t delay_ms) {
  if (delay_ms <= 0) {
    return RemoveSegmentFiles(files_, directory_, segment->base());
  }
  RETURN_IF_ERROR(SetSegmentAside(files_, directory_, segment->base()));
  AddAside({std::move(segment)}, now_ms, delay_ms);
  return absl::OkStatus();
}

void DeletedSegments::AddAside(
    absl::Span<const std::shared_ptr<Segment>> segments, int64_t now_ms,
    int64_t delay_ms) {
  for (const std::shared_ptr<Segment>& segment : segments) {
    waiting_.push_back(Waiting{segment, now_ms + delay_ms});
  }
}

absl::AnyInvocable<void()> DeletedSegments::Take(int64_t now_ms) {
  std::vector<std::shared_ptr<Segment>> due;
  while (!waiting_.empty() &&
         (waiting_.front().due_ms <= now_ms || waiting_.size() > kWaitingMax)) {
    due.push_back(std::move(waiting_.front().segment));
    waiting_.pop_front();
  }
  if (due.empty()) return nullptr;
  // The segments go along: closing a removed file is what takes time.
  return
      [files = files_, directory = directory_, due = std::move(due)]() mutable {
        for (std::shared_ptr<Segment>& segment : due) {
          const absl::Status removed =
              RemoveSetAside(files, directory, segment->base());
          LOG_IF(WARNING, !removed.ok())
              << "A deleted segment of " << directory
              << " stays until the next start: " << removed.message();
          segment.reset();
        }
      };
}

}  // namespace barnabas::log
