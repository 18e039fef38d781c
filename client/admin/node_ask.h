// Ask, AskAt: a method of a blocking stub called through a NodeCaller.
//
// What: what every unary call of client/admin is made of.
// Units: none. Empty case: none.
// Thread: as NodeCaller. Errors: as NodeCaller.
#ifndef BARNABAS_CLIENT_ADMIN_NODE_ASK_H_
#define BARNABAS_CLIENT_ADMIN_NODE_ASK_H_

#include <memory>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/admin/node_caller.h"

namespace barnabas::client {

// On any node.
template <typename Service, typename Response, typename Request,
          typename Method>
absl::StatusOr<Response> Ask(NodeCaller* caller, CallKind kind,
                             const Request& request, Method method) {
  Response response;
  const absl::Status status =
      caller->Call(kind, [&](const std::shared_ptr<grpc::Channel>& channel,
                             grpc::ClientContext* context) {
        typename Service::Stub stub(channel);
        response.Clear();
        return (stub.*method)(context, request, &response);
      });
  if (!status.ok()) return status;
  return response;
}

// On the node at `endpoint`, once.
template <typename Service, typename Response, typename Request,
          typename Method>
absl::StatusOr<Response> AskAt(NodeCaller* caller, const std::string& endpoint,
                               CallKind kind, const Request& request,
                               Method method) {
  Response response;
  const absl::Status status =
      caller->CallAt(endpoint, kind,
                     [&](const std::shared_ptr<grpc::Channel>& channel,
                         grpc::ClientContext* context) {
                       typename Service::Stub stub(channel);
                       return (stub.*method)(context, request, &response);
                     });
  if (!status.ok()) return status;
  return response;
}

}  // namespace barnabas::client

#endif  // BARNABAS_CLIENT_ADMIN_NODE_ASK_H_
