#include "controller/twin_check.h"

#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "barnabas/v1/quorum_admin.grpc.pb.h"
#include "client/rpc/unary_call.h"
#include "proto/types/error.h"

namespace barnabas::controller {
namespace {

// One that is slow to answer is not waited for.
constexpr absl::Duration kPatience = absl::Milliseconds(500);

absl::StatusOr<v1::DescribeQuorumResponse> Ask(const std::string& endpoint,
                                               rpc::ChannelPool* channels) {
  rpc::UnaryOptions options;
  options.timeout = kPatience;
  v1::QuorumAdmin::Stub stub(channels->Get(endpoint));
  v1::DescribeQuorumRequest request;
  // Whoever it is knows who votes, also while nobody leads.
  request.set_local(true);
  return rpc::CallAndWait<v1::DescribeQuorumResponse>(
      options, request,
      [&stub](grpc::ClientContext* context,
              const v1::DescribeQuorumRequest& ask,
              v1::DescribeQuorumResponse* answer) {
        return stub.DescribeQuorum(context, ask, answer);
      });
}

absl::Status TwinOf(const raft::ReplicaKey& self,
                    const v1::QuorumReplica& voter,
                    const std::string& endpoint) {
  return MakeError(
      ErrorCode::kWrongIdentity,
      absl::StrCat("controller ", self.id.value(), " votes on directory ",
                   voter.directory_id(), " at ", voter.host(), ":",
                   voter.port(), ", as controller ", endpoint,
                   " says; this one is on directory ",
                   self.directory.ToString()),
      absl::StrCat("give this one another node.id; or, if that directory is "
                   "lost: barnabas quorum remove ",
                   self.id.value(), ", start this one, barnabas quorum add"));
}

}  // namespace

absl::Status CheckNoTwin(const raft::ReplicaKey& self,
                         const std::vector<std::string>& endpoints,
                         rpc::ChannelPool* channels) {
  for (const std::string& endpoint : endpoints) {
    const absl::StatusOr<v1::DescribeQuorumResponse> quorum =
        Ask(endpoint, channels);
    if (!quorum.ok()) continue;
    for (const v1::QuorumReplica& replica : quorum->replicas()) {
      if (replica.voter() && replica.id() == self.id.value() &&
          replica.directory_id() != self.directory.ToString()) {
        return TwinOf(self, replica, endpoint);
      }
    }
  }
  return absl::OkStatus();
}

}  // namespace barnabas::controller
