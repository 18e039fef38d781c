#include "tests/sim/sim_broker.h"

#include <utility>

#include "metadata/image/features.h"

namespace barnabas::sim {
namespace {

constexpr absl::Duration kBeat = absl::Milliseconds(500);

}  // namespace

// The controller's side of the session; outlives either.
class SimBroker::Sink final : public controller::SessionSink {
 public:
  void Send(const internal::v1::BrokerSessionResponse& message) override {
    if (message.has_registered()) epoch_ = message.registered().broker_epoch();
    if (message.has_failed()) ended_ = true;
  }
  void End(const absl::Status&) override { ended_ = true; }

  void SetSession(active::SessionId session) { session_ = session; }
  const std::optional<active::SessionId>& session() const { return session_; }
  const std::optional<int64_t>& epoch() const { return epoch_; }
  bool ended() const { return ended_; }

 private:
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

void SimBroker::Restart() {
  Drop();
  ++incarnation_;
}

void SimBroker::Tick() {
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
  sink_ = std::make_shared<Sink>();
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
  frame.set_applied_offset(node_->driver().image().version().value());
  controller::ActiveDriver* const driver = &node_->driver();
  node_->loop().PostAlways([driver, frame, sink = sink_] {
    if (!sink->ended()) driver->Heartbeat(*sink->session(), frame);
  });
}

}  // namespace barnabas::sim
