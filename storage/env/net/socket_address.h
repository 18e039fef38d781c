// Socket addresses: from "host" and port to the kernel's form, and to text.
//
// What: resolves a host (name, IPv4, IPv6 with or without brackets) with IPv4
//   first, opens listening sockets, prints peers.
// Units: ports 0..65535. Empty case: an empty host is every interface.
// Thread: any; names may take a resolver's time.
// Errors: INVALID_NODE_FILE (unknown host, address not of this machine),
//   ADDRESS_IN_USE (names the holder if it can be told), PERMISSION_DENIED.
#ifndef BARNABAS_STORAGE_ENV_NET_SOCKET_ADDRESS_H_
#define BARNABAS_STORAGE_ENV_NET_SOCKET_ADDRESS_H_

#include <sys/socket.h>

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"

namespace barnabas::env {

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;

  const sockaddr* get() const {
    return reinterpret_cast<const sockaddr*>(&storage);
  }
  // "127.0.0.1:9292", "[::1]:9292".
  std::string ToString() const;
  int32_t port() const;
};

// The first address of `host`.
absl::StatusOr<SocketAddress> Resolve(const std::string& host, int32_t port,
                                      bool to_listen);

// A listening, non-blocking socket; the caller closes it.
absl::StatusOr<int> OpenListeningSocket(const std::string& host, int32_t port);

// The address a socket is bound to; of its other end. Empty if it has none.
SocketAddress LocalAddress(int descriptor);
SocketAddress PeerAddress(int descriptor);

}  // namespace barnabas::env

#endif  // BARNABAS_STORAGE_ENV_NET_SOCKET_ADDRESS_H_
