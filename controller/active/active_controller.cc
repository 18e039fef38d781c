#include "controller/active/active_controller.h"

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "controller/active/entry_cut.h"
#include "controller/planner/broker_planner.h"
#include "controller/planner/config_planner.h"
#include "controller/planner/drain_planner.h"
#include "controller/planner/election_planner.h"
#include "controller/planner/feature_planner.h"
#include "controller/planner/producer_id_planner.h"
#include "controller/planner/topic_planner.h"
#include "controller/planner/voters_planner.h"
#include "metadata/command/draw.h"
#include "metadata/config/effective.h"
#include "metadata/image/broker_state.h"
#include "metadata/image/cluster_delta.h"
#include "proto/types/error.h"
#include "proto/types/seeded_bug.h"

namespace barnabas::active {
namespace {

using internal::v1::MetadataEntry;

// The driver is late by more than this only when the whole process was.
constexpr absl::Duration kLatenessMax = absl::Milliseconds(100);
constexpr int64_t kRetryMs = 100;

// A plan with its response as the variant that replies carry.
struct AnyPlan {
  std::vector<internal::v1::ClusterRecord> records;
  AdminResponse response;
};

template <typename Response>
absl::StatusOr<AnyPlan> Widen(
    absl::StatusOr<command::Planned<Response>> planned) {
  if (!planned.ok()) return planned.status();
  return AnyPlan{std::move(planned->records), std::move(planned->response)};
}

struct Planner {
  const planner::PlanContext& context;
  const Liveness& liveness;

  absl::StatusOr<AnyPlan> operator()(const v1::CreateTopicsRequest& request) {
    return Widen(planner::PlanCreateTopics(context, request));
  }
  absl::StatusOr<AnyPlan> operator()(const v1::AlterTopicsRequest& request) {
    return Widen(planner::PlanAlterTopics(context, request));
  }
  absl::StatusOr<AnyPlan> operator()(const v1::AddPartitionsRequest& request) {
    return Widen(planner::PlanAddPartitions(context, request));
  }
  absl::StatusOr<AnyPlan> operator()(const v1::DeleteTopicsRequest& request) {
    return Widen(planner::PlanDeleteTopics(context, request));
  }
  absl::StatusOr<AnyPlan> operator()(const v1::AlterConfigRequest& request) {
    return Widen(planner::PlanAlterConfig(context, request));
  }
  absl::StatusOr<AnyPlan> operator()(
      const internal::v1::AllocateProducerIdsRequest& request) {
    return Widen(planner::PlanProducerIds(context, request));
  }
  absl::StatusOr<AnyPlan> operator()(
      const internal::v1::VotersRecord& request) {
    return Widen(planner::PlanVoters(context, request));
  }
  absl::StatusOr<AnyPlan> operator()(const v1::DrainBrokersRequest& request) {
    return Widen(planner::PlanDrain(context, request));
  }
  absl::StatusOr<AnyPlan> operator()(const v1::UndrainBrokersRequest& request) {
    return Widen(planner::PlanUndrain(context, request));
  }
  absl::StatusOr<AnyPlan> operator()(
      const v1::DecommissionBrokersRequest& request) {
    return Widen(
        planner::PlanDecommission(context, request, [this](BrokerId broker) {
          const BrokerLife* life = liveness.Find(broker);
          return life != nullptr && life->open;
        }));
  }
  absl::StatusOr<AnyPlan> operator()(const v1::ElectLeadersRequest& request) {
    return Widen(planner::PlanElection(context, request));
  }
  absl::StatusOr<AnyPlan> operator()(const planner::FeatureUpdates& updates) {
    return Widen(planner::PlanUpdateFeatures(context, updates));
  }
};

}  // namespace

ActiveController::ActiveController(const Options& options)
    : options_(options), committed_(options.image), latest_(options.image) {}

Effects ActiveController::Step(const Event& event, const Instant& now) {
  Effects effects;
  ForgiveStall(now);
  std::visit([&](const auto& happened) { On(happened, now, effects); }, event);
  promised_ = std::nullopt;
  if (role_ == Role::kLeading) {
    ExpireSessions(now, effects);
    promised_ = liveness_.NextDeadline(SessionTimeout());
  }
  effects.next_deadline = promised_;
  return effects;
}

void ActiveController::On(const GainedLeadership& event, const Instant& now,
                          Effects& effects) {
  if (role_ != Role::kStandby) StepDown(effects);
  role_ = Role::kTakingOver;
  leader_.reset();
  term_ = event.term;
  takeover_end_ = event.log_end;
  Append append{event.log_end, event.term, {}};
  append.entry.set_time_ms(std::max(now.wall_ms, committed_.time_ms()));
  internal::v1::LeaderRecord* leader =
      append.entry.add_records()->mutable_leader();
  leader->set_controller_id(options_.id.value());
  leader->set_term(event.term.value());
  effects.appends.push_back(std::move(append));
  if (SEEDED_BUG(kLeadsBeforeTakeover)) BeginLeading(now);
}

void ActiveController::On(const LostLeadership& event, const Instant& now,
                          Effects& effects) {
  leader_ = event.leader;
  if (role_ != Role::kStandby) StepDown(effects);
}

void ActiveController::On(const SnapshotLoaded& event, const Instant& now,
                          Effects& effects) {
  if (role_ != Role::kStandby) StepDown(effects);
  committed_ = event.image;
  latest_ = committed_;
}

void ActiveController::On(const Committed& event, const Instant& now,
                          Effects& effects) {
  const bool own = role_ == Role::kLeading && !pending_.empty() &&
                   pending_.front().offset == event.offset &&
                   term_ == event.term;
  if (own) {
    committed_ = std::move(pending_.front().image);
    pending_.pop_front();
  } else {
    // Another controller's entry after this one led: leadership is over.
    if (role_ == Role::kLeading) StepDown(effects);
    absl::StatusOr<image::ClusterImage> next =
        image::ReplayEntry(committed_, event.entry, event.offset, event.term);
    if (!next.ok()) {
      effects.failed = next.status();
      return;
    }
    committed_ = *std::move(next);
    latest_ = committed_;
  }
  if (role_ == Role::kTakingOver && event.offset == takeover_end_ &&
      event.term == term_) {
    BeginLeading(now);
  }
  replies_.Commit(event.offset, effects);
}

void ActiveController::On(const Request& event, const Instant& now,
                          Effects& effects) {
  const absl::Status ready = CheckReady();
  if (!ready.ok()) {
    effects.replies.push_back(Reply{event.id, ready});
    return;
  }
  const planner::PlanContext context = MakeContext(now);
  absl::StatusOr<AnyPlan> plan =
      std::visit(Planner{context, liveness_}, event.request);
  if (!plan.ok()) {
    // Even a refusal may rest on what is not committed yet.
    return AnswerAt(latest_.version(), Reply{event.id, plan.status()}, effects);
  }
  const bool anew = !plan->records.empty();
  const absl::StatusOr<LogIndex> offset =
      AppendRecords(std::move(plan->records), now, effects);
  if (!offset.ok()) {
    effects.replies.push_back(Reply{event.id, offset.status()});
    return;
  }
  if (anew) {
    // A plan of several entries holds from the last one on.
    std::visit(
        [&](auto& response) {
          if constexpr (requires { response.set_metadata_version(0); }) {
            response.set_metadata_version(offset->value());
          }
        },
        plan->response);
  }
  AnswerAt(*offset, Reply{event.id, std::move(plan->response)}, effects);
}

void ActiveController::On(const SessionRegister& event, const Instant& now,
                          Effects& effects) {
  absl::Status status = CheckReady();
  if (status.ok() && liveness_.FindSession(event.session) != nullptr) {
    status = MakeError(ErrorCode::kProtocolError,
                       "a session registers once, as its first frame",
                       "open a new stream");
  }
  if (!status.ok()) return EndSession(event.session, status, effects);
  const BrokerId broker(event.registration.broker_id());
  const BrokerLife* life = liveness_.Find(broker);
  planner::Holder holder = planner::Holder::kGone;
  if (life != nullptr) {
    holder = life->open ? planner::Holder::kConnected
                        : planner::Holder::kPerhapsAlive;
  }
  const int64_t session_ms = absl::ToInt64Milliseconds(SessionTimeout());
  auto planned = planner::PlanRegistration(MakeContext(now), event.registration,
                                           holder, session_ms);
  if (!planned.ok()) {
    return EndSession(event.session, planned.status(), effects);
  }
  const bool anew = !planned->records.empty();
  const absl::StatusOr<LogIndex> offset =
      AppendRecords(std::move(planned->records), now, effects);
  if (!offset.ok()) return EndSession(event.session, offset.status(), effects);
  if (anew) planned->response.set_broker_epoch(offset->value());
  planned->response.set_heartbeat_ms(
      absl::ToInt64Milliseconds(options_.heartbeat));
  planned->response.set_session_ms(session_ms);
  if (life != nullptr && life->open) {
    EndSession(
        *life->session,
        MakeError(ErrorCode::kSessionExpired,
                  "the broker opened another session", "use the newer one"),
        effects);
  }
  liveness_.Open(event.session, broker,
                 BrokerEpoch(planned->response.broker_epoch()), now.monotonic);
  SessionSend send{event.session, {}};
  *send.message.mutable_registered() = std::move(planned->response);
  AnswerAt(*offset, std::move(send), effects);
}

void ActiveController::On(const SessionHeartbeat& event, const Instant& now,
                          Effects& effects) {
  const BrokerLife* life = liveness_.FindSession(event.session);
  if (role_ != Role::kLeading || life == nullptr || !life->open) {
    absl::Status status =
        role_ == Role::kLeading ? absl::OkStatus() : CheckReady();
    if (status.ok()) {
      status = MakeError(ErrorCode::kUnknownSession,
                         "a heartbeat of a session that did not register",
                         "open a new stream and register");
    }
    return EndSession(event.session, status, effects);
  }
  const BrokerId broker = life->broker;
  liveness_.Heard(event.session, event.heartbeat, now.monotonic);
  // With too much uncommitted it counts as a sign of life only; the next one
  // asks again.
  if (!CheckReady().ok()) return;
  const image::BrokerState* before = latest_.FindBroker(broker);
  const bool was_stopping = before != nullptr && before->stopping;
  auto planned =
      planner::PlanHeartbeat(MakeContext(now), broker, event.heartbeat,
                             was_stopping && OthersSawStop(broker));
  if (!planned.ok()) {
    liveness_.Close(event.session);
    return EndSession(event.session, planned.status(), effects);
  }
  const absl::StatusOr<LogIndex> offset =
      AppendRecords(std::move(planned->records), now, effects);
  if (!offset.ok()) return EndSession(event.session, offset.status(), effects);
  const image::BrokerState* after = latest_.FindBroker(broker);
  if (after != nullptr && after->stopping && !was_stopping) {
    liveness_.SetStopOffset(broker, *offset);
  }
  SessionSend send{event.session, {}};
  *send.message.mutable_reply() = std::move(planned->response);
  AnswerAt(*offset, std::move(send), effects);
}

void ActiveController::On(const SessionClosed& event, const Instant& now,
                          Effects& effects) {
  const BrokerLife* life = liveness_.FindSession(event.session);
  if (life == nullptr) return;
  const BrokerId broker = life->broker;
  liveness_.Close(event.session);
  if (event.evidence == Evidence::kProcessGone) {
    liveness_.Forget(broker);
    Fence(broker, now, effects);
  }
}

void ActiveController::On(const Tick& event, const Instant& now,
                          Effects& effects) {}

absl::Status ActiveController::CheckReady() const {
  if (role_ == Role::kStandby) return NotActive();
  if (role_ == Role::kTakingOver) {
    return WithRetryAfter(
        MakeError(ErrorCode::kControllerNotAvailable,
                  absl::StrCat("controller ", options_.id.value(),
                               " is taking over in term ", term_.value()),
                  "try again in a moment"),
        kRetryMs);
  }
  if (static_cast<int64_t>(pending_.size()) < options_.pending_entries_max &&
      static_cast<int64_t>(replies_.size()) < options_.pending_replies_max) {
    return absl::OkStatus();
  }
  return WithRetryAfter(
      MakeError(
          ErrorCode::kOverloaded,
          absl::StrCat(pending_.size(), " metadata entries (at most ",
                       options_.pending_entries_max, ") and ", replies_.size(),
                       " answers (at most ", options_.pending_replies_max,
                       ") wait to be committed"),
          "try again in a moment"),
      kRetryMs);
}

absl::Status ActiveController::NotActive() const {
  const std::string known =
      leader_.has_value() ? absl::StrCat("controller ", leader_->value(), " is")
                          : "none is known now";
  absl::Status status =
      MakeError(ErrorCode::kNotController,
                absl::StrCat("controller ", options_.id.value(),
                             " is not the active one; ", known),
                "ask another controller");
  if (!leader_.has_value()) return status;
  for (const image::VoterState& voter : committed_.voters()) {
    if (voter.id != *leader_) continue;
    LeaderHint hint;
    hint.endpoint = absl::StrCat(voter.host, ":", voter.port);
    hint.metadata_version = committed_.version();
    return WithLeader(std::move(status), hint);
  }
  return status;
}

planner::PlanContext ActiveController::MakeContext(const Instant& now) {
  // Differs for every plan of every term and life.
  command::Draw draw(options_.seed ^ (++plans_ << 32) ^
                     static_cast<uint64_t>(latest_.version().value()));
  return planner::PlanContext{latest_, latest_.version().Next(),
                              std::max(now.wall_ms, latest_.time_ms()),
                              draw.Next(), options_.in_sync_max};
}

absl::StatusOr<LogIndex> ActiveController::AppendRecords(Records records,
                                                         const Instant& now,
                                                         Effects& effects) {
  const int64_t time_ms = std::max(now.wall_ms, latest_.time_ms());
  std::vector<MetadataEntry> entries =
      CutIntoEntries(std::move(records), options_.entry_bytes_max, time_ms);
  // All are replayed before any is appended: what cannot be replayed must
  // never reach the log.
  std::vector<PendingEntry> replayed;
  image::ClusterImage latest = latest_;
  for (const MetadataEntry& entry : entries) {
    const LogIndex offset = latest.version().Next();
    absl::StatusOr<image::ClusterImage> next =
        image::ReplayEntry(latest, entry, offset, term_);
    if (!next.ok()) {
      return MakeError(
          ErrorCode::kInternal,
          absl::StrCat("a plan cannot be replayed: ", next.status().message()),
          "report this with the log of the controller");
    }
    latest = *std::move(next);
    replayed.push_back(PendingEntry{offset, latest});
  }
  for (size_t i = 0; i < entries.size(); ++i) {
    effects.appends.push_back(
        Append{replayed[i].offset, term_, std::move(entries[i])});
    pending_.push_back(std::move(replayed[i]));
  }
  latest_ = std::move(latest);
  return latest_.version();
}

void ActiveController::AnswerAt(LogIndex offset, PendingReply answer,
                                Effects& effects) {
  replies_.Park(offset, std::move(answer));
  replies_.Commit(
      SEEDED_BUG(kRepliesBeforeCommit) ? offset : committed_.version(),
      effects);
}

void ActiveController::Fence(BrokerId broker, const Instant& now,
                             Effects& effects) {
  const absl::StatusOr<LogIndex> offset =
      AppendRecords(planner::PlanFence(latest_, broker), now, effects);
  if (!offset.ok()) effects.failed = offset.status();
}

void ActiveController::EndSession(SessionId session, const absl::Status& status,
                                  Effects& effects) {
  effects.ends.push_back(SessionEnd{session, status});
}

void ActiveController::ExpireSessions(const Instant& now, Effects& effects) {
  const absl::Duration timeout = SessionTimeout();
  for (BrokerId broker : liveness_.Expired(now.monotonic, timeout)) {
    const BrokerLife life = *liveness_.Find(broker);
    if (life.open) {
      EndSession(
          *life.session,
          MakeError(ErrorCode::kSessionExpired,
                    absl::StrCat("broker ", broker.value(), " was silent for ",
                                 absl::ToInt64Milliseconds(timeout), " ms"),
                    "open a new stream and register"),
          effects);
    }
    liveness_.Forget(broker);
    Fence(broker, now, effects);
  }
}

void ActiveController::ForgiveStall(const Instant& now) {
  if (!promised_.has_value()) return;
  const absl::Duration late = now.monotonic - *promised_;
  // Whatever brokers sent meanwhile still waits to be read.
  if (late > kLatenessMax) {
    liveness_.Forgive(late, 2 * options_.heartbeat, now.monotonic);
  }
}

bool ActiveController::OthersSawStop(BrokerId broker) {
  const BrokerLife* life = liveness_.Find(broker);
  if (!life->stop_offset.has_value()) {
    // Asked under an earlier leader: what is known now is late enough.
    liveness_.SetStopOffset(broker, latest_.version());
  }
  const LogIndex stop = *life->stop_offset;
  bool all = committed_.version() >= stop;
  latest_.ForEachBroker([&](const image::BrokerState& other) {
    if (other.id == broker || other.fenced) return;
    const BrokerLife* seen = liveness_.Find(other.id);
    if (seen == nullptr || seen->applied < stop) all = false;
  });
  return all;
}

void ActiveController::BeginLeading(const Instant& now) {
  role_ = Role::kLeading;
  latest_.ForEachBroker([&](const image::BrokerState& broker) {
    if (broker.fenced) return;
    liveness_.Expect(broker.id, broker.epoch, now.monotonic);
  });
}

void ActiveController::StepDown(Effects& effects) {
  role_ = Role::kStandby;
  if (!SEEDED_BUG(kKeepsPendingOnStepDown)) {
    pending_.clear();
    latest_ = committed_;
  }
  const absl::Status status = CheckReady();
  // What they wait for may be in others' logs, and be committed by them.
  replies_.Drop(SEEDED_BUG(kRefusesWhatIsPending) ? status : OutcomeUnknown(),
                effects);
  for (const auto& [broker, life] : liveness_.lives()) {
    if (life.open) EndSession(*life.session, status, effects);
  }
  liveness_.Clear();
}

absl::Duration ActiveController::SessionTimeout() const {
  return absl::Milliseconds(
      config::ClusterConfigOf(latest_).broker_session_timeout_ms());
}

}  // namespace barnabas::active
