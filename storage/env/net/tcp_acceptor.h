// TcpAcceptor: a listening socket that survives what strangers do to it.
//
// What: binds, accepts on its own thread, waits until a connection has sent
//   the opening bytes of its protocol, and hands the descriptor to its owner.
//   A duplicate of each descriptor handed over is kept, so that an offender
//   can be shut and so that ends of connections are seen (README 37). A watch
//   is told of each connection once, and then, at most once a period, which
//   ones received something; of a silent one, what the owner reads faster than
//   this thread looks is told with what comes next. A connection costs nothing
//   while it is silent, and two system calls a period while it is not.
// Place: below client/serving/listener; knows no gRPC.
// Units: absl::Duration; bytes; ports 0..65535, where 0 lets the kernel
//   choose.
// Empty case: an empty `preface` hands every connection over at once.
// Thread: Start and Stop by the owner; all else from any thread. `take` and
//   `watch` are called on the acceptor's thread and must not block.
// Errors: ADDRESS_IN_USE (names the port and, if it can be told, the holder),
//   PERMISSION_DENIED (low ports), INVALID_NODE_FILE (a host that is not
//   here). Once started it never fails: out of descriptors it gives up a
//   spare one to turn callers away, and accepts again when some are free.
// Always true: at most `connections_max` are open; none waits longer than
//   `preface_timeout` for its opening bytes.
#ifndef BARNABAS_STORAGE_ENV_NET_TCP_ACCEPTOR_H_
#define BARNABAS_STORAGE_ENV_NET_TCP_ACCEPTOR_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "proto/types/limits.h"

namespace barnabas::env {

// What happened to callers so far.
struct AcceptorFacts {
  int32_t open = 0;
  // Of them, still to send their opening bytes.
  int32_t waiting = 0;
  int64_t accepted = 0;
  // Turned away because connections_max were open.
  int64_t over_limit = 0;
  // Turned away because no descriptor was free.
  int64_t out_of_descriptors = 0;
  // Spoke another protocol, or nothing in time.
  int64_t wrong_preface = 0;
  int64_t preface_timeouts = 0;
};

// One connection that was handed over and still lives.
struct OpenConnection {
  uint64_t id = 0;
  // "127.0.0.1:54321".
  std::string peer;
  absl::Duration age;
};

// What one connection received from its peer since it was opened, read or not.
struct ConnectionTraffic {
  uint64_t id = 0;
  std::string peer;
  int64_t received_bytes = 0;
  // Of them, not read yet.
  int64_t unread_bytes = 0;
  // And sent to it, repeats included.
  int64_t sent_bytes = 0;
};

// What happened to connections since the last round.
struct TrafficRound {
  absl::Duration now;
  // Those that received something.
  std::vector<ConnectionTraffic> active;
  // Those that are gone.
  std::vector<uint64_t> ended;
};

class TcpAcceptor {
 public:
  // Looks at a round; true asks for the next one even if nothing happens.
  using Watch = absl::AnyInvocable<bool(const TrafficRound& round)>;

  struct Options {
    // Shown in logs and by ps: "client", "peer".
    std::string name;
    std::string host;
    int32_t port = 0;
    int32_t connections_max = kConnectionsMax;
    // The bytes that a caller of the right protocol begins with.
    std::string preface;
    absl::Duration preface_timeout = absl::Seconds(5);
    // Sent to a caller that speaks HTTP/1, before it is shut. May be empty.
    std::string http1_answer;
    absl::Duration watch_period = absl::Milliseconds(50);
  };
  // Takes a connected, non-blocking descriptor and owns it from then on.
  using Take = absl::AnyInvocable<void(int descriptor)>;

  // Binds and listens; callers queue in the kernel until Start.
  static absl::StatusOr<std::unique_ptr<TcpAcceptor>> Bind(
      const Options& options);

  virtual ~TcpAcceptor() = default;

  virtual void Start(Take take, Watch watch) = 0;
  // Closes the listening socket and all that still wait; connections that
  // were handed over go on and are still watched.
  virtual void StopAccepting() = 0;

  virtual int32_t port() const = 0;
  virtual AcceptorFacts facts() const = 0;
  virtual std::vector<OpenConnection> Connections() const = 0;
  // Shuts one connection from below; false if it is gone.
  virtual bool Shut(uint64_t connection) = 0;
};

// Raises RLIMIT_NOFILE to the hard limit; the limit then in force.
int64_t RaiseDescriptorLimit();

}  // namespace barnabas::env

#endif  // BARNABAS_STORAGE_ENV_NET_TCP_ACCEPTOR_H_
