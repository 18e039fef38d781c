// Connect: from flags, environment and contexts to a client.
//
// What: which nodes to dial (flag, BARNABAS_BOOTSTRAP, context, localhost:9292
//   in this order), with which deadline; --trace shows each call.
// Units: absl::Duration. Empty case: nothing said is localhost:9292.
// Thread: one at a time.
// Errors: usage errors of malformed endpoints and contexts; nothing is dialled
//   yet.
#ifndef BARNABAS_TOOLS_CLI_FRAME_CONNECT_H_
#define BARNABAS_TOOLS_CLI_FRAME_CONNECT_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "client/admin/admin.h"
#include "client/client_options.h"
#include "tools/cli/frame/session.h"

namespace barnabas::cli {

absl::StatusOr<client::ClientOptions> ClientOptionsFor(const Session& session);

absl::StatusOr<std::shared_ptr<client::Admin>> Connect(Session& session);
// The same for calls that take long: `patience` holds unless --timeout is
// given.
absl::StatusOr<std::shared_ptr<client::Admin>> ConnectPatiently(
    Session& session, absl::Duration patience);

absl::StatusOr<std::shared_ptr<client::NodeClient>> ConnectNode(
    Session& session, const std::string& endpoint);

// The real thing, for main.
Dialing RealDialing();

}  // namespace barnabas::cli

#endif  // BARNABAS_TOOLS_CLI_FRAME_CONNECT_H_
