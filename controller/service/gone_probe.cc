#include "controller/service/gone_probe.h"

#include <utility>

namespace barnabas::controller {
namespace {

constexpr absl::Duration kConnectTimeout = absl::Milliseconds(300);
// Between tries, doubling: the kernel closes a dead process's descriptors one
// by one, so its port may outlive its stream by a moment.
constexpr absl::Duration kPauseFirst = absl::Milliseconds(5);

// What other brokers dial comes first: that is what being gone means.
const internal::v1::BrokerEndpoint* Choose(
    const internal::v1::RegisterBroker& broker) {
  const internal::v1::BrokerEndpoint* chosen = nullptr;
  for (const internal::v1::BrokerEndpoint& each : broker.endpoints()) {
    if (each.port() <= 0) continue;
    if (each.listener() == "peer") return &each;
    if (each.listener() == "client") chosen = &each;
  }
  return chosen;
}

}  // namespace

GoneProbe::GoneProbe(env::EventLoop* loop, env::WorkerPool* workers,
                     Connect connect)
    : loop_(loop), workers_(workers), connect_(std::move(connect)) {}

void GoneProbe::Look(const internal::v1::RegisterBroker& broker,
                     std::function<void()> gone) {
  const internal::v1::BrokerEndpoint* endpoint = Choose(broker);
  if (endpoint == nullptr) return;
  Look(endpoint->host(), endpoint->port(), std::move(gone));
}

void GoneProbe::Look(const std::string& host, int32_t port,
                     std::function<void()> gone) {
  if (running_ >= kProbesMax) return;
  auto target = std::make_shared<Target>();
  target->host = host;
  target->port = port;
  target->gone = std::move(gone);
  ++running_;
  Try(target);
}

void GoneProbe::Try(const std::shared_ptr<Target>& target) {
  ++target->tries;
  auto work = [this, target, alive = alive_, loop = loop_, connect = connect_] {
    const env::ProbeOutcome outcome =
        connect(target->host, target->port, kConnectTimeout);
    loop->PostAlways([this, target, alive, outcome] {
      if (*alive) Tried(target, outcome);
    });
  };
  if (!workers_->Run(std::move(work))) {
    Tried(target, env::ProbeOutcome::kUnknown);
  }
}

void GoneProbe::Tried(const std::shared_ptr<Target>& target,
                      env::ProbeOutcome outcome) {
  if (outcome == env::ProbeOutcome::kRefused) {
    --running_;
    return target->gone();
  }
  if (target->tries >= kProbeTimes) {
    --running_;
    return;
  }
  const absl::Duration pause = kPauseFirst * (1 << target->tries);
  loop_->After(pause, [this, target, alive = alive_] {
    if (*alive) Try(target);
  });
}

}  // namespace barnabas::controller
