#include "tests/chaos/fault_injector.h"

#include <grpcpp/client_context.h>
#include <signal.h>

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "barnabas/v1/discovery.grpc.pb.h"
#include "proto/types/error.h"
#include "proto/types/status_macros.h"
#include "storage/env/system_clock.h"
#include "tests/chaos/process_proof.h"
#include "tests/chaos/record_text.h"

namespace barnabas::chaos {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(60);
constexpr absl::Duration kLook = absl::Milliseconds(20);
// Below the session of 3 s by so much that load cannot make it longer.
constexpr int64_t kPauseMsMax = 800;
// A start takes some tenths of a second, a stop less.
constexpr int64_t kStartMsMax = 250;
constexpr int64_t kStopMsMax = 60;
constexpr int64_t kStartsMax = 4;

absl::Status NotProven(std::string_view what) {
  return MakeError(ErrorCode::kInternal, what);
}

}  // namespace

std::string_view NameOf(Fault fault) {
  switch (fault) {
    case Fault::kKillBroker:
      return "kill -9 broker";
    case Fault::kKillController:
      return "kill -9 controller";
    case Fault::kKillBoth:
      return "kill -9 both";
    case Fault::kPauseBroker:
      return "SIGSTOP broker, less than a session";
    case Fault::kPauseBrokerUntilFenced:
      return "SIGSTOP broker until fenced";
    case Fault::kPauseController:
      return "SIGSTOP controller";
    case Fault::kKillBrokerInRecovery:
      return "kill -9 broker while it starts, repeatedly";
    case Fault::kStopBroker:
      return "SIGTERM broker";
    case Fault::kKillBrokerInStop:
      return "SIGTERM broker, kill -9 while it stops";
    case Fault::kStopController:
      return "SIGTERM controller";
  }
  return "";
}

const std::vector<Fault>& AllFaults() {
  static const std::vector<Fault>* const all = new std::vector<Fault>{
      Fault::kKillBroker,
      Fault::kKillController,
      Fault::kKillBoth,
      Fault::kPauseBroker,
      Fault::kPauseBrokerUntilFenced,
      Fault::kPauseController,
      Fault::kKillBrokerInRecovery,
      Fault::kStopBroker,
      Fault::kKillBrokerInStop,
      Fault::kStopController,
  };
  return *all;
}

int64_t FaultInjector::Choose(int64_t bound) {
  bits_ = Mix(bits_);
  return static_cast<int64_t>(bits_ % static_cast<uint64_t>(bound));
}

absl::Status FaultInjector::Inject(Fault fault) {
  switch (fault) {
    case Fault::kKillBroker:
      return KillBroker();
    case Fault::kKillController:
      return KillController();
    case Fault::kKillBoth:
      return KillBoth();
    case Fault::kPauseBroker:
      return PauseBroker();
    case Fault::kPauseBrokerUntilFenced:
      return PauseBrokerUntilFenced();
    case Fault::kPauseController:
      return PauseController();
    case Fault::kKillBrokerInRecovery:
      return KillBrokerInRecovery();
    case Fault::kStopBroker:
      return StopBroker();
    case Fault::kKillBrokerInStop:
      return KillBrokerInStop();
    case Fault::kStopController:
      return StopController();
  }
  return NotProven("no such fault");
}

absl::StatusOr<v1::BrokerInfo> FaultInjector::LookUpBroker() const {
  const auto stub =
      v1::Discovery::NewStub(cluster_->Dial(cluster_->peer_endpoint()));
  const env::SystemClock clock;
  std::string why = "no broker is known";
  while (clock.Monotonic() < kPatience) {
    grpc::ClientContext context;
    context.set_wait_for_ready(true);
    context.set_deadline(e2e::Deadline(kPatience));
    v1::DescribeClusterResponse response;
    const grpc::Status status = stub->DescribeCluster(
        &context, v1::DescribeClusterRequest(), &response);
    if (status.ok() && response.brokers_size() == 1) return response.brokers(0);
    // A controller that has just started reads its log first.
    if (!status.ok()) why = status.error_message();
    RETURN_IF_ERROR(Let(cluster_->controller(), kLook));
  }
  return NotProven(why);
}

absl::Status FaultInjector::AwaitState(v1::BrokerState state) {
  const env::SystemClock clock;
  while (clock.Monotonic() < kPatience) {
    ASSIGN_OR_RETURN(const v1::BrokerInfo broker, LookUpBroker());
    if (broker.state() == state) return absl::OkStatus();
    RETURN_IF_ERROR(Let(cluster_->controller(), kLook));
  }
  return NotProven(absl::StrCat("the controller never says that the broker is ",
                                v1::BrokerState_Name(state)));
}

absl::Status FaultInjector::ReviveBroker(const v1::BrokerInfo& before) {
  cluster_->StartBroker();
  cluster_->WaitForBroker();
  ASSIGN_OR_RETURN(const v1::BrokerInfo after, LookUpBroker());
  if (after.incarnation_id() == before.incarnation_id() ||
      after.epoch() <= before.epoch()) {
    return NotProven(absl::StrCat(
        "incarnation ", before.incarnation_id(), " of epoch ", before.epoch(),
        " became ", after.incarnation_id(), " of epoch ", after.epoch()));
  }
  return absl::OkStatus();
}

absl::Status FaultInjector::ReviveController() {
  cluster_->StartController();
  return AwaitState(v1::BROKER_STATE_RUNNING);
}

absl::Status FaultInjector::KillBroker() {
  ASSIGN_OR_RETURN(const v1::BrokerInfo before, LookUpBroker());
  RETURN_IF_ERROR(KillProven(cluster_->broker()));
  return ReviveBroker(before);
}

absl::Status FaultInjector::KillController() {
  RETURN_IF_ERROR(KillProven(cluster_->controller()));
  RETURN_IF_ERROR(during_());
  return ReviveController();
}

absl::Status FaultInjector::KillBoth() {
  ASSIGN_OR_RETURN(const v1::BrokerInfo before, LookUpBroker());
  cluster_->controller()->Signal(SIGKILL);
  cluster_->broker()->Signal(SIGKILL);
  RETURN_IF_ERROR(KillProven(cluster_->controller()));
  RETURN_IF_ERROR(KillProven(cluster_->broker()));
  cluster_->StartController();
  return ReviveBroker(before);
}

absl::Status FaultInjector::PauseBroker() {
  RETURN_IF_ERROR(PauseProven(cluster_->broker()));
  RETURN_IF_ERROR(
      Let(cluster_->broker(), absl::Milliseconds(Choose(kPauseMsMax))));
  return ResumeProven(cluster_->broker());
}

absl::Status FaultInjector::PauseBrokerUntilFenced() {
  ASSIGN_OR_RETURN(const v1::BrokerInfo before, LookUpBroker());
  RETURN_IF_ERROR(PauseProven(cluster_->broker()));
  RETURN_IF_ERROR(AwaitState(v1::BROKER_STATE_FENCED));
  RETURN_IF_ERROR(ResumeProven(cluster_->broker()));
  RETURN_IF_ERROR(AwaitState(v1::BROKER_STATE_RUNNING));
  ASSIGN_OR_RETURN(const v1::BrokerInfo after, LookUpBroker());
  if (after.incarnation_id() == before.incarnation_id()) {
    return absl::OkStatus();
  }
  return NotProven("the broker that was paused is another one now");
}

absl::Status FaultInjector::PauseController() {
  RETURN_IF_ERROR(PauseProven(cluster_->controller()));
  RETURN_IF_ERROR(during_());
  RETURN_IF_ERROR(ResumeProven(cluster_->controller()));
  return AwaitState(v1::BROKER_STATE_RUNNING);
}

absl::Status FaultInjector::KillBrokerInRecovery() {
  ASSIGN_OR_RETURN(const v1::BrokerInfo before, LookUpBroker());
  RETURN_IF_ERROR(KillProven(cluster_->broker()));
  for (int64_t starts = 1 + Choose(kStartsMax); starts > 0; --starts) {
    cluster_->StartBroker();
    RETURN_IF_ERROR(
        Let(cluster_->broker(), absl::Milliseconds(Choose(kStartMsMax))));
    RETURN_IF_ERROR(KillProven(cluster_->broker()));
  }
  return ReviveBroker(before);
}

absl::Status FaultInjector::StopBroker() {
  ASSIGN_OR_RETURN(const v1::BrokerInfo before, LookUpBroker());
  RETURN_IF_ERROR(StopProven(cluster_->broker()));
  if (e2e::ReadText(cluster_->broker_data() + "/clean-stop").empty()) {
    return NotProven("the broker stopped without its clean marker");
  }
  return ReviveBroker(before);
}

absl::Status FaultInjector::KillBrokerInStop() {
  ASSIGN_OR_RETURN(const v1::BrokerInfo before, LookUpBroker());
  cluster_->broker()->Signal(SIGTERM);
  // It may be faster.
  cluster_->broker()->WaitForExit(absl::Milliseconds(Choose(kStopMsMax)));
  cluster_->broker()->Kill();
  return ReviveBroker(before);
}

absl::Status FaultInjector::StopController() {
  RETURN_IF_ERROR(StopProven(cluster_->controller()));
  RETURN_IF_ERROR(during_());
  return ReviveController();
}

}  // namespace barnabas::chaos
