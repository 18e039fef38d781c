// SimNetwork: connections between simulated controllers.
//
// What: carries Raft's messages, as bytes of the wire, with delays that keep
//   order; cuts links one way or both, breaks connections, and tells the ends
//   of a broken one, with the evidence that nobody listens if the peer is down.
// Units: virtual time. Empty case: nobody is attached.
// Thread: the scheduler's. Errors: a message that cannot arrive is lost.
// Always true: messages of one link arrive in order or not at all; nothing
//   that was sent before a break arrives after it.
#ifndef BARNABAS_TESTS_SIM_SIM_NETWORK_H_
#define BARNABAS_TESTS_SIM_SIM_NETWORK_H_

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/time/time.h"
#include "controller/quorum/peer_network.h"
#include "storage/env/event_loop.h"
#include "tests/support/sim_scheduler.h"

namespace barnabas::sim {

class SimNetwork {
 public:
  using Key = raft::ReplicaKey;

  explicit SimNetwork(support::SimScheduler* scheduler)
      : scheduler_(scheduler) {}

  // The network as the node `key` sees it; destroyed with its life, which
  // breaks its connections.
  std::unique_ptr<quorum::PeerNetwork> Attach(const Key& key,
                                              env::EventLoop* loop);

  // Sees every message when it is sent, also one that will be lost.
  void Watch(std::function<void(const raft::Message&)> on_send) {
    on_send_ = std::move(on_send);
  }
  void SetDelayMax(absl::Duration delay) { delay_max_ = delay; }
  // Nothing goes from one to the other any more; connections stand.
  void Cut(const Key& from, const Key& to) { cuts_.insert({from, to}); }
  void Heal() { cuts_.clear(); }
  // Both ends are told.
  void Break(const Key& a, const Key& b);

  int64_t delivered() const { return delivered_; }

 private:
  class Port;
  using Link = std::pair<Key, Key>;
  // A break makes everything older than it vanish.
  struct Stream {
    uint64_t generation = 0;
    absl::Duration last;
  };

  void Send(raft::Message message);
  void Deliver(const Link& link, uint64_t generation, const std::string& bytes);
  void Tell(const Key& to, const Key& lost);
  void Detach(const Key& key);

  support::SimScheduler* const scheduler_;
  std::function<void(const raft::Message&)> on_send_;
  absl::Duration delay_max_ = absl::Milliseconds(10);
  std::map<Key, Port*> ports_;
  std::map<Link, Stream> streams_;
  std::set<Link> cuts_;
  int64_t delivered_ = 0;
};

}  // namespace barnabas::sim

#endif  // BARNABAS_TESTS_SIM_SIM_NETWORK_H_
