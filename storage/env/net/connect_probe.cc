#include "storage/env/net/connect_probe.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>

#include "absl/status/statusor.h"
#include "storage/env/net/socket_address.h"

namespace barnabas::env {
namespace {

ProbeOutcome OutcomeOf(int fault) {
  if (fault == 0) return ProbeOutcome::kAccepted;
  if (fault == ECONNREFUSED) return ProbeOutcome::kRefused;
  return ProbeOutcome::kUnknown;
}

}  // namespace

ProbeOutcome ProbeConnect(const std::string& host, int32_t port,
                          absl::Duration timeout) {
  absl::StatusOr<SocketAddress> address = Resolve(host, port, false);
  if (!address.ok()) return ProbeOutcome::kUnknown;
  const int descriptor = socket(address->storage.ss_family,
                                SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return ProbeOutcome::kUnknown;
  ProbeOutcome outcome = ProbeOutcome::kUnknown;
  if (connect(descriptor, address->get(), address->size) == 0) {
    outcome = ProbeOutcome::kAccepted;
  } else if (errno != EINPROGRESS) {
    outcome = OutcomeOf(errno);
  } else {
    pollfd waiting{descriptor, POLLOUT, 0};
    const int64_t wait_ms = absl::ToInt64Milliseconds(timeout);
    if (poll(&waiting, 1, static_cast<int>(wait_ms)) > 0) {
      int fault = 0;
      socklen_t size = sizeof(fault);
      getsockopt(descriptor, SOL_SOCKET, SO_ERROR, &fault, &size);
      outcome = OutcomeOf(fault);
    }
  }
  // A port of the ephemeral range may be connected to itself when nobody
  // listens on it.
  if (outcome == ProbeOutcome::kAccepted &&
      LocalAddress(descriptor).ToString() ==
          PeerAddress(descriptor).ToString()) {
    outcome = ProbeOutcome::kRefused;
  }
  close(descriptor);
  return outcome;
}

}  // namespace barnabas::env
