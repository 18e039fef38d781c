// MetadataQuorum: agreement on the metadata log, whoever the voters are.
//
// What: takes entries from the active controller, makes them durable on a
//   majority, hands committed ones up in order, says who leads. Entries and
//   snapshots are opaque bytes here; the LeaderRecord that begins each term is
//   the active controller's first proposal.
// Place: below controller/service; nothing above knows how many voters there
//   are.
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
// Always true: committed entries stay and are told in order, each once since
//   the start or the last snapshot (R10, R12); terms rise (R4); nothing is
//   committed before a majority has synced it (R8); OnLeading comes after every
//   entry committed before it was told.
#ifndef BARNABAS_CONTROLLER_QUORUM_METADATA_QUORUM_H_
#define BARNABAS_CONTROLLER_QUORUM_METADATA_QUORUM_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "proto/types/ids.h"
#include "proto/types/limits.h"
#include "proto/types/offsets.h"
#include "proto/types/units.h"

namespace barnabas::quorum {

// Bytes of one entry, and of all that wait for their commit.
inline constexpr int64_t kEntryBytesMax = kMetadataEntryBytesMax;
inline constexpr int64_t kUncommittedBytesMax = 3 * kEntryBytesMax;

struct QuorumEntry {
  LogIndex offset;
  Term term;
  // A serialised internal.v1.MetadataEntry.
  std::string value;
};

class QuorumMembers;

class QuorumEvents {
 public:
  virtual ~QuorumEvents() = default;

  // The owner's state is this now: at the start, before anything else, or when
  // entries it has not been told of are known only by a snapshot.
  virtual void OnSnapshot(LogIndex index, const std::string& payload) = 0;
  // Its state as of the entry told last, to be encoded on any thread.
  virtual absl::AnyInvocable<std::string()> CaptureSnapshot() = 0;
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
  // least one if there is one. OFFSET_OUT_OF_RANGE beyond the end, and below
  // log_start(), where only a snapshot knows what was.
  virtual absl::StatusOr<std::vector<QuorumEntry>> Read(
      LogIndex from, int64_t bytes_max) const = 0;
  // The first entry that is still in the log; rises behind snapshots.
  virtual LogIndex log_start() const = 0;
  // One past the last committed entry.
  LogIndex committed_end() const { return facts().committed_end; }
  // For a read that must not be older than now (R18): `done` gets the index up
  // to which entries must have been told before it is answered, as soon as a
  // majority has confirmed that this node leads; NOT_CONTROLLER if it does
  // not. On the loop.
  using ReadDone = absl::AnyInvocable<void(absl::StatusOr<LogIndex>)>;
  virtual void ConfirmRead(ReadDone done) = 0;
  virtual QuorumFacts facts() const = 0;
  // Who takes part; on the loop, after Start.
  virtual QuorumMembers* members() = 0;

  // Flushes and closes the log; after loop and workers have stopped.
  virtual absl::Status Close() = 0;
};

}  // namespace barnabas::quorum

#endif  // BARNABAS_CONTROLLER_QUORUM_METADATA_QUORUM_H_
