// MetadataQuorum: agreement on the metadata log, whoever the voters are.
//
// What: takes entries from the active controller, makes them durable on a
//   majority, hands committed ones up in order, says who leads. Entries are
//   opaque bytes here; the LeaderRecord that begins each term is the active
//   controller's first proposal.
// Place: below controller/service; the one-voter quorum and the Raft driver
//   are two forms of it, so nothing above knows how many voters there are.
// Units: LogIndex is the offset of the entry; offset 0 is the bootstrap
//   record that `storage format` wrote. Bytes.
// Empty case: a formatted node has one entry.
// Thread: Start, Propose and all events on the loop; Read, committed_end and
//   facts from any thread; Close after the loop has stopped.
// Errors: a refused proposal is followed by OnFollowing: NOT_CONTROLLER (term
//   over, another offset), OVERLOADED (too much uncommitted), LIMIT_EXCEEDED
//   (entry too large), DISK_FULL, STORAGE_ERROR. After OnFailed nothing
//   commits any more and the process must end: what was proposed may or may
//   not be there after a restart.
// Always true: R4 committed entries stay and are told in order, each once
//   since the start; R5 terms rise; R6 nothing is committed before it is
//   synced; OnLeading comes after every entry committed before it was told.
#ifndef BARNABAS_CONTROLLER_QUORUM_METADATA_QUORUM_H_
#define BARNABAS_CONTROLLER_QUORUM_METADATA_QUORUM_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "proto/types/ids.h"
#include "proto/types/offsets.h"
#include "proto/types/units.h"

namespace barnabas::quorum {

// Bytes of one entry, and of all that wait for their commit.
inline constexpr int64_t kEntryBytesMax = 8 * kMiB;
inline constexpr int64_t kUncommittedBytesMax = 32 * kMiB;

struct QuorumEntry {
  LogIndex offset;
  Term term;
  // A serialised internal.v1.MetadataEntry.
  std::string value;
};

class QuorumEvents {
 public:
  virtual ~QuorumEvents() = default;

  virtual void OnCommitted(const QuorumEntry& entry) = 0;
  // This node leads `term` and may propose; its next entry gets `log_end`.
  // Entries before it may still be uncommitted.
  virtual void OnLeading(Term term, LogIndex log_end) = 0;
  // It does not (any more); what it proposed and was not told as committed
  // has an unknown end.
  virtual void OnFollowing(Term term, std::optional<NodeId> leader) = 0;
  virtual void OnFailed(const absl::Status& status) = 0;
};

struct QuorumFacts {
  Term term;
  std::optional<NodeId> leader;
  LogIndex committed_end;
  LogIndex log_end;
  int64_t uncommitted_bytes = 0;
  // Elections begun by this node since it started.
  int64_t elections = 0;
};

class MetadataQuorum {
 public:
  virtual ~MetadataQuorum() = default;

  // Begins; events follow on the loop. Once.
  virtual void Start(QuorumEvents* events) = 0;

  // Appends at `offset` in `term`, or not at all.
  virtual absl::Status Propose(LogIndex offset, Term term,
                               std::string value) = 0;

  // Committed entries from `from` on, at most `bytes_max` of them but at
  // least one if there is one. OFFSET_OUT_OF_RANGE beyond the end.
  virtual absl::StatusOr<std::vector<QuorumEntry>> Read(
      LogIndex from, int64_t bytes_max) const = 0;
  // One past the last committed entry.
  virtual LogIndex committed_end() const = 0;
  virtual QuorumFacts facts() const = 0;

  // Flushes and closes the log; after loop and workers have stopped.
  virtual absl::Status Close() = 0;
};

}  // namespace barnabas::quorum

#endif  // BARNABAS_CONTROLLER_QUORUM_METADATA_QUORUM_H_
