// LogView: what the core may ask of the log on disk.
//
// What: the entries that the driver has appended, durable or not; the core
//   shadows what it has not yet been told is durable (pending_log.h).
// Units: indexes, bytes.
// Empty case: an empty log has first() == last() + 1; without a snapshot the
//   id is {0, -1}.
// Thread: the core's; calls never block for long (entries of the recent past
//   are in memory).
// Errors: none; asking outside [first, last] is a broken promise of the core.
#ifndef BARNABAS_METADATA_RAFT_LOG_VIEW_H_
#define BARNABAS_METADATA_RAFT_LOG_VIEW_H_

#include <cstdint>
#include <vector>

#include "metadata/raft/types.h"

namespace barnabas::raft {

class LogView {
 public:
  virtual ~LogView() = default;

  // First entry that is still in the log.
  virtual LogIndex first() const = 0;
  // Last entry; first() - 1 in an empty log.
  virtual LogIndex last() const = 0;
  // Of an entry in [first, last].
  virtual Term TermAt(LogIndex index) const = 0;
  // Entries from `from` to before `end`, at least one, at most `bytes_max`
  // beyond it.
  virtual std::vector<Entry> Read(LogIndex from, LogIndex end,
                                  int64_t bytes_max) const = 0;
  // The newest complete snapshot.
  virtual SnapshotId snapshot() const = 0;
};

}  // namespace barnabas::raft

#endif  // BARNABAS_METADATA_RAFT_LOG_VIEW_H_
