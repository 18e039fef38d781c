// PeerLink: the connection that this controller dials to one other.
//
// What: dials, exchanges hellos, carries frames either way, and dials again
//   when it breaks, with backoff, for as long as it lives. Both sides ping when
//   they have nothing to say; silence ends a connection.
// Place: QuorumPeers has one for each peer.
// Units: absl::Duration. Empty case: until the peer's hello came it is not
//   connected, and what is sent is dropped.
// Thread: all on the loop, events too.
// Errors: why it is not connected is logged when it changes; the owner hears
//   OnLinkBroken when a connection that stood broke.
// Always true: at most kPendingMax frames wait to be written; events never come
//   from inside a method; none after destruction.
#ifndef BARNABAS_CONTROLLER_SERVICE_PEER_LINK_H_
#define BARNABAS_CONTROLLER_SERVICE_PEER_LINK_H_

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "barnabas/internal/v1/raft.pb.h"
#include "client/rpc/byte_stream.h"
#include "client/rpc/channel_pool.h"
#include "controller/service/peer_hello.h"
#include "metadata/image/features.h"
#include "metadata/raft/voter_set.h"
#include "storage/env/event_loop.h"

namespace barnabas::controller {

class PeerLinkEvents {
 public:
  virtual ~PeerLinkEvents() = default;

  virtual void OnLinkMessage(const raft::ReplicaKey& peer,
                             const internal::v1::RaftMessage& message) = 0;
  virtual void OnLinkBroken(const raft::Voter& peer) = 0;
};

class PeerLink final : public rpc::ByteStreamEvents {
 public:
  static constexpr size_t kPendingMax = 1024;
  // How often the silent ping, and from when on silence is the end.
  static constexpr absl::Duration kPing = absl::Milliseconds(500);
  static constexpr absl::Duration kSilenceMax = absl::Seconds(3);

  // All outlive the link.
  struct Deps {
    std::shared_ptr<env::EventLoop> loop;
    rpc::ChannelPool* channels = nullptr;
    PeerIdentity self;
    PeerLinkEvents* events = nullptr;
    uint64_t seed = 0;
  };

  PeerLink(const Deps& deps, const raft::Voter& peer);
  ~PeerLink() override;

  const raft::Voter& peer() const { return peer_; }
  bool connected() const { return connected_; }
  // What the peer understands; nullopt while it is not connected.
  std::optional<image::FeatureRanges> features() const {
    if (!connected_) return std::nullopt;
    return features_;
  }
  // False if it was dropped.
  bool Send(const internal::v1::PeerFrame& frame);
  // The peer is known to be up: if the next try is waited for, dials now.
  void DialNow();

  void OnMessage(grpc::ByteBuffer message) override;
  void OnWritten() override {}
  void OnClosed(const absl::Status& status) override;

 private:
  void Dial();
  void Write(internal::v1::PeerFrame frame);
  void Beat();
  absl::Status Take(const internal::v1::PeerFrame& frame);
  absl::Status Greet(const internal::v1::PeerHello& hello);
  void Complain(const absl::Status& status);
  void CancelTimers();

  const Deps deps_;
  const raft::Voter peer_;
  const std::string endpoint_;

  std::unique_ptr<rpc::ByteStream> stream_;
  bool connected_ = false;
  image::FeatureRanges features_;
  // Failures since the last connection.
  int attempt_ = 0;
  // On the monotonic clock.
  absl::Duration heard_;
  absl::Duration spoke_;
  std::string complaint_;
  env::TimerId beat_timer_ = 0;
  env::TimerId retry_timer_ = 0;
};

}  // namespace barnabas::controller

#endif  // BARNABAS_CONTROLLER_SERVICE_PEER_LINK_H_
