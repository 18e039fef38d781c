// QuorumAdminService: barnabas.v1.QuorumAdmin on a controller.
//
// What: describes the quorum; adds a voter in steps: it learns, catches up, is
//   voted in; removes one; hands leadership over. Everything but a `local`
//   description is the active controller's to do.
// Units: absl::Duration. Empty case: a joiner describes itself alone.
// Thread: gRPC's threads call in; the rest on the loop.
// Errors: NOT_CONTROLLER with a hint; INVALID_REQUEST (quorum_members.h, ids
//   that are none, another addition under way); REQUEST_TIMED_OUT when a new
//   voter does not catch up within kCatchUpMax; FEATURE_UPDATE_FAILED when it
//   does not understand the cluster's levels; OVERLOADED.
// Always true: at most one addition waits at a time; each call is answered
//   once, also at a stop.
#ifndef BARNABAS_CONTROLLER_SERVICE_QUORUM_ADMIN_SERVICE_H_
#define BARNABAS_CONTROLLER_SERVICE_QUORUM_ADMIN_SERVICE_H_

#include <memory>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "barnabas/v1/quorum_admin.grpc.pb.h"
#include "controller/quorum/metadata_quorum.h"
#include "controller/service/active_driver.h"
#include "controller/service/quorum_peers.h"
#include "metadata/raft/voter_set.h"
#include "proto/types/uuid.h"
#include "storage/env/event_loop.h"

namespace barnabas::controller {

class QuorumAdminService final : public v1::QuorumAdmin::CallbackService {
 public:
  using Reactor = grpc::ServerUnaryReactor;
  using Context = grpc::CallbackServerContext;
  static constexpr absl::Duration kCatchUpMax = absl::Seconds(25);

  struct Deps {
    env::EventLoop* loop = nullptr;
    ActiveDriver* driver = nullptr;
    quorum::MetadataQuorum* quorum = nullptr;
    QuorumPeers* peers = nullptr;
    raft::ReplicaKey self;
    Uuid cluster_id;
  };

  explicit QuorumAdminService(const Deps& deps) : deps_(deps) {}

  // Answers an addition that waits with SHUTTING_DOWN; on the loop.
  void Stop();

  Reactor* DescribeQuorum(Context* context,
                          const v1::DescribeQuorumRequest* request,
                          v1::DescribeQuorumResponse* response) override;
  Reactor* AddVoter(Context* context, const v1::AddVoterRequest* request,
                    v1::AddVoterResponse* response) override;
  Reactor* RemoveVoter(Context* context, const v1::RemoveVoterRequest* request,
                       v1::RemoveVoterResponse* response) override;
  Reactor* TransferLeadership(
      Context* context, const v1::TransferLeadershipRequest* request,
      v1::TransferLeadershipResponse* response) override;

 private:
  // A voter that learns.
  struct Addition {
    Reactor* reactor = nullptr;
    v1::AddVoterResponse* response = nullptr;
    raft::Voter voter;
    absl::Duration deadline;
  };

  // Runs `work` on the loop, or answers OVERLOADED.
  template <typename Work>
  Reactor* OnLoop(Context* context, Work work);
  // OK where this controller leads.
  absl::Status CheckActive() const;
  // FEATURE_UPDATE_FAILED if the new voter does not understand the cluster's
  // levels.
  absl::Status CheckFeatures(const raft::ReplicaKey& voter) const;
  v1::DescribeQuorumResponse Describe() const;
  void BeginAddition(Reactor* reactor, const v1::AddVoterRequest& request,
                     v1::AddVoterResponse* response);
  void ContinueAddition();
  void EndAddition(const absl::Status& status);

  const Deps deps_;

  // Of the loop.
  std::unique_ptr<Addition> addition_;
  bool stopped_ = false;
};

}  // namespace barnabas::controller

#endif  // BARNABAS_CONTROLLER_SERVICE_QUORUM_ADMIN_SERVICE_H_
