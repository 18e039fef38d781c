#include "tests/sim/sim_broker.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "metadata/image/cluster_delta.h"
#include "metadata/image/features.h"

namespace barnabas::sim {
namespace {

constexpr absl::Duration kBeat = absl::Milliseconds(500);
// How often the committed end is looked at, and how long an answer may take.
constexpr absl::Duration kLook = absl::Milliseconds(50);
constexpr int64_t kFeedBytes = 4096;

}  // namespace

// The controller's side of the session; outlives either.
class SimBroker::Sink final : public controller::SessionSink {
 public:
  Sink(std::function<void(BrokerEpoch)> registered,
       std::function<void()> may_stop)
      : registered_(std::move(registered)), may_stop_(std::move(may_stop)) {}

  void Send(const internal::v1::BrokerSessionResponse& message) override {
    if (message.has_failed()) ended_ = true;
    if (message.reply().may_stop()) may_stop_();
    if (!message.has_registered()) return;
    epoch_ = message.registered().broker_epoch();
    registered_(BrokerEpoch(*epoch_));
  }
  void End(const absl::Status&) override { ended_ = true; }

  void SetSession(active::SessionId session) { session_ = session; }
  const std::optional<active::SessionId>& session() const { return session_; }
  const std::optional<int64_t>& epoch() const { return epoch_; }
  bool ended() const { return ended_; }

 private:
  const std::function<void(BrokerEpoch)> registered_;
  const std::function<void()> may_stop_;
  std::optional<active::SessionId> session_;
  std::optional<int64_t> epoch_;
  bool ended_ = false;
};

SimBroker::SimBroker(const Deps& deps, BrokerId id) : deps_(deps), id_(id) {}

bool SimBroker::Attached() const {
  return sink_ != nullptr && !sink_->ended() && node_->up() &&
         node_->lives() == node_life_;
}

void SimBroker::Drop() {
  const bool attached = Attached();
  const std::shared_ptr<Sink> sink = std::exchange(sink_, nullptr);
  ControllerNode* const node = std::exchange(node_, nullptr);
  if (!attached) return;
  controller::ActiveDriver* const driver = &node->driver();
  node->loop().PostAlways([driver, sink] {
    if (!sink->session().has_value()) return;
    driver->CloseSession(*sink->session(), active::Evidence::kStreamEnded);
    driver->CloseSession(*sink->session(), active::Evidence::kProcessGone);
  });
}

void SimBroker::Start() {
  Tick();
  Follow();
}

void SimBroker::Restart() {
  Drop();
  ++incarnation_;
  stopping_ = false;
  may_stop_ = false;
  image_ = image::ClusterImage();
  source_ = nullptr;
}

void SimBroker::Tick() {
  if (may_stop_) Restart();
  ControllerNode* const leader = deps_.leader();
  if (!Attached() || node_ != leader) Drop();
  if (sink_ != nullptr) {
    Beat();
  } else if (leader != nullptr) {
    Register(leader);
  }
  deps_.loop->After(kBeat, [this] { Tick(); });
}

void SimBroker::Register(ControllerNode* node) {
  node_ = node;
  node_life_ = node->lives();
  sink_ = std::make_shared<Sink>(
      [checker = deps_.checker, id = id_, incarnation = incarnation_](
          BrokerEpoch epoch) { checker->OnRegistered(id, incarnation, epoch); },
      [this, node, incarnation = incarnation_] {
        if (incarnation != incarnation_ || !stopping_) return;
        deps_.checker->OnMayStop(id_, node->driver().image());
        may_stop_ = true;
      });
  internal::v1::RegisterBroker frame;
  frame.set_cluster_id(deps_.cluster.ToString());
  frame.set_broker_id(id_.value());
  image::WriteRanges(image::UnderstoodFeatures(), *frame.mutable_features());
  frame.set_incarnation_id(
      Uuid::FromRandom(static_cast<uint64_t>(id_.value()), incarnation_)
          .ToString());
  frame.set_directory_id(
      Uuid::FromRandom(77, static_cast<uint64_t>(id_.value())).ToString());
  frame.set_version("sim");
  internal::v1::BrokerEndpoint* const endpoint = frame.add_endpoints();
  endpoint->set_listener("client");
  endpoint->set_host("sim");
  endpoint->set_port(9292);
  controller::ActiveDriver* const driver = &node->driver();
  node->loop().PostAlways([driver, frame, sink = sink_] {
    sink->SetSession(driver->OpenSession(sink, frame));
  });
}

void SimBroker::Beat() {
  if (!sink_->epoch().has_value()) return;
  internal::v1::BrokerHeartbeat frame;
  frame.set_broker_epoch(*sink_->epoch());
  frame.set_applied_offset(image_.version().value());
  frame.set_want_stop(stopping_);
  controller::ActiveDriver* const driver = &node_->driver();
  node_->loop().PostAlways([driver, frame, sink = sink_] {
    if (!sink->ended()) driver->Heartbeat(*sink->session(), frame);
  });
}

void SimBroker::Follow() {
  deps_.loop->After(kLook, [this] { Follow(); });
  if (source_ == nullptr || !source_->up()) source_ = deps_.any();
  if (!source_->up()) return;
  ControllerNode* const source = source_;
  const int64_t life = source->lives();
  // On the controller's loop, as the service; the answer takes its way back.
  source->loop().PostAlways([this, source, life, incarnation = incarnation_] {
    if (incarnation != incarnation_) return;
    auto fed = std::make_shared<Fed>(Feed(source, image_.version().Next()));
    deps_.loop->PostAlways([this, source, life, incarnation, fed] {
      const bool same = incarnation == incarnation_ && source == source_ &&
                        source->up() && source->lives() == life;
      if (same) Take(*fed);
    });
  });
}

// What MetadataFeeds does.
SimBroker::Fed SimBroker::Feed(ControllerNode* node, LogIndex next) {
  Fed fed;
  quorum::MetadataQuorum& quorum = node->quorum();
  const LogIndex end = quorum.committed_end();
  if (!node->driver().ready() || next > end) {
    fed.astray = true;
    return fed;
  }
  if (next < quorum.log_start()) {
    fed.snapshot = node->driver().image();
    return fed;
  }
  if (next == end) return fed;
  const auto entries = quorum.Read(next, kFeedBytes);
  if (!entries.ok()) {
    fed.astray = true;
    return fed;
  }
  for (const quorum::QuorumEntry& entry : *entries) {
    active::Committed committed{entry.offset, entry.term, {}};
    if (committed.entry.ParseFromString(entry.value)) {
      fed.entries.push_back(std::move(committed));
    }
  }
  return fed;
}

void SimBroker::Take(const Fed& fed) {
  if (fed.astray) {
    source_ = nullptr;
    return;
  }
  if (fed.snapshot.has_value()) {
    if (fed.snapshot->version() <= image_.version()) return;
    image_ = *fed.snapshot;
    return deps_.checker->OnFollowedSnapshot(id_, image_);
  }
  for (const active::Committed& entry : fed.entries) {
    // Looked at twice before the first answer came.
    if (entry.offset <= image_.version()) continue;
    if (entry.offset != image_.version().Next()) {
      return deps_.checker->Break(absl::StrCat(
          "R19: broker ", id_.value(), " is told of ", entry.offset.value(),
          " after ", image_.version().value()));
    }
    image::ClusterDelta delta(image_);
    const absl::Status replayed =
        delta.Replay(entry.entry, entry.offset, entry.term);
    if (!replayed.ok()) {
      return deps_.checker->Break(absl::StrCat(
          "R19: broker ", id_.value(), ": ", std::string(replayed.message())));
    }
    image_ = delta.Apply();
    deps_.checker->OnFollowed(id_, entry, image_);
  }
}

}  // namespace barnabas::sim
