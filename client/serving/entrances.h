// Entrances: brings connections to gRPC, on threads that it may keep.
//
// What: gRPC 1.51 begins to read a connection on the thread that brings it,
//   holds a lock of its acceptor meanwhile, and reads on as long as something
//   comes: a flood keeps both. So callers are brought on a few threads, each
//   with an acceptor of its own, where the fewest are waited for; the accept
//   loop stays free to take others, to watch the flood and to shut it.
// Place: between a listener's env::TcpAcceptor and its server.
// Units: none. Empty case: threads that sleep.
// Thread: Bring on one; the rest by the owner.
// Errors: a caller who cannot be brought is shut. Bounds: kWaitingMax callers
//   wait for one thread.
// Always true: destroyed before the server, and after it was shut down.
#ifndef BARNABAS_CLIENT_SERVING_ENTRANCES_H_
#define BARNABAS_CLIENT_SERVING_ENTRANCES_H_

#include <grpcpp/server_builder.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "proto/types/limits.h"
#include "storage/env/system_clock.h"
#include "storage/env/thread_event_loop.h"

namespace barnabas::rpc {

class Entrances {
 public:
  static constexpr size_t kThreads = 4;
  static constexpr int32_t kWaitingMax = kConnectionsMax;

  // Adds the acceptors to a server that is being built; `name` is shown by ps.
  Entrances(const std::string& name, grpc::ServerBuilder* builder);

  // Takes a connected descriptor.
  void Bring(int descriptor);

 private:
  using Acceptor = grpc::experimental::ExternalConnectionAcceptor;

  struct Entrance {
    std::unique_ptr<Acceptor> acceptor;
    // Those that are not with gRPC yet.
    std::atomic<int32_t> callers = 0;
    std::unique_ptr<env::ThreadEventLoop> loop;
  };

  env::SystemClock clock_;
  std::array<Entrance, kThreads> entrances_;
};

}  // namespace barnabas::rpc

#endif  // BARNABAS_CLIENT_SERVING_ENTRANCES_H_
