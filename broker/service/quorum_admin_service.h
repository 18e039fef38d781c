// QuorumAdminService: barnabas.v1.QuorumAdmin on a broker.
//
// What: passes everything on to the active controller (README 23).
// Units: none. Empty case: none. Thread: gRPC's threads call in.
// Errors: those of AdminForwarder.
#ifndef BARNABAS_BROKER_SERVICE_QUORUM_ADMIN_SERVICE_H_
#define BARNABAS_BROKER_SERVICE_QUORUM_ADMIN_SERVICE_H_

#include "barnabas/v1/quorum_admin.grpc.pb.h"
#include "broker/cluster/admin_forwarder.h"

namespace barnabas::broker {

class QuorumAdminService final : public v1::QuorumAdmin::CallbackService {
 public:
  using Reactor = grpc::ServerUnaryReactor;
  using Context = grpc::CallbackServerContext;

  explicit QuorumAdminService(AdminForwarder* forwarder)
      : forwarder_(forwarder) {}

  Reactor* DescribeQuorum(Context* context,
                          const v1::DescribeQuorumRequest* request,
                          v1::DescribeQuorumResponse* response) override {
    return forwarder_->DescribeQuorum(context, request, response);
  }
  Reactor* AddVoter(Context* context, const v1::AddVoterRequest* request,
                    v1::AddVoterResponse* response) override {
    return forwarder_->AddVoter(context, request, response);
  }
  Reactor* RemoveVoter(Context* context, const v1::RemoveVoterRequest* request,
                       v1::RemoveVoterResponse* response) override {
    return forwarder_->RemoveVoter(context, request, response);
  }
  Reactor* TransferLeadership(
      Context* context, const v1::TransferLeadershipRequest* request,
      v1::TransferLeadershipResponse* response) override {
    return forwarder_->TransferLeadership(context, request, response);
  }

 private:
  AdminForwarder* const forwarder_;
};

}  // namespace barnabas::broker

#endif  // BARNABAS_BROKER_SERVICE_QUORUM_ADMIN_SERVICE_H_
