#include "controller/service/cluster_admin_service.h"

#include <optional>
#include <utility>
#include <variant>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "client/rpc/status_bridge.h"
#include "controller/planner/feature_planner.h"
#include "controller/quorum/quorum_members.h"
#include "controller/service/submit_write.h"
#include "metadata/image/features.h"
#include "metadata/view/health_view.h"
#include "proto/types/error.h"

namespace barnabas::controller {
namespace {

absl::Status Overloaded() {
  return MakeError(ErrorCode::kOverloaded,
                   "too many requests wait for the controller",
                   "try again later");
}

// What the leader knows of the voters beside itself.
std::vector<view::VoterHealth> Others(quorum::MetadataQuorum* quorum) {
  const LogIndex end = quorum->facts().log_end;
  std::vector<view::VoterHealth> voters;
  for (const quorum::MemberFacts& member : quorum->members()->Describe()) {
    if (!member.votes || member.leads) continue;
    view::VoterHealth voter;
    voter.id = member.replica.key.id;
    if (member.silent.has_value()) {
      voter.silent_ms = absl::ToInt64Milliseconds(*member.silent);
    }
    if (member.log_end.has_value()) {
      voter.lag = end.value() - member.log_end->value();
    }
    voters.push_back(voter);
  }
  return voters;
}

}  // namespace

template <typename Work>
ClusterAdminService::Reactor* ClusterAdminService::WhereLeading(
    Context* context, Work work) {
  Reactor* const reactor = context->DefaultReactor();
  const bool taken = deps_.loop->Post([this, reactor, work] {
    const absl::Status ready = deps_.driver->core().CheckReady();
    if (!ready.ok()) return reactor->Finish(rpc::ToGrpc(ready));
    work(reactor);
  });
  if (!taken) reactor->Finish(rpc::ToGrpc(Overloaded()));
  return reactor;
}

std::vector<view::VoterFeatures> ClusterAdminService::VotersFeatures() const {
  std::vector<view::VoterFeatures> voters;
  const image::ClusterImage image = deps_.driver->image();
  for (const image::VoterState& voter : image.voters()) {
    const raft::ReplicaKey key{voter.id, voter.directory};
    voters.push_back({voter.id, key == deps_.self
                                    ? std::optional(image::UnderstoodFeatures())
                                    : deps_.peers->FeaturesOf(key)});
  }
  return voters;
}

ClusterAdminService::Reactor* ClusterAdminService::DrainBrokers(
    Context* context, const v1::DrainBrokersRequest* request,
    v1::DrainBrokersResponse* response) {
  return SubmitWrite(deps_.driver, context, request, response);
}

ClusterAdminService::Reactor* ClusterAdminService::UndrainBrokers(
    Context* context, const v1::UndrainBrokersRequest* request,
    v1::UndrainBrokersResponse* response) {
  return SubmitWrite(deps_.driver, context, request, response);
}

ClusterAdminService::Reactor* ClusterAdminService::DecommissionBrokers(
    Context* context, const v1::DecommissionBrokersRequest* request,
    v1::DecommissionBrokersResponse* response) {
  return SubmitWrite(deps_.driver, context, request, response);
}

ClusterAdminService::Reactor* ClusterAdminService::ElectLeaders(
    Context* context, const v1::ElectLeadersRequest* request,
    v1::ElectLeadersResponse* response) {
  return SubmitWrite(deps_.driver, context, request, response);
}

ClusterAdminService::Reactor* ClusterAdminService::CheckHealth(
    Context* context, const v1::CheckHealthRequest*,
    v1::CheckHealthResponse* response) {
  return WhereLeading(context, [this, response](Reactor* reactor) {
    // Not on the loop: elections do not wait for a walk over all partitions.
    const bool taken =
        deps_.workers->Run([reactor, response, image = deps_.driver->image(),
                            voters = Others(deps_.quorum)] {
          *response = view::CheckHealth(image, voters);
          reactor->Finish(grpc::Status::OK);
        });
    if (!taken) reactor->Finish(rpc::ToGrpc(Overloaded()));
  });
}

ClusterAdminService::Reactor* ClusterAdminService::DescribeFeatures(
    Context* context, const v1::DescribeFeaturesRequest*,
    v1::DescribeFeaturesResponse* response) {
  return WhereLeading(context, [this, response](Reactor* reactor) {
    *response = view::DescribeFeatures(deps_.driver->image(), VotersFeatures());
    reactor->Finish(grpc::Status::OK);
  });
}

ClusterAdminService::Reactor* ClusterAdminService::UpdateFeatures(
    Context* context, const v1::UpdateFeaturesRequest* request,
    v1::UpdateFeaturesResponse* response) {
  return WhereLeading(context, [this, request, response](Reactor* reactor) {
    deps_.driver->Submit(planner::FeatureUpdates{*request, VotersFeatures()},
                         [reactor, response](auto answer) {
                           if (answer.ok()) {
                             *response = std::get<v1::UpdateFeaturesResponse>(
                                 *std::move(answer));
                           }
                           reactor->Finish(rpc::ToGrpc(answer.status()));
                         });
  });
}

}  // namespace barnabas::controller
