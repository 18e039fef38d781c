// AdminForwarder: admin calls that only the active controller can answer,
// passed on by this broker, one hop (README 23).
//
// What: each method is what a gRPC service method returns: it forwards the
//   request with the caller's deadline, waits until this broker has itself
//   applied the metadata version of the answer, then answers. So whoever asks
//   the same broker next sees the change.
// Units: absl::Duration. Empty case: a request without a deadline gets 30 s.
// Thread: gRPC's threads call in; answers come on the follower's loop.
// Errors: those of the controller, unchanged; CONTROLLER_NOT_AVAILABLE when
//   none can be reached; INVALID_REQUEST when the call was forwarded before.
//   A write whose answer was lost, or whose controller was replaced before it
//   answered, is REQUEST_TIMED_OUT (outcome unknown), unless it is sure that it
//   had no effect: then it is sent again.
// Always true: a forwarded call is never forwarded again.
#ifndef BARNABAS_BROKER_CLUSTER_ADMIN_FORWARDER_H_
#define BARNABAS_BROKER_CLUSTER_ADMIN_FORWARDER_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <memory>

#include "barnabas/v1/config_admin.pb.h"
#include "barnabas/v1/quorum_admin.pb.h"
#include "barnabas/v1/topic_admin.pb.h"
#include "broker/cluster/controller_choice.h"
#include "broker/cluster/metadata_follower.h"
#include "client/rpc/channel_pool.h"
#include "storage/env/event_loop.h"

namespace barnabas::broker {

class AdminForwarder {
 public:
  using Reactor = grpc::ServerUnaryReactor;
  using Context = grpc::CallbackServerContext;

  // All outlive the forwarder.
  struct Deps {
    std::shared_ptr<env::EventLoop> loop;
    rpc::ChannelPool* channels = nullptr;
    ControllerChoice* controllers = nullptr;
    MetadataFollower* follower = nullptr;
  };

  static std::unique_ptr<AdminForwarder> Make(const Deps& deps);
  virtual ~AdminForwarder() = default;

  virtual Reactor* CreateTopics(Context* context,
                                const v1::CreateTopicsRequest* request,
                                v1::CreateTopicsResponse* response) = 0;
  virtual Reactor* AlterTopics(Context* context,
                               const v1::AlterTopicsRequest* request,
                               v1::AlterTopicsResponse* response) = 0;
  virtual Reactor* AddPartitions(Context* context,
                                 const v1::AddPartitionsRequest* request,
                                 v1::AddPartitionsResponse* response) = 0;
  virtual Reactor* DeleteTopics(Context* context,
                                const v1::DeleteTopicsRequest* request,
                                v1::DeleteTopicsResponse* response) = 0;
  virtual Reactor* DescribeConfig(Context* context,
                                  const v1::DescribeConfigRequest* request,
                                  v1::DescribeConfigResponse* response) = 0;
  virtual Reactor* AlterConfig(Context* context,
                               const v1::AlterConfigRequest* request,
                               v1::AlterConfigResponse* response) = 0;
  virtual Reactor* DescribeQuorum(Context* context,
                                  const v1::DescribeQuorumRequest* request,
                                  v1::DescribeQuorumResponse* response) = 0;
  virtual Reactor* AddVoter(Context* context,
                            const v1::AddVoterRequest* request,
                            v1::AddVoterResponse* response) = 0;
  virtual Reactor* RemoveVoter(Context* context,
                               const v1::RemoveVoterRequest* request,
                               v1::RemoveVoterResponse* response) = 0;
  virtual Reactor* TransferLeadership(
      Context* context, const v1::TransferLeadershipRequest* request,
      v1::TransferLeadershipResponse* response) = 0;
};

}  // namespace barnabas::broker

#endif  // BARNABAS_BROKER_CLUSTER_ADMIN_FORWARDER_H_
