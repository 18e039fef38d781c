#include "controller/service/quorum_admin_service.h"

#include <optional>
#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"
#include "client/rpc/status_bridge.h"
#include "controller/quorum/quorum_members.h"
#include "metadata/image/features.h"
#include "proto/types/error.h"
#include "proto/types/status_macros.h"

namespace barnabas::controller {
namespace {

// How often a learner is looked at.
constexpr absl::Duration kLook = absl::Milliseconds(50);

absl::Status Stopping() {
  return MakeError(ErrorCode::kShuttingDown, "this controller is stopping",
                   "ask another controller");
}

absl::Status NotCaughtUp(NodeId node) {
  return MakeError(
      ErrorCode::kRequestTimedOut,
      absl::StrCat("controller ", node.value(),
                   " has not caught up with the metadata log in ",
                   absl::FormatDuration(QuorumAdminService::kCatchUpMax),
                   "; it does not vote"),
      "see that it runs and is reached at the address given, then try again");
}

absl::StatusOr<raft::Voter> VoterOf(const v1::AddVoterRequest& request) {
  const std::optional<Uuid> directory = Uuid::Parse(request.directory_id());
  if (!directory.has_value() || directory->IsNil() || request.id() < 0 ||
      request.host().empty() || request.port() < 1 || request.port() > 65535) {
    return MakeError(ErrorCode::kInvalidRequest,
                     absl::StrCat("controller ", request.id(),
                                  " cannot be added: its directory id, host or "
                                  "port is missing"),
                     "barnabas quorum add ID@HOST:PORT");
  }
  return raft::Voter{raft::ReplicaKey{NodeId(request.id()), *directory},
                     request.host(), request.port()};
}

void Fill(const quorum::MemberFacts& member, v1::QuorumReplica* out) {
  out->set_id(member.replica.key.id.value());
  out->set_directory_id(member.replica.key.directory.ToString());
  out->set_host(member.replica.host);
  out->set_port(member.replica.port);
  out->set_voter(member.votes);
  out->set_leader(member.leads);
  out->set_log_end(member.log_end.value_or(LogIndex(-1)).value());
  out->set_silent_ms(member.silent.has_value()
                         ? absl::ToInt64Milliseconds(*member.silent)
                         : -1);
}

}  // namespace

template <typename Work>
QuorumAdminService::Reactor* QuorumAdminService::OnLoop(Context* context,
                                                        Work work) {
  Reactor* const reactor = context->DefaultReactor();
  const bool taken = deps_.loop->Post([this, reactor, work] {
    if (stopped_) return reactor->Finish(rpc::ToGrpc(Stopping()));
    work(reactor);
  });
  if (!taken) {
    reactor->Finish(rpc::ToGrpc(MakeError(
        ErrorCode::kOverloaded, "too many requests wait for the controller",
        "try again later")));
  }
  return reactor;
}

absl::Status QuorumAdminService::CheckActive() const {
  return deps_.driver->core().CheckReady();
}

absl::Status QuorumAdminService::CheckFeatures(
    const raft::ReplicaKey& voter) const {
  const auto ranges = deps_.peers->FeaturesOf(voter);
  const image::ClusterImage image = deps_.driver->image();
  for (const image::FeatureRange& known : image::UnderstoodFeatures()) {
    const int32_t level = image::LevelOf(image, known.name);
    const image::FeatureRange range =
        image::RangeOf(ranges.value_or(image::FeatureRanges()), known.name);
    if (level >= range.min && level <= range.max) continue;
    return MakeError(
        ErrorCode::kFeatureUpdateFailed,
        absl::StrCat("controller ", voter.id.value(), " understands levels ",
                     range.min, "…", range.max, " of feature \"", known.name,
                     "\", the cluster stands at ", level),
        "run a newer version of it");
  }
  return absl::OkStatus();
}

v1::DescribeQuorumResponse QuorumAdminService::Describe() const {
  const quorum::QuorumFacts facts = deps_.quorum->facts();
  v1::DescribeQuorumResponse response;
  response.set_cluster_id(deps_.cluster_id.ToString());
  response.set_node_id(deps_.self.id.value());
  response.set_directory_id(deps_.self.directory.ToString());
  response.set_leader_id(facts.leader.value_or(NodeId(-1)).value());
  response.set_term(facts.term.value());
  response.set_log_start(deps_.quorum->log_start().value());
  response.set_committed_end(facts.committed_end.value());
  response.set_log_end(facts.log_end.value());
  for (const quorum::MemberFacts& member :
       deps_.quorum->members()->Describe()) {
    Fill(member, response.add_replicas());
  }
  return response;
}

QuorumAdminService::Reactor* QuorumAdminService::DescribeQuorum(
    Context* context, const v1::DescribeQuorumRequest* request,
    v1::DescribeQuorumResponse* response) {
  if (request->local()) {
    return OnLoop(context, [this, response](Reactor* reactor) {
      *response = Describe();
      reactor->Finish(grpc::Status::OK);
    });
  }
  Reactor* const reactor = context->DefaultReactor();
  // A leader that was replaced without knowing it must not speak for all.
  deps_.driver->ReadCurrent([this, reactor, response](absl::Status status) {
    if (stopped_) status = Stopping();
    if (status.ok()) *response = Describe();
    reactor->Finish(rpc::ToGrpc(status));
  });
  return reactor;
}

QuorumAdminService::Reactor* QuorumAdminService::AddVoter(
    Context* context, const v1::AddVoterRequest* request,
    v1::AddVoterResponse* response) {
  return OnLoop(context, [this, request, response](Reactor* reactor) {
    BeginAddition(reactor, *request, response);
  });
}

void QuorumAdminService::BeginAddition(Reactor* reactor,
                                       const v1::AddVoterRequest& request,
                                       v1::AddVoterResponse* response) {
  absl::Status status = CheckActive();
  if (status.ok() && addition_ != nullptr) {
    status =
        MakeError(ErrorCode::kInvalidRequest,
                  absl::StrCat("controller ", addition_->voter.key.id.value(),
                               " is being added"),
                  "wait for it: barnabas quorum status");
  }
  absl::StatusOr<raft::Voter> voter = VoterOf(request);
  if (status.ok()) status = voter.status();
  if (status.ok()) status = deps_.quorum->members()->Learn(*voter);
  if (!status.ok()) return reactor->Finish(rpc::ToGrpc(status));
  addition_ = std::make_unique<Addition>(
      Addition{reactor, response, *std::move(voter),
               deps_.loop->clock().Monotonic() + kCatchUpMax});
  ContinueAddition();
}

void QuorumAdminService::ContinueAddition() {
  if (addition_ == nullptr) return;
  const absl::Status active = CheckActive();
  if (!active.ok()) return EndAddition(active);
  quorum::QuorumMembers* const members = deps_.quorum->members();
  if (!members->CaughtUp(addition_->voter.key)) {
    if (deps_.loop->clock().Monotonic() > addition_->deadline) {
      return EndAddition(NotCaughtUp(addition_->voter.key.id));
    }
    deps_.loop->After(kLook, [this] { ContinueAddition(); });
    return;
  }
  const absl::Status understood = CheckFeatures(addition_->voter.key);
  if (!understood.ok()) return EndAddition(understood);
  absl::StatusOr<internal::v1::VotersRecord> voters =
      members->With(addition_->voter);
  if (!voters.ok()) return EndAddition(voters.status());
  deps_.driver->Submit(*std::move(voters), [this](auto answer) {
    if (addition_ == nullptr) return;
    if (answer.ok()) {
      *addition_->response = std::get<v1::AddVoterResponse>(*answer);
    }
    EndAddition(answer.status());
  });
}

void QuorumAdminService::EndAddition(const absl::Status& status) {
  if (addition_ == nullptr) return;
  addition_->reactor->Finish(rpc::ToGrpc(status));
  addition_.reset();
}

QuorumAdminService::Reactor* QuorumAdminService::RemoveVoter(
    Context* context, const v1::RemoveVoterRequest* request,
    v1::RemoveVoterResponse* response) {
  return OnLoop(context, [this, request, response](Reactor* reactor) {
    const absl::Status active = CheckActive();
    if (!active.ok()) return reactor->Finish(rpc::ToGrpc(active));
    const absl::StatusOr<internal::v1::VotersRecord> voters =
        deps_.quorum->members()->Without(NodeId(request->id()));
    if (!voters.ok()) return reactor->Finish(rpc::ToGrpc(voters.status()));
    deps_.driver->Submit(*voters, [reactor, response](auto answer) {
      if (answer.ok()) {
        response->set_metadata_version(
            std::get<v1::AddVoterResponse>(*answer).metadata_version());
      }
      reactor->Finish(rpc::ToGrpc(answer.status()));
    });
  });
}

QuorumAdminService::Reactor* QuorumAdminService::TransferLeadership(
    Context* context, const v1::TransferLeadershipRequest* request,
    v1::TransferLeadershipResponse*) {
  return OnLoop(context, [this, request](Reactor* reactor) {
    absl::Status status = CheckActive();
    if (status.ok()) {
      status = deps_.quorum->members()->Transfer(NodeId(request->id()));
    }
    reactor->Finish(rpc::ToGrpc(status));
  });
}

void QuorumAdminService::Stop() {
  stopped_ = true;
  EndAddition(Stopping());
}

}  // namespace barnabas::controller
