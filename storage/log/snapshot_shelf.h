// SnapshotShelf: the producer snapshots of one log, taken and thrown away.
//
// What: writes a snapshot at rolls, at closing and every
//   kSnapshotIntervalBytes; keeps one per segment base and the two newest.
// Units: offsets, bytes. Empty case: no snapshot; the log is replayed whole.
// Thread: the log's writer.
// Errors: a snapshot that cannot be written is none: Take gives nullptr.
// Always true: no snapshot lies beyond the log's end.
#ifndef BARNABAS_STORAGE_LOG_SNAPSHOT_SHELF_H_
#define BARNABAS_STORAGE_LOG_SNAPSHOT_SHELF_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "proto/types/offsets.h"
#include "storage/env/file.h"
#include "storage/log/producer_window.h"
#include "storage/log/segment_list.h"

namespace barnabas::log {

class SnapshotShelf {
 public:
  // `offsets`: of all snapshots that are there, rising.
  SnapshotShelf(env::FileSystem* files, std::string directory,
                std::vector<Offset> offsets);

  void NoteAppended(int64_t bytes) { appended_bytes_ += bytes; }
  // Whether enough was appended since the last one.
  bool IsDue() const;

  // Writes a snapshot at `end` and drops old ones. The file, to be synced;
  // nullptr when it could not be written.
  std::shared_ptr<env::File> Take(const ProducerWindow& window, Offset end,
                                  const SegmentList& segments);

  // The window at the end of `segments`.
  absl::StatusOr<ProducerWindow> Restore(const SegmentList& segments,
                                         int64_t now_ms) const;

  // Removes the snapshots below, above `offset`.
  absl::Status RemoveBelow(Offset offset);
  absl::Status RemoveAbove(Offset offset);

 private:
  absl::Status Remove(Offset offset);

  // Constant after construction.
  env::FileSystem* const files_;
  const std::string directory_;

  // State: rising.
  std::vector<Offset> offsets_;
  int64_t appended_bytes_ = 0;
};

}  // namespace barnabas::log

#endif  // BARNABAS_STORAGE_LOG_SNAPSHOT_SHELF_H_
