// ProbeConnect: is anybody listening there? (README 29: evidence)
//
// What: one plain TCP connect, closed at once. A refusal proves that no
//   process holds the port; silence proves nothing.
// Units: absl::Duration. Ranges: port 1..65535.
// Empty case: an unknown host is kUnknown.
// Thread: any; blocks up to `timeout`, so run it on a worker.
// Errors: none; what could not be told is kUnknown.
#ifndef BARNABAS_STORAGE_ENV_NET_CONNECT_PROBE_H_
#define BARNABAS_STORAGE_ENV_NET_CONNECT_PROBE_H_

#include <cstdint>
#include <string>

#include "absl/time/time.h"

namespace barnabas::env {

enum class ProbeOutcome {
  // A process took the connection.
  kAccepted,
  // The machine answered that nobody listens.
  kRefused,
  // No answer in time, or no way there.
  kUnknown,
};

ProbeOutcome ProbeConnect(const std::string& host, int32_t port,
                          absl::Duration timeout);

}  // namespace barnabas::env

#endif  // BARNABAS_STORAGE_ENV_NET_CONNECT_PROBE_H_
