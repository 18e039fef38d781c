// Entry codec: Raft's entries to and from the metadata log's.
//
// What: on disk and on the wire every entry is a serialised MetadataEntry.
//   What Raft itself adds is written so that replay understands it: a term
//   begins with a NoOpRecord, a change of voters is a VotersRecord alone in its
//   entry. Kinds are found again by looking inside.
// Units: indexes. Empty case: an entry of Raft's own has no payload in memory.
// Thread: pure functions.
// Errors: CORRUPT_LOG for voters that cannot be read.
// Always true: ValueOf(EntryOf(e)) == e.value, so followers hold the leader's
//   very bytes.
#ifndef BARNABAS_CONTROLLER_QUORUM_ENTRY_CODEC_H_
#define BARNABAS_CONTROLLER_QUORUM_ENTRY_CODEC_H_

#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "controller/quorum/metadata_quorum.h"
#include "metadata/raft/types.h"

namespace barnabas::quorum {

// The bytes of an entry; shared with it where it has them.
std::shared_ptr<const std::string> ValueOf(const raft::Entry& entry);

// The value of the entry by which these voters come into force.
std::string VotersValue(const raft::VoterSet& voters);

absl::StatusOr<raft::Entry> EntryOf(QuorumEntry entry);

// The voters that a value brings; nullptr for any other value.
absl::StatusOr<std::shared_ptr<const raft::VoterSet>> VotersIn(
    LogIndex index, std::string_view value);

}  // namespace barnabas::quorum

#endif  // BARNABAS_CONTROLLER_QUORUM_ENTRY_CODEC_H_
