// DeletedSegments: segments that went and whose files are still there.
//
// What: renames the files of a segment ("....deleted") and keeps them for
//   some time, so that removing a large file does not hold the writer up, and
//   so that who deleted the wrong thing can still copy it. Without a delay
//   they are removed at once.
// Units: wall-clock milliseconds. Empty case: nothing waits.
// Thread: the log's writer; what Take gives runs anywhere.
// Errors: those of env::FileSystem. What could not be removed is removed when
//   the log is opened the next time.
// Bounds: kWaitingMax segments; the oldest is then removed before its time.
#ifndef BARNABAS_STORAGE_LOG_DELETED_SEGMENTS_H_
#define BARNABAS_STORAGE_LOG_DELETED_SEGMENTS_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <string>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/types/span.h"
#include "storage/env/file.h"
#include "storage/log/segment.h"

namespace barnabas::log {

class DeletedSegments {
 public:
  static constexpr size_t kWaitingMax = 1024;

  DeletedSegments(env::FileSystem* files, std::string directory);

  // Takes the files of `segment` away, for good at `now_ms` + `delay_ms`.
  absl::Status Add(std::shared_ptr<Segment> segment, int64_t now_ms,
                   int64_t delay_ms);
  // The same for segments whose files were set aside already.
  void AddAside(absl::Span<const std::shared_ptr<Segment>> segments,
                int64_t now_ms, int64_t delay_ms);

  // Removes those that are due; null when there is none.
  absl::AnyInvocable<void()> Take(int64_t now_ms);

 private:
  struct Waiting {
    std::shared_ptr<Segment> segment;
    int64_t due_ms = 0;
  };

  // Constant after construction.
  env::FileSystem* const files_;
  const std::string directory_;

  // Oldest first.
  std::deque<Waiting> waiting_;
};

}  // namespace barnabas::log

#endif  // BARNABAS_STORAGE_LOG_DELETED_SEGMENTS_H_
