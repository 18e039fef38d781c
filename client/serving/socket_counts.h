// SocketCounts: what gRPC counted of one connection's streams.
//
// What: asks channelz, which counts streams and messages of each socket
//   anyway, by the address of the peer. Sockets are listed once each; a look
//   at one of them costs some 20 µs.
// Units: counts. Empty case: of a peer that gRPC does not know (yet, or any
//   more) nothing is told: who cannot be seen must not be judged.
// Thread: one at a time. Errors: none.
// Bounds: one number per open connection; the owner says which are gone.
#ifndef BARNABAS_CLIENT_SERVING_SOCKET_COUNTS_H_
#define BARNABAS_CLIENT_SERVING_SOCKET_COUNTS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "client/serving/connection_guard.h"

namespace barnabas::rpc {

class SocketCounts {
 public:
  // `peer` as "127.0.0.1:54321" or "[::1]:54321".
  std::optional<StreamCounts> Of(const std::string& peer);
  void Forget(const std::string& peer) { sockets_.erase(peer); }

 private:
  // Learns the sockets that are new since the last time.
  void List();

  // Numbers of channelz, which rise.
  int64_t next_socket_ = 0;
  absl::flat_hash_map<std::string, int64_t> sockets_;
};

}  // namespace barnabas::rpc

#endif  // BARNABAS_CLIENT_SERVING_SOCKET_COUNTS_H_
