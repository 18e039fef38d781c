// Message codec: Raft's messages to and from the wire (raft.proto).
//
// What: sender and receiver are not on the wire: they are those of the stream,
//   as its hello proved them, so nobody can speak in another's name (R15).
// Units: indexes, bytes. Empty case: a message without body is refused.
// Thread: pure functions.
// Errors: PROTOCOL_ERROR for a message that this version does not know.
#ifndef BARNABAS_CONTROLLER_QUORUM_MESSAGE_CODEC_H_
#define BARNABAS_CONTROLLER_QUORUM_MESSAGE_CODEC_H_

#include <optional>

#include "absl/status/statusor.h"
#include "barnabas/internal/v1/raft.pb.h"
#include "metadata/raft/messages.h"

namespace barnabas::quorum {

internal::v1::RaftMessage ToProto(const raft::Message& message);

absl::StatusOr<raft::Message> FromProto(const internal::v1::RaftMessage& proto,
                                        const raft::ReplicaKey& from,
                                        const raft::ReplicaKey& to);

internal::v1::ReplicaKey ToProto(const raft::ReplicaKey& key);
// nullopt if the directory id is none.
std::optional<raft::ReplicaKey> FromProto(const internal::v1::ReplicaKey& key);

}  // namespace barnabas::quorum

#endif  // BARNABAS_CONTROLLER_QUORUM_MESSAGE_CODEC_H_
