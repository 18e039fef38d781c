#include "storage/env/net/socket_address.h"

#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "absl/strings/str_cat.h"
#include "proto/types/error.h"
#include "proto/types/status_macros.h"
#include "storage/env/net/port_holder.h"

namespace barnabas::env {
namespace {

// How many callers the kernel lets queue while the acceptor is busy.
constexpr int kBacklog = 1024;

std::string WithoutBrackets(const std::string& host) {
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    return host.substr(1, host.size() - 2);
  }
  return host;
}

std::string Spoken(const std::string& host, int32_t port) {
  return absl::StrCat(host.empty() ? "*" : host, ":", port);
}

absl::Status BindFault(const std::string& host, int32_t port, int fault) {
  const std::string address = Spoken(host, port);
  if (fault == EADDRINUSE) {
    const std::string holder = PortHolder(port);
    return MakeError(
        ErrorCode::kAddressInUse,
        absl::StrCat("cannot listen on ", address, ": port ", port, " is taken",
                     holder.empty() ? "" : absl::StrCat(" by ", holder)),
        "stop the other process or choose another port (listeners.*.bind in "
        "the node file)");
  }
  if (fault == EACCES || fault == EPERM) {
    return MakeError(ErrorCode::kPermissionDenied,
                     absl::StrCat("cannot listen on ", address,
                                  ": this user may not use the port"),
                     "choose a port of 1024 or above");
  }
  return MakeError(
      ErrorCode::kInvalidNodeFile,
      absl::StrCat("cannot listen on ", address, ": ", std::strerror(fault)),
      "bind to an address of this machine (listeners.*.bind in "
      "the node file)");
}

}  // namespace

std::string SocketAddress::ToString() const {
  char text[INET6_ADDRSTRLEN] = {};
  if (storage.ss_family == AF_INET) {
    const auto* v4 = reinterpret_cast<const sockaddr_in*>(&storage);
    inet_ntop(AF_INET, &v4->sin_addr, text, sizeof(text));
    return absl::StrCat(text, ":", port());
  }
  if (storage.ss_family == AF_INET6) {
    const auto* v6 = reinterpret_cast<const sockaddr_in6*>(&storage);
    if (IN6_IS_ADDR_V4MAPPED(&v6->sin6_addr)) {
      // An IPv4 peer of a socket for both.
      inet_ntop(AF_INET, &v6->sin6_addr.s6_addr[12], text, sizeof(text));
      return absl::StrCat(text, ":", port());
    }
    inet_ntop(AF_INET6, &v6->sin6_addr, text, sizeof(text));
    return absl::StrCat("[", text, "]:", port());
  }
  return "unknown";
}

int32_t SocketAddress::port() const {
  if (storage.ss_family == AF_INET) {
    return ntohs(reinterpret_cast<const sockaddr_in*>(&storage)->sin_port);
  }
  if (storage.ss_family == AF_INET6) {
    return ntohs(reinterpret_cast<const sockaddr_in6*>(&storage)->sin6_port);
  }
  return 0;
}

absl::StatusOr<SocketAddress> Resolve(const std::string& host, int32_t port,
                                      bool to_listen) {
  const std::string bare = WithoutBrackets(host);
  addrinfo hints{};
  hints.ai_family = AF_UNSPEC;
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV | (to_listen ? AI_PASSIVE : 0);
  addrinfo* found = nullptr;
  const int fault = getaddrinfo(bare.empty() ? nullptr : bare.c_str(),
                                std::to_string(port).c_str(), &hints, &found);
  if (fault != 0 || found == nullptr) {
    return MakeError(ErrorCode::kInvalidNodeFile,
                     absl::StrCat("the host of ", Spoken(host, port),
                                  " is not known: ", gai_strerror(fault)),
                     "check the name or give an IP address");
  }
  const addrinfo* chosen = found;
  for (const addrinfo* each = found; each != nullptr; each = each->ai_next) {
    if (each->ai_family == AF_INET) {
      chosen = each;
      break;
    }
  }
  SocketAddress address;
  std::memcpy(&address.storage, chosen->ai_addr, chosen->ai_addrlen);
  address.size = chosen->ai_addrlen;
  freeaddrinfo(found);
  return address;
}

absl::StatusOr<int> OpenListeningSocket(const std::string& host, int32_t port) {
  ASSIGN_OR_RETURN(SocketAddress address, Resolve(host, port, true));
  const int descriptor = socket(address.storage.ss_family,
                                SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return BindFault(host, port, errno);
  // Lets a restarted node have its port back at once. Not SO_REUSEPORT, with
  // which two nodes would share a port without a word.
  const int on = 1;
  setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
  if (bind(descriptor, address.get(), address.size) != 0 ||
      listen(descriptor, kBacklog) != 0) {
    const int fault = errno;
    close(descriptor);
    return BindFault(host, port, fault);
  }
  return descriptor;
}

SocketAddress LocalAddress(int descriptor) {
  SocketAddress address;
  address.size = sizeof(address.storage);
  if (getsockname(descriptor, reinterpret_cast<sockaddr*>(&address.storage),
                  &address.size) != 0) {
    return SocketAddress{};
  }
  return address;
}

SocketAddress PeerAddress(int descriptor) {
  SocketAddress address;
  address.size = sizeof(address.storage);
  if (getpeername(descriptor, reinterpret_cast<sockaddr*>(&address.storage),
                  &address.size) != 0) {
    return SocketAddress{};
  }
  return address;
}

}  // namespace barnabas::env
