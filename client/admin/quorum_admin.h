// QuorumAdmin: calls about the quorum of controllers.
//
// What: any node of the cluster passes them on to the controller that leads.
// Place: Admin::quorum().
// Units: as in the messages. Empty case: as in the API.
// Thread: any thread; calls block up to the deadline.
// Errors: as Admin.
#ifndef BARNABAS_CLIENT_ADMIN_QUORUM_ADMIN_H_
#define BARNABAS_CLIENT_ADMIN_QUORUM_ADMIN_H_

#include <memory>

#include "absl/status/statusor.h"
#include "barnabas/v1/quorum_admin.pb.h"
#include "client/admin/node_caller.h"

namespace barnabas::client {

class QuorumAdmin {
 public:
  // `caller` outlives it.
  static std::unique_ptr<QuorumAdmin> Make(NodeCaller* caller);

  virtual ~QuorumAdmin() = default;

  virtual absl::StatusOr<v1::DescribeQuorumResponse> DescribeQuorum(
      const v1::DescribeQuorumRequest& request) = 0;
  virtual absl::StatusOr<v1::AddVoterResponse> AddVoter(
      const v1::AddVoterRequest& request) = 0;
  virtual absl::StatusOr<v1::RemoveVoterResponse> RemoveVoter(
      const v1::RemoveVoterRequest& request) = 0;
  virtual absl::StatusOr<v1::TransferLeadershipResponse> TransferLeadership(
      const v1::TransferLeadershipRequest& request) = 0;
};

}  // namespace barnabas::client

#endif  // BARNABAS_CLIENT_ADMIN_QUORUM_ADMIN_H_
