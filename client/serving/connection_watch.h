// ConnectionWatch: looks after a listener's connections while it serves.
//
// What: feeds the guard with each round of traffic, has offenders shut, sheds
//   the heaviest connection while the process holds more memory than it may,
//   and has the allocator give back what connections held that are gone.
//   (README 37)
// Place: between env::TcpAcceptor's rounds and ConnectionGuard; everything it
//   asks or does is handed in.
// Units: bytes, absl::Duration. Ranges: kLooksPerRound looks a round, where
//   the most came first; while memory is short as many again, at those that
//   were not looked at for longest: gRPC counts a stream only when it reads
//   it, and streams in a few bytes weigh as much as others. None is shut
//   without a fresh look.
// Empty case: without traffic nothing is done, unless memory is short.
// Thread: OnRound one at a time; offenders() any.
// Errors: none; each connection that is shut is logged once, with its reason.
#ifndef BARNABAS_CLIENT_SERVING_CONNECTION_WATCH_H_
#define BARNABAS_CLIENT_SERVING_CONNECTION_WATCH_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/time/time.h"
#include "client/serving/connection_guard.h"
#include "storage/env/net/tcp_acceptor.h"

namespace barnabas::rpc {

class ConnectionWatch {
 public:
  static constexpr size_t kLooksPerRound = 64;
  // Less that came since the last look is not worth one.
  static constexpr int64_t kLookBytes = 64 * kKiB;

  struct Deps {
    // Of the listener, for logs.
    std::string name;
    ConnectionGuard::Options guard;
    // More than this, and connections are shed.
    int64_t memory_bytes_max = 0;
    // None if gRPC does not know the peer.
    std::function<std::optional<StreamCounts>(const std::string& peer)> counts;
    std::function<void(const std::string& peer)> forget;
    std::function<void(uint64_t id)> shut;
    // Resident bytes of the process.
    std::function<int64_t()> memory;
    std::function<void()> trim;
  };

  explicit ConnectionWatch(Deps deps);

  // True while it wants to be called again even without traffic.
  bool OnRound(const env::TrafficRound& round);

  // Connections that were shut so far.
  int64_t offenders() const { return offenders_; }

 private:
  void Note(const env::TrafficRound& round);
  // Asks what came of a connection's bytes; true if it was shut for it.
  bool Look(uint64_t id, absl::Duration now);
  // Shut the heaviest while all of them together hold too much.
  void ShedFruitless(absl::Duration now);
  // Shed the heaviest while the process holds too much; true while it does.
  bool ShedMemory(absl::Duration now);
  // Looks at those that were not looked at for a while; true if one was shut.
  bool LookAgain(absl::Duration now);
  void Shut(uint64_t id, absl::Duration now, const std::string& why);
  void Forget(uint64_t id);
  void TrimLater(absl::Duration at);

  struct Known {
    std::string peer;
    absl::Duration looked = -absl::InfiniteDuration();
    // Not gone yet all the same.
    bool shut = false;
  };

  const Deps deps_;
  ConnectionGuard guard_;
  // Of connections that ever had traffic and are not gone.
  absl::flat_hash_map<uint64_t, Known> known_;
  absl::Duration next_shed_ = -absl::InfiniteDuration();
  // When the allocator is asked to give back; never is infinite.
  absl::Duration trim_at_ = absl::InfiniteDuration();
  absl::Duration trimmed_ = -absl::InfiniteDuration();
  std::atomic<int64_t> offenders_ = 0;
};

}  // namespace barnabas::rpc

#endif  // BARNABAS_CLIENT_SERVING_CONNECTION_WATCH_H_
