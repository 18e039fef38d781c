// QuorumPeers: the PeerNetwork of real controllers: gRPC streams both ways.
//
// What: dials every peer (PeerLink) and takes the streams that peers dial. What
//   is for a peer goes out on the own link, or, where there is none (a joiner
//   that no leader has named yet, a link that broke), on the stream that it
//   dialled. A peer whose link broke is looked for (GoneProbe), so that a dead
//   leader is replaced at once.
// Place: made by the process, between the quorum and the listener.
// Units: frames. Empty case: no peers, no streams.
// Thread: Open on gRPC's threads; the rest on the loop.
// Errors: a stream whose hello does not fit ends with CheckHello's error;
//   OVERLOADED beyond kSessionsMax. What cannot be sent is dropped.
// Always true: of one peer one dialled stream counts, the newest; its next
//   frame is read when the last one was dealt with.
#ifndef BARNABAS_CONTROLLER_SERVICE_QUORUM_PEERS_H_
#define BARNABAS_CONTROLLER_SERVICE_QUORUM_PEERS_H_

#include <grpcpp/support/server_callback.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "barnabas/internal/v1/raft.grpc.pb.h"
#include "client/rpc/channel_pool.h"
#include "controller/quorum/peer_network.h"
#include "controller/service/gone_probe.h"
#include "controller/service/peer_hello.h"
#include "metadata/image/features.h"
#include "storage/env/event_loop.h"

namespace barnabas::controller {

class QuorumPeers : public quorum::PeerNetwork,
                    public internal::v1::Quorum::CallbackService {
 public:
  static constexpr int32_t kSessionsMax = 64;

  // All outlive the peers, which end with the listener.
  struct Deps {
    std::shared_ptr<env::EventLoop> loop;
    env::WorkerPool* workers = nullptr;
    rpc::ChannelPool* channels = nullptr;
    GoneProbe::Connect connect;
    PeerIdentity self;
    uint64_t seed = 0;
  };

  static std::unique_ptr<QuorumPeers> Make(const Deps& deps);

  // What a peer understands; nullopt while it is not reached.
  virtual std::optional<image::FeatureRanges> FeaturesOf(
      const raft::ReplicaKey& peer) const = 0;

  // Hangs up on everybody; nothing is sent or told any more.
  virtual void Stop() = 0;
};

}  // namespace barnabas::controller

#endif  // BARNABAS_CONTROLLER_SERVICE_QUORUM_PEERS_H_
