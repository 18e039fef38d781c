#include "tests/sim/sim_network.h"

#include <algorithm>
#include <utility>

#include "controller/quorum/message_codec.h"

namespace barnabas::sim {

class SimNetwork::Port final : public quorum::PeerNetwork {
 public:
  Port(SimNetwork* network, const Key& key, env::EventLoop* loop)
      : network_(network), key_(key), loop_(loop) {}
  ~Port() override { network_->Detach(key_); }

  void Start(quorum::PeerEvents* events) override { events_ = events; }
  void SetPeers(const std::vector<raft::Voter>&) override {}
  void Send(raft::Message message) override {
    network_->Send(std::move(message));
  }

  quorum::PeerEvents* events() const { return events_; }
  env::EventLoop* loop() const { return loop_; }

 private:
  SimNetwork* const network_;
  const Key key_;
  env::EventLoop* const loop_;
  quorum::PeerEvents* events_ = nullptr;
};

std::unique_ptr<quorum::PeerNetwork> SimNetwork::Attach(const Key& key,
                                                        env::EventLoop* loop) {
  auto port = std::make_unique<Port>(this, key, loop);
  ports_[key] = port.get();
  return port;
}

void SimNetwork::Detach(const Key& key) {
  ports_.erase(key);
  std::vector<Key> others;
  for (const auto& [other, port] : ports_) others.push_back(other);
  for (const Key& other : others) Break(key, other);
}

void SimNetwork::Send(raft::Message message) {
  if (on_send_) on_send_(message);
  const Link link(message.from, message.to);
  const auto port = ports_.find(message.to);
  if (port == ports_.end() || cuts_.contains(link)) return;
  const std::string bytes = quorum::ToProto(message).SerializeAsString();
  Stream& stream = streams_[link];
  const absl::Duration now = scheduler_->clock()->Monotonic();
  const int64_t delay_us = static_cast<int64_t>(
      scheduler_->Draw() %
      static_cast<uint64_t>(absl::ToInt64Microseconds(delay_max_) + 1));
  stream.last = std::max(stream.last, now + absl::Microseconds(delay_us));
  port->second->loop()->After(
      stream.last - now, [this, link, generation = stream.generation, bytes] {
        Deliver(link, generation, bytes);
      });
}

void SimNetwork::Deliver(const Link& link, uint64_t generation,
                         const std::string& bytes) {
  const auto port = ports_.find(link.second);
  if (port == ports_.end() || port->second->events() == nullptr) return;
  if (streams_[link].generation != generation || cuts_.contains(link)) return;
  internal::v1::RaftMessage proto;
  if (!proto.ParseFromString(bytes)) return;
  const absl::StatusOr<raft::Message> message =
      quorum::FromProto(proto, link.first, link.second);
  if (!message.ok()) return;
  ++delivered_;
  port->second->events()->OnPeerMessage(*message);
}

void SimNetwork::Break(const Key& a, const Key& b) {
  ++streams_[Link(a, b)].generation;
  ++streams_[Link(b, a)].generation;
  Tell(a, b);
  Tell(b, a);
}

void SimNetwork::Tell(const Key& to, const Key& lost) {
  const auto port = ports_.find(to);
  if (port == ports_.end()) return;
  const bool gone = !ports_.contains(lost) && !cuts_.contains(Link(to, lost));
  quorum::PeerEvents* const events = port->second->events();
  if (events == nullptr) return;
  port->second->loop()->After(absl::Milliseconds(1), [events, lost, gone] {
    events->OnPeerLost(lost, /*gone=*/false);
    if (gone) events->OnPeerLost(lost, /*gone=*/true);
  });
}

}  // namespace barnabas::sim
