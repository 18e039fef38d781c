#include "controller/service/active_driver.h"

#include <glog/logging.h>

#include <algorithm>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "metadata/image/cluster_delta.h"
#include "metadata/image/image_diff.h"
#include "metadata/image/snapshot_bytes.h"
#include "proto/types/error.h"
#include "proto/types/limits.h"

namespace barnabas::controller {
namespace {

absl::Status Stopping() {
  return MakeError(ErrorCode::kShuttingDown, "this controller is stopping",
                   "ask again when it runs, or ask another one");
}

absl::Status OutcomeUnknown() {
  return MakeError(ErrorCode::kRequestTimedOut,
                   "this controller stopped before the change was committed",
                   "look whether it took effect before trying again");
}

active::Options CoreOptions(const ActiveDriver::Deps& deps) {
  active::Options options;
  options.id = deps.self;
  options.seed = deps.seed;
  options.in_sync_max = deps.in_sync_max;
  return options;
}

}  // namespace

class ActiveDriver::QuorumSide final : public quorum::QuorumEvents {
 public:
  explicit QuorumSide(ActiveDriver* driver) : driver_(driver) {}

  void OnSnapshot(LogIndex, const std::string& payload) override {
    driver_->Load(payload);
  }
  absl::AnyInvocable<std::string()> CaptureSnapshot() override {
    return [image = driver_->core_.committed()] {
      return image::SnapshotBytes(image);
    };
  }
  void OnCommitted(const quorum::QuorumEntry& entry) override {
    driver_->Replay(entry);
  }
  void OnLeading(Term term, LogIndex log_end) override {
    driver_->Step(active::GainedLeadership{term, log_end});
  }
  void OnFollowing(Term, std::optional<NodeId> leader) override {
    driver_->Step(active::LostLeadership{leader});
  }
  void OnFailed(const absl::Status& status) override { driver_->Fail(status); }

 private:
  ActiveDriver* const driver_;
};

ActiveDriver::ActiveDriver(const Deps& deps)
    : deps_(deps),
      quorum_side_(std::make_unique<QuorumSide>(this)),
      core_(CoreOptions(deps)) {}

ActiveDriver::~ActiveDriver() = default;

void ActiveDriver::Start() { deps_.quorum->Start(quorum_side_.get()); }

void ActiveDriver::Drain(absl::AnyInvocable<void()> done) {
  drained_ = std::move(done);
  TellDrained();
}

void ActiveDriver::TellDrained() {
  if (!drained_.has_value() || !waiting_.empty()) return;
  absl::AnyInvocable<void()> done = std::move(*drained_);
  *drained_ = nullptr;
  if (done != nullptr) done();
}

void ActiveDriver::Stop() {
  stopped_ = true;
  standing_ = Standing::kLost;
  if (tick_ != 0) deps_.loop->Cancel(tick_);
  tick_ = 0;
  std::map<active::CorrelationId, Done> waiting = std::move(waiting_);
  waiting_.clear();
  for (auto& [id, done] : waiting) done(OutcomeUnknown());
  const auto reads = std::exchange(reads_, {});
  for (const auto& [index, done] : reads) (*done)(Stopping());
  auto sessions = std::move(sessions_);
  sessions_.clear();
  for (auto& [id, sink] : sessions) sink->End(Stopping());
}

void ActiveDriver::Submit(active::AdminRequest request, Done done) {
  // Shared, since a task that was refused is gone.
  auto shared = std::make_shared<Done>(std::move(done));
  const bool taken =
      deps_.loop->Post([this, shared, request = std::move(request)]() mutable {
        if (stopped_ || drained_.has_value()) return (*shared)(Stopping());
        const active::CorrelationId id(next_id_++);
        waiting_.emplace(id, std::move(*shared));
        Step(active::Request{id, std::move(request)});
      });
  if (taken) return;
  (*shared)(stopped_ ? Stopping()
                     : MakeError(ErrorCode::kOverloaded,
                                 "too many requests wait for the controller",
                                 "try again later"));
}

void ActiveDriver::ReadCurrent(ReadDone done) {
  auto shared = std::make_shared<ReadDone>(std::move(done));
  if (deps_.loop->Post([this, shared] { BeginRead(shared); })) return;
  (*shared)(stopped_ ? Stopping()
                     : MakeError(ErrorCode::kOverloaded,
                                 "too many requests wait for the controller",
                                 "try again later"));
}

void ActiveDriver::BeginRead(std::shared_ptr<ReadDone> done) {
  if (stopped_) return (*done)(Stopping());
  // Whoever leads is named by it.
  const absl::Status ready = core_.CheckReady();
  if (!ready.ok()) return (*done)(ready);
  deps_.quorum->ConfirmRead([this, done](absl::StatusOr<LogIndex> confirmed) {
    if (stopped_) return (*done)(Stopping());
    if (!confirmed.ok()) {
      const absl::Status now = core_.CheckReady();
      return (*done)(now.ok() ? confirmed.status() : now);
    }
    reads_.emplace(*confirmed, done);
    AnswerReads();
  });
}

void ActiveDriver::AnswerReads() {
  const LogIndex version = core_.committed().version();
  while (!reads_.empty() && reads_.begin()->first <= version) {
    const std::shared_ptr<ReadDone> done = reads_.begin()->second;
    reads_.erase(reads_.begin());
    (*done)(absl::OkStatus());
  }
}

active::SessionId ActiveDriver::OpenSession(
    std::shared_ptr<SessionSink> sink,
    const internal::v1::RegisterBroker& frame) {
  const active::SessionId id(next_id_++);
  if (stopped_) {
    sink->End(Stopping());
    return id;
  }
  sessions_.emplace(id, std::move(sink));
  Step(active::SessionRegister{id, frame});
  return id;
}

void ActiveDriver::Heartbeat(active::SessionId session,
                             const internal::v1::BrokerHeartbeat& frame) {
  if (stopped_ || sessions_.count(session) == 0) return;
  Step(active::SessionHeartbeat{session, frame});
}

void ActiveDriver::CloseSession(active::SessionId session,
                                active::Evidence evidence) {
  if (stopped_) return;
  // Evidence may come after the stream has gone.
  sessions_.erase(session);
  Step(active::SessionClosed{session, evidence});
}

void ActiveDriver::Subscribe(
    std::function<void(const CommittedStep&)> on_committed) {
  subscribers_.push_back(std::move(on_committed));
}

image::ClusterImage ActiveDriver::image() const {
  absl::MutexLock lock(&mutex_);
  return image_;
}

void ActiveDriver::Replay(const quorum::QuorumEntry& entry) {
  active::Committed committed;
  committed.offset = entry.offset;
  committed.term = entry.term;
  if (!committed.entry.ParseFromString(entry.value)) {
    return Fail(
        MakeError(ErrorCode::kCorruptLog,
                  absl::StrCat("metadata entry ", entry.offset.value(),
                               " is not a message of this version"),
                  "start the version that wrote it, or restore the directory"));
  }
  const image::ClusterImage before = core_.committed();
  Step(committed);
  if (failed_ || core_.committed().version() == before.version()) return;
  image::ClusterDelta delta(before);
  // The core has replayed it already, so it cannot fail.
  delta.Replay(committed.entry, committed.offset, committed.term).IgnoreError();
  Tell({before, core_.committed(), delta.changes(), &committed});
}

void ActiveDriver::Load(const std::string& snapshot) {
  absl::StatusOr<image::ClusterImage> image = image::ReadSnapshot(snapshot);
  if (!image.ok()) return Fail(image.status());
  const image::ClusterImage before = core_.committed();
  Step(active::SnapshotLoaded{*std::move(image)});
  if (failed_ || subscribers_.empty()) return;
  const image::ImageChanges changes =
      image::ChangesBetween(before, core_.committed());
  Tell({before, core_.committed(), changes, nullptr});
}

void ActiveDriver::Tell(const CommittedStep& step) {
  for (const auto& subscriber : subscribers_) subscriber(step);
}

void ActiveDriver::Step(const active::Event& event) {
  if (stopped_ || failed_) return;
  const env::Clock& clock = deps_.loop->clock();
  const active::Instant now{clock.Monotonic(), clock.WallMs()};
  CarryOut(core_.Step(event, now));
}

void ActiveDriver::CarryOut(active::Effects effects) {
  if (!effects.failed.ok()) return Fail(effects.failed);
  for (const active::Append& append : effects.appends) {
    const absl::Status appended = deps_.quorum->Propose(
        append.expected_offset, append.term, append.entry.SerializeAsString());
    // OnFollowing follows; the core then drops what is pending.
    if (!appended.ok()) {
      LOG(WARNING) << "A metadata entry was refused: " << appended.message();
      break;
    }
  }
  if (core_.role() == active::Role::kLeading) {
    standing_ = Standing::kLeading;
  } else {
    standing_ = core_.ready() ? Standing::kFollowing : Standing::kLost;
  }
  {
    // Before replies, so that whoever got one sees its change.
    absl::MutexLock lock(&mutex_);
    image_ = core_.committed();
  }
  for (const active::SessionSend& send : effects.sends) {
    const auto sink = sessions_.find(send.session);
    if (sink != sessions_.end()) sink->second->Send(send.message);
  }
  for (active::Reply& reply : effects.replies) {
    const auto waiting = waiting_.find(reply.id);
    CHECK(waiting != waiting_.end()) << "a request is answered once";
    Done done = std::move(waiting->second);
    waiting_.erase(waiting);
    done(std::move(reply.response));
  }
  for (const active::SessionEnd& end : effects.ends) {
    const auto sink = sessions_.find(end.session);
    if (sink == sessions_.end()) continue;
    const std::shared_ptr<SessionSink> ended = std::move(sink->second);
    sessions_.erase(sink);
    ended->End(end.status);
  }
  AnswerReads();
  TellDrained();
  SetTick(effects.next_deadline);
}

void ActiveDriver::SetTick(const std::optional<absl::Duration>& deadline) {
  if (tick_ != 0) deps_.loop->Cancel(tick_);
  tick_ = 0;
  if (!deadline.has_value()) return;
  const absl::Duration delay = std::max(
      absl::ZeroDuration(), *deadline - deps_.loop->clock().Monotonic());
  tick_ = deps_.loop->After(delay, [this] {
    tick_ = 0;
    Step(active::Tick{});
  });
}

void ActiveDriver::Fail(const absl::Status& status) {
  if (failed_) return;
  failed_ = true;
  standing_ = Standing::kLost;
  if (deps_.on_failed) deps_.on_failed(status);
}

}  // namespace barnabas::controller
