// PeerHello: how two controllers make sure of each other.
//
// What: makes the hello that each side of a peer stream begins with, and checks
//   the other's: same protocol, same cluster, and each is who the other thinks
//   it is: node and directory (R15, R21).
// Units: none. Empty case: none. Thread: pure functions.
// Errors: UNSUPPORTED_FEATURE (another protocol version),
//   INCONSISTENT_CLUSTER_ID, WRONG_IDENTITY, PROTOCOL_ERROR (no keys).
#ifndef BARNABAS_CONTROLLER_SERVICE_PEER_HELLO_H_
#define BARNABAS_CONTROLLER_SERVICE_PEER_HELLO_H_

#include "absl/status/statusor.h"
#include "barnabas/internal/v1/raft.pb.h"
#include "metadata/raft/voter_set.h"
#include "proto/types/uuid.h"

namespace barnabas::controller {

// This node, as peers are told of it.
struct PeerIdentity {
  Uuid cluster_id;
  raft::ReplicaKey key;
};

internal::v1::PeerFrame HelloTo(const PeerIdentity& self,
                                const raft::ReplicaKey& peer);

// Who it is from, if it is a valid hello to this node.
absl::StatusOr<raft::ReplicaKey> CheckHello(
    const PeerIdentity& self, const internal::v1::PeerHello& hello);

}  // namespace barnabas::controller

#endif  // BARNABAS_CONTROLLER_SERVICE_PEER_HELLO_H_
