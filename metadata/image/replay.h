// Replay: what each kind of record of the metadata log does.
//
// What: the one switch over record kinds, run by controllers and brokers
//   alike. A record is checked whole before anything of it is written.
// Units: `offset` is the offset of the record's entry.
// Empty case: a record without a kind is an error, never skipped: an older
//   version must stop rather than go on with half the truth.
// Thread: pure function. Errors: CORRUPT_LOG for a record that contradicts
//   the state, UNSUPPORTED_FORMAT for a kind that this version does not know.
#ifndef BARNABAS_METADATA_IMAGE_REPLAY_H_
#define BARNABAS_METADATA_IMAGE_REPLAY_H_

#include "absl/status/status.h"
#include "barnabas/internal/v1/cluster_record.pb.h"
#include "metadata/image/delta_state.h"
#include "proto/types/offsets.h"

namespace barnabas::image {

absl::Status ReplayRecord(const internal::v1::ClusterRecord& record,
                          LogIndex offset, DeltaState& state);

}  // namespace barnabas::image

#endif  // BARNABAS_METADATA_IMAGE_REPLAY_H_
