#include "client/serving/health.h"

#include <grpcpp/health_check_service_interface.h>

namespace barnabas::rpc {
namespace {

constexpr char kNode[] = "";
constexpr char kLiveness[] = "liveness";
constexpr char kReadiness[] = "readiness";

}  // namespace

HealthBoard::HealthBoard() : ready_fault_("starting") {
  states_[kNode] = false;
  states_[kReadiness] = false;
  states_[kLiveness] = true;
}

void HealthBoard::SetService(const std::string& service, bool serving) {
  absl::MutexLock lock(&mutex_);
  wanted_[service] = serving;
  Set(service, serving && held_.count(service) == 0);
}

void HealthBoard::HoldService(const std::string& service, bool held) {
  absl::MutexLock lock(&mutex_);
  if (held) {
    held_.insert(service);
  } else {
    held_.erase(service);
  }
  Set(service, wanted_[service] && !held);
}

void HealthBoard::SetReady(bool ready, const std::string& reason) {
  absl::MutexLock lock(&mutex_);
  if (draining_) return;
  ready_fault_ = ready ? "" : (reason.empty() ? "not ready" : reason);
  Set(kNode, ready);
  Set(kReadiness, ready);
}

void HealthBoard::SetLive(bool live, const std::string& reason) {
  absl::MutexLock lock(&mutex_);
  live_fault_ = live ? "" : (reason.empty() ? "not live" : reason);
  Set(kLiveness, live);
}

void HealthBoard::SetStarted() {
  absl::MutexLock lock(&mutex_);
  started_ = true;
}

void HealthBoard::Drain() {
  absl::MutexLock lock(&mutex_);
  for (const auto& [name, serving] : states_) {
    if (name != kLiveness) Set(name, false);
  }
  ready_fault_ = "stopping";
  draining_ = true;
}

bool HealthBoard::IsServing(const std::string& name) const {
  absl::MutexLock lock(&mutex_);
  const auto found = states_.find(name);
  return found != states_.end() && found->second;
}

std::string HealthBoard::LiveFault() const {
  absl::MutexLock lock(&mutex_);
  return live_fault_;
}

std::string HealthBoard::ReadyFault() const {
  absl::MutexLock lock(&mutex_);
  return ready_fault_;
}

std::string HealthBoard::StartFault() const {
  absl::MutexLock lock(&mutex_);
  return started_ ? "" : "starting";
}

void HealthBoard::Attach(grpc::HealthCheckServiceInterface* health) {
  absl::MutexLock lock(&mutex_);
  attached_.insert(health);
  for (const auto& [name, serving] : states_) {
    health->SetServingStatus(name, serving);
  }
}

void HealthBoard::Detach(grpc::HealthCheckServiceInterface* health) {
  absl::MutexLock lock(&mutex_);
  attached_.erase(health);
}

void HealthBoard::Set(const std::string& name, bool serving) {
  if (draining_ && name != kLiveness) return;
  const auto [state, fresh] = states_.emplace(name, serving);
  // Watchers are told of changes, not of every look.
  if (!fresh && state->second == serving) return;
  state->second = serving;
  for (grpc::HealthCheckServiceInterface* health : attached_) {
    health->SetServingStatus(name, serving);
  }
}

}  // namespace barnabas::rpc
