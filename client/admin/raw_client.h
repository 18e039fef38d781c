// RawClient: any method of the API by its name, with bytes in and out.
//
// What: for tools that know a method only by its descriptor: calls unary and
//   server-streaming methods alike on whichever node answers.
// Units: absl::Duration. Empty case: a stream without messages takes none.
// Thread: any thread; Call blocks. `take` and `stopped` run on the caller's.
// Errors: as Admin; what `take` answers ends the call; Cancelled after
//   `stopped` said true.
// Always true: a write is tried again only if it was refused or never sent.
#ifndef BARNABAS_CLIENT_ADMIN_RAW_CLIENT_H_
#define BARNABAS_CLIENT_ADMIN_RAW_CLIENT_H_

#include <memory>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/admin/node_caller.h"
#include "client/client_options.h"

namespace barnabas::client {

class RawClient {
 public:
  static absl::StatusOr<std::unique_ptr<RawClient>> Create(
      const ClientOptions& options);

  virtual ~RawClient() = default;

  // `path` is "/barnabas.v1.TopicAdmin/ListTopics"; `take` gets each message
  // of the answer; `stopped` is asked again and again.
  virtual absl::Status Call(
      CallKind kind, const std::string& path, const std::string& request,
      absl::FunctionRef<absl::Status(const std::string&)> take,
      absl::FunctionRef<bool()> stopped) = 0;
};

}  // namespace barnabas::client

#endif  // BARNABAS_CLIENT_ADMIN_RAW_CLIENT_H_
