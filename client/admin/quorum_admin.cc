#include "client/admin/quorum_admin.h"

#include "barnabas/v1/quorum_admin.grpc.pb.h"
#include "client/admin/node_ask.h"

namespace barnabas::client {
namespace {

class AnyNodeQuorum final : public QuorumAdmin {
 public:
  explicit AnyNodeQuorum(NodeCaller* caller) : caller_(caller) {}

  absl::StatusOr<v1::DescribeQuorumResponse> DescribeQuorum(
      const v1::DescribeQuorumRequest& request) override {
    return Ask<v1::QuorumAdmin, v1::DescribeQuorumResponse>(
        caller_, CallKind::kRead, request,
        &v1::QuorumAdmin::Stub::DescribeQuorum);
  }
  absl::StatusOr<v1::AddVoterResponse> AddVoter(
      const v1::AddVoterRequest& request) override {
    return Ask<v1::QuorumAdmin, v1::AddVoterResponse>(
        caller_, CallKind::kWrite, request, &v1::QuorumAdmin::Stub::AddVoter);
  }
  absl::StatusOr<v1::RemoveVoterResponse> RemoveVoter(
      const v1::RemoveVoterRequest& request) override {
    return Ask<v1::QuorumAdmin, v1::RemoveVoterResponse>(
        caller_, CallKind::kWrite, request,
        &v1::QuorumAdmin::Stub::RemoveVoter);
  }
  absl::StatusOr<v1::TransferLeadershipResponse> TransferLeadership(
      const v1::TransferLeadershipRequest& request) override {
    return Ask<v1::QuorumAdmin, v1::TransferLeadershipResponse>(
        caller_, CallKind::kWrite, request,
        &v1::QuorumAdmin::Stub::TransferLeadership);
  }

 private:
  NodeCaller* const caller_;
};

}  // namespace

std::unique_ptr<QuorumAdmin> QuorumAdmin::Make(NodeCaller* caller) {
  return std::make_unique<AnyNodeQuorum>(caller);
}

}  // namespace barnabas::client
