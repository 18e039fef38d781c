#include "controller/service/quorum_peers.h"

#include <algorithm>
#include <atomic>
#include <map>
#include <utility>

#include "client/rpc/status_bridge.h"
#include "controller/quorum/message_codec.h"
#include "controller/service/peer_link.h"
#include "controller/service/peer_session.h"
#include "proto/types/error.h"

namespace barnabas::controller {
namespace {

absl::Status Stopping() {
  return MakeError(ErrorCode::kShuttingDown, "this controller is stopping",
                   "dial again when it runs");
}

// Refuses a stream on gRPC's own thread.
class RefusedPeer final : public PeerReactor {
 public:
  explicit RefusedPeer(const absl::Status& status) {
    Finish(rpc::ToGrpc(status));
  }
  void OnDone() override { delete this; }
};

class StreamPeers final : public QuorumPeers,
                          public PeerLinkEvents,
                          public PeerSessionEvents {
 public:
  explicit StreamPeers(const Deps& deps)
      : deps_(deps), probe_(deps.loop.get(), deps.workers, deps.connect) {}

  void Start(quorum::PeerEvents* events) override { events_ = events; }
  void SetPeers(const std::vector<raft::Voter>& peers) override;
  void Send(raft::Message message) override;
  std::optional<image::FeatureRanges> FeaturesOf(
      const raft::ReplicaKey& peer) const override {
    const auto link = links_.find(peer);
    if (link == links_.end()) return std::nullopt;
    return link->second->features();
  }
  void Stop() override;

  PeerReactor* Peer(grpc::CallbackServerContext*) override;

  void OnLinkMessage(const raft::ReplicaKey& peer,
                     const internal::v1::RaftMessage& message) override {
    Receive(peer, message);
  }
  void OnLinkBroken(const raft::Voter& peer) override;

  absl::Status OnSessionOpened(
      const std::shared_ptr<PeerSession>& session) override;
  void OnSessionMessage(const raft::ReplicaKey& peer,
                        const internal::v1::RaftMessage& message) override {
    Receive(peer, message);
  }
  void OnSessionClosed(const std::shared_ptr<PeerSession>& session) override;

 private:
  void Receive(const raft::ReplicaKey& peer,
               const internal::v1::RaftMessage& message);
  // Whether its process is gone.
  void Look(const raft::Voter& peer);

  const Deps deps_;
  GoneProbe probe_;
  // Streams that were taken and are not closed.
  std::atomic<int32_t> open_ = 0;

  // Of the loop.
  quorum::PeerEvents* events_ = nullptr;
  std::map<raft::ReplicaKey, std::unique_ptr<PeerLink>> links_;
  std::map<raft::ReplicaKey, std::shared_ptr<PeerSession>> sessions_;
  bool stopped_ = false;
};

void StreamPeers::SetPeers(const std::vector<raft::Voter>& peers) {
  if (stopped_) return;
  std::map<raft::ReplicaKey, std::unique_ptr<PeerLink>> links;
  for (const raft::Voter& peer : peers) {
    std::unique_ptr<PeerLink>& link = links[peer.key];
    const auto found = links_.find(peer.key);
    if (found != links_.end() && found->second->peer() == peer) {
      link = std::move(found->second);
      continue;
    }
    PeerLink::Deps deps;
    deps.loop = deps_.loop;
    deps.channels = deps_.channels;
    deps.self = deps_.self;
    deps.events = this;
    deps.seed = deps_.seed + static_cast<uint64_t>(peer.key.id.value());
    link = std::make_unique<PeerLink>(deps, peer);
  }
  // This may be called from inside one that is hung up on.
  auto retired = std::make_shared<decltype(links_)>(std::move(links_));
  deps_.loop->PostAlways([retired] { retired->clear(); });
  links_ = std::move(links);
}

void StreamPeers::Send(raft::Message message) {
  if (stopped_) return;
  internal::v1::PeerFrame frame;
  *frame.mutable_message() = quorum::ToProto(message);
  const auto link = links_.find(message.to);
  if (link != links_.end() && link->second->Send(frame)) return;
  const auto session = sessions_.find(message.to);
  // Dropped where there is no way: Raft says it again.
  if (session != sessions_.end()) session->second->Send(std::move(frame));
}

void StreamPeers::Receive(const raft::ReplicaKey& peer,
                          const internal::v1::RaftMessage& message) {
  if (stopped_ || events_ == nullptr) return;
  const absl::StatusOr<raft::Message> read =
      quorum::FromProto(message, peer, deps_.self.key);
  if (read.ok()) events_->OnPeerMessage(*read);
}

void StreamPeers::OnLinkBroken(const raft::Voter& peer) {
  if (stopped_ || events_ == nullptr) return;
  const raft::ReplicaKey key = peer.key;
  // Told in a task of its own: the peers may change by it.
  deps_.loop->PostAlways([this, key] {
    if (!stopped_) events_->OnPeerLost(key, /*gone=*/false);
  });
  Look(peer);
}

void StreamPeers::Look(const raft::Voter& peer) {
  probe_.Look(peer.host, peer.port, [this, key = peer.key] {
    if (!stopped_) events_->OnPeerLost(key, /*gone=*/true);
  });
}

PeerReactor* StreamPeers::Peer(grpc::CallbackServerContext*) {
  if (open_.fetch_add(1) >= kSessionsMax) {
    --open_;
    return new RefusedPeer(MakeError(ErrorCode::kOverloaded,
                                     "too many controllers dial this one",
                                     "barnabas quorum describe"));
  }
  auto session = std::make_shared<PeerSession>(
      PeerSession::Deps{deps_.loop, deps_.self, this});
  session->Begin();
  return session.get();
}

absl::Status StreamPeers::OnSessionOpened(
    const std::shared_ptr<PeerSession>& session) {
  if (stopped_) return Stopping();
  std::shared_ptr<PeerSession>& newest = sessions_[*session->peer()];
  if (newest != nullptr) {
    newest->End(MakeError(ErrorCode::kSessionExpired,
                          "the controller dialled another stream",
                          "use the newer one"));
  }
  newest = session;
  // Who dials is up: the way back need not wait.
  const auto link = links_.find(*session->peer());
  if (link != links_.end()) {
    deps_.loop->PostAlways([this, key = link->first] {
      const auto found = links_.find(key);
      if (!stopped_ && found != links_.end()) found->second->DialNow();
    });
  }
  return absl::OkStatus();
}

void StreamPeers::OnSessionClosed(const std::shared_ptr<PeerSession>& session) {
  --open_;
  if (!session->peer().has_value()) return;
  const auto found = sessions_.find(*session->peer());
  if (found == sessions_.end() || found->second != session) return;
  sessions_.erase(found);
  // The own link may have been down, so this may be the only sign.
  const auto link = links_.find(*session->peer());
  if (!stopped_ && events_ != nullptr && link != links_.end()) {
    Look(link->second->peer());
  }
}

void StreamPeers::Stop() {
  stopped_ = true;
  probe_.Stop();
  links_.clear();
  for (auto& [key, session] : sessions_) session->End(Stopping());
  sessions_.clear();
}

}  // namespace

std::unique_ptr<QuorumPeers> QuorumPeers::Make(const Deps& deps) {
  return std::make_unique<StreamPeers>(deps);
}

}  // namespace barnabas::controller
