// PeerNetwork: the other controllers, as the quorum speaks to them.
//
// What: carries Raft's messages and tells when a peer was lost. gRPC streams in
//   the product, virtual ones in simulation.
// Units: none. Empty case: without peers nothing is sent.
// Thread: all on the quorum's loop, events too.
// Errors: a message that cannot be sent now is dropped: Raft says everything
//   again that matters.
// Always true: messages of one connection arrive in order; `from` of a message
//   is who the connection's hello proved it to be (R15), of the same cluster
//   (R21).
#ifndef BARNABAS_CONTROLLER_QUORUM_PEER_NETWORK_H_
#define BARNABAS_CONTROLLER_QUORUM_PEER_NETWORK_H_

#include <vector>

#include "metadata/raft/messages.h"

namespace barnabas::quorum {

class PeerEvents {
 public:
  virtual ~PeerEvents() = default;

  virtual void OnPeerMessage(const raft::Message& message) = 0;
  // The connection to it broke; `gone`: and nobody listens there any more.
  // May come twice for one break, first without, then with that evidence.
  virtual void OnPeerLost(const raft::ReplicaKey& peer, bool gone) = 0;
};

class PeerNetwork {
 public:
  virtual ~PeerNetwork() = default;

  virtual void Start(PeerEvents* events) = 0;
  // Whom to stay connected with, this node not among them; others are hung up
  // on.
  virtual void SetPeers(const std::vector<raft::Voter>& peers) = 0;
  virtual void Send(raft::Message message) = 0;
};

}  // namespace barnabas::quorum

#endif  // BARNABAS_CONTROLLER_QUORUM_PEER_NETWORK_H_
