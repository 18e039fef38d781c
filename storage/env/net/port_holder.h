// PortHolder: which process listens on a TCP port of this machine.
//
// What: reads /proc/net/tcp and the descriptors of processes that this user
//   may see; good for an error message, not for a decision.
// Units: ports 1..65535. Empty case: "" when nobody listens or it cannot be
//   told. Thread: any. Errors: none.
#ifndef BARNABAS_STORAGE_ENV_NET_PORT_HOLDER_H_
#define BARNABAS_STORAGE_ENV_NET_PORT_HOLDER_H_

#include <cstdint>
#include <string>

namespace barnabas::env {

// "barnabas-broker (process 4711)", or "".
std::string PortHolder(int32_t port);

}  // namespace barnabas::env

#endif  // BARNABAS_STORAGE_ENV_NET_PORT_HOLDER_H_
