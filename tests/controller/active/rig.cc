#include "tests/controller/active/rig.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "metadata/image/broker_state.h"
#include "metadata/image/cluster_delta.h"
#include "metadata/image/invariants.h"
#include "metadata/image/snapshot.h"
#include "tests/controller/planner/registrations.h"
#include "tests/metadata/image/image_builder.h"

namespace barnabas::active {
namespace {

Options MakeOptions(uint64_t seed, const image::ClusterImage& image) {
  Options options;
  options.id = NodeId(1);
  options.seed = seed;
  options.image = image;
  options.pending_entries_max = 8;
  options.pending_replies_max = 32;
  options.entry_bytes_max = kEntryBytes;
  return options;
}

internal::v1::MetadataEntry Bootstrap() {
  internal::v1::MetadataEntry entry;
  internal::v1::BootstrapRecord* record =
      entry.add_records()->mutable_bootstrap();
  record->set_cluster_id(image::TestId(0).ToString());
  record->set_format_version(1);
  return entry;
}

}  // namespace

SessionId BrokerBench::Open(SessionId session, int32_t broker, bool anew) {
  if (anew) ++lives_[broker];
  all_[session].broker = broker;
  all_[session].life = lives_[broker];
  newest_[broker] = session;
  return session;
}

std::string BrokerBench::Take(const SessionSend& send) {
  Session& session = all_[send.session];
  if (send.message.has_reply()) session.reply = send.message.reply();
  if (!send.message.has_registered()) return "";
  session.epoch = send.message.registered().broker_epoch();
  for (const auto& [id, other] : all_) {
    if (other.broker == session.broker && other.life != session.life &&
        other.epoch.has_value() && !other.closed && !other.end.has_value()) {
      return absl::StrCat("C1 broken: two lives of broker ", session.broker);
    }
  }
  return "";
}

std::string BrokerBench::Take(const SessionEnd& end) {
  Session& session = all_[end.session];
  session.end = end.status;
  // Ended for the sake of a newer one: that must be of the same life.
  const bool replaced = end.status.message().find("opened another session") !=
                        absl::string_view::npos;
  if (replaced && session.life != lives_[session.broker]) {
    return absl::StrCat("C1 broken: a live twin of broker ", session.broker);
  }
  return "";
}

void BrokerBench::CloseAll() {
  for (auto& [id, session] : all_) session.closed = true;
}

Rig::Rig(uint64_t seed)
    : controller_(std::make_unique<ActiveController>(
          MakeOptions(seed, image::ClusterImage()))) {
  log_.push_back(Entry{Term(0), Bootstrap()});
  Commit();
}

Instant Rig::Now() const {
  return Instant{absl::Milliseconds(now_ms_), 1'700'000'000'000 + now_ms_};
}

void Rig::Blame(const std::string& what) {
  if (fault_.empty()) fault_ = absl::StrCat("at ", now_ms_, " ms: ", what);
}

void Rig::Lead() {
  term_ = term_.Next();
  Do(GainedLeadership{term_, LogIndex(static_cast<int64_t>(log_.size()))});
}

void Rig::Lose(size_t kept) {
  log_.resize(std::min(log_.size(), committed_ + kept));
  Do(LostLeadership{});
  for (const auto& [id, answered] : asked_) {
    if (!answered) Blame(absl::StrCat("request ", id.value(), " unanswered"));
  }
}

void Rig::Restart(uint64_t seed) {
  log_.resize(committed_);
  controller_ = std::make_unique<ActiveController>(
      MakeOptions(seed, controller_->committed()));
  asked_.clear();
  brokers_.CloseAll();
  deadline_ = std::nullopt;
}

Effects Rig::Do(const Event& event) {
  const image::ClusterImage before = controller_->committed();
  const Effects effects = controller_->Step(event, Now());
  Take(effects);
  Check(before);
  return effects;
}

Effects Rig::Commit(size_t count) {
  Effects all;
  while (count-- > 0 && committed_ < log_.size()) {
    const Entry entry = log_[committed_];
    const auto next = image::ReplayEntry(
        replayed_, entry.entry, LogIndex(static_cast<int64_t>(committed_)),
        entry.term);
    if (!next.ok()) {
      Blame(absl::StrCat("cannot be replayed: ", next.status().ToString()));
      return all;
    }
    replayed_ = *next;
    const LogIndex offset(static_cast<int64_t>(committed_++));
    const Effects effects = Do(Committed{offset, entry.term, entry.entry});
    all.ends.insert(all.ends.end(), effects.ends.begin(), effects.ends.end());
  }
  return all;
}

void Rig::Advance(int64_t ms) {
  const int64_t until = now_ms_ + ms;
  // Each deadline is kept to the millisecond; a bound, should they not move.
  for (int steps = 0; steps < 10'000 && deadline_.has_value(); ++steps) {
    const int64_t due = absl::ToInt64Milliseconds(*deadline_);
    if (due > until) break;
    now_ms_ = std::max(now_ms_, due);
    Do(Tick{});
  }
  now_ms_ = until;
}

CorrelationId Rig::Ask(AdminRequest request) {
  const CorrelationId id(next_id_++);
  asked_[id] = false;
  Do(Request{id, std::move(request)});
  return id;
}

void Rig::Take(const Effects& effects) {
  if (!effects.failed.ok()) {
    Blame(absl::StrCat("failed: ", effects.failed.ToString()));
  }
  TakeAppends(effects);
  TakeAnswers(effects);
  deadline_ = effects.next_deadline;
}

void Rig::TakeAppends(const Effects& effects) {
  for (const Append& append : effects.appends) {
    if (append.expected_offset.value() != static_cast<int64_t>(log_.size()) ||
        append.term != term_) {
      Blame(absl::StrCat("appends at ", append.expected_offset.value(), ", ",
                         log_.size(), " is the end"));
    }
    log_.push_back(Entry{append.term, append.entry});
  }
}

void Rig::TakeAnswers(const Effects& effects) {
  for (const SessionSend& send : effects.sends) {
    const std::string fault = brokers_.Take(send);
    if (!fault.empty()) Blame(fault);
    if (send.message.has_registered() &&
        send.message.registered().broker_epoch() >=
            static_cast<int64_t>(committed_)) {
      Blame("a registration is told before its commit");
    }
  }
  for (const Reply& reply : effects.replies) {
    const auto asked = asked_.find(reply.id);
    if (asked == asked_.end() || asked->second) {
      Blame(absl::StrCat("request ", reply.id.value(), " answered twice"));
      continue;
    }
    asked->second = true;
    answers_.insert_or_assign(reply.id, reply.response);
    if (!reply.response.ok()) continue;
    const int64_t version = std::visit(
        [](const auto& response) -> int64_t {
          if constexpr (requires { response.metadata_version(); }) {
            return response.metadata_version();
          } else {
            return -1;
          }
        },
        *reply.response);
    if (version >= static_cast<int64_t>(committed_)) {
      Blame(absl::StrCat("answered at version ", version, ", committed are ",
                         committed_));
    }
  }
  for (const SessionEnd& end : effects.ends) {
    const std::string fault = brokers_.Take(end);
    if (!fault.empty()) Blame(fault);
  }
}

void Rig::Check(const image::ClusterImage& before) {
  const image::ClusterImage& committed = controller_->committed();
  for (const absl::Status& status :
       {image::CheckStep(before, committed),
        image::CheckInvariants(controller_->latest())}) {
    if (!status.ok()) Blame(status.ToString());
  }
  if (controller_->role() != Role::kLeading &&
      controller_->latest().parts() != committed.parts()) {
    Blame("a standby's latest image is not the committed one");
  }
  if (!image::SameImage(committed, replayed_)) {
    Blame("the committed image is not the replay of the committed log");
  }
}

SessionId Register(Rig& rig, int32_t broker, bool anew) {
  const SessionId session =
      rig.brokers().Open(SessionId(rig.NextId()), broker, anew);
  rig.Do(SessionRegister{
      session,
      planner::Registration(broker, static_cast<uint64_t>(broker) * 1000 +
                                        rig.brokers().Get(session).life)});
  return session;
}

void Beat(Rig& rig, int32_t broker, bool want_fence, bool want_stop) {
  internal::v1::BrokerHeartbeat heartbeat;
  heartbeat.set_broker_epoch(rig.brokers().Of(broker).epoch.value_or(-1));
  heartbeat.set_applied_offset(rig.image().version().value());
  heartbeat.set_want_fence(want_fence);
  heartbeat.set_want_stop(want_stop);
  heartbeat.set_disk_used_bytes(broker);
  rig.Do(SessionHeartbeat{rig.brokers().NewestOf(broker), heartbeat});
}

void Close(Rig& rig, SessionId session, Evidence evidence) {
  rig.brokers().Get(session).closed = true;
  rig.Do(SessionClosed{session, evidence});
}

}  // namespace barnabas::active
