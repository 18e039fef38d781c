// Voter codec: sets of voters to and from the records that carry them.
//
// What: bootstrap and voters records, and headers of snapshots, say who votes
//   in one message; Raft thinks in VoterSets.
// Units: none. Empty case: no voters are an empty set.
// Thread: pure functions.
// Errors: CORRUPT_LOG for an id that is none, or for doubles.
#ifndef BARNABAS_CONTROLLER_QUORUM_VOTER_CODEC_H_
#define BARNABAS_CONTROLLER_QUORUM_VOTER_CODEC_H_

#include <google/protobuf/repeated_ptr_field.h>

#include "absl/status/statusor.h"
#include "barnabas/internal/v1/cluster_record.pb.h"
#include "metadata/raft/voter_set.h"

namespace barnabas::quorum {

using VoterList = google::protobuf::RepeatedPtrField<internal::v1::Voter>;

absl::StatusOr<raft::VoterSet> ReadVoters(const VoterList& list);

// Appends them, in order of node id.
void WriteVoters(const raft::VoterSet& voters, VoterList* list);

}  // namespace barnabas::quorum

#endif  // BARNABAS_CONTROLLER_QUORUM_VOTER_CODEC_H_
