// FaultInjector: what is done to the processes of a run, each with its proof.
//
// What: kills, pauses and stops broker and controller and brings them back.
//   A fault that cannot show that it happened is an error: the process is gone
//   by the signal or stopped (state T), and what comes back is another
//   incarnation with a higher broker epoch, or the same one, running again.
// Units: absl::Duration. Empty case: none.
// Thread: one at a time; blocks until the cluster serves again.
// Errors: what was not proven, or did not come back.
#ifndef BARNABAS_TESTS_CHAOS_FAULT_INJECTOR_H_
#define BARNABAS_TESTS_CHAOS_FAULT_INJECTOR_H_

#include <cstdint>
#include <string_view>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "barnabas/v1/discovery.pb.h"
#include "tests/e2e/local_cluster.h"

namespace barnabas::chaos {

enum class Fault {
  kKillBroker,
  kKillController,
  // Both within some milliseconds.
  kKillBoth,
  // SIGSTOP, for less than a session, then SIGCONT.
  kPauseBroker,
  // Until the controller has fenced it.
  kPauseBrokerUntilFenced,
  kPauseController,
  // Killed again and again while it starts.
  kKillBrokerInRecovery,
  // SIGTERM; must end by itself, cleanly.
  kStopBroker,
  // SIGTERM, and SIGKILL while it stops.
  kKillBrokerInStop,
  kStopController,
};

std::string_view NameOf(Fault fault);
const std::vector<Fault>& AllFaults();

class FaultInjector {
 public:
  // `during` is called while a controller is away: the brokers must serve.
  FaultInjector(e2e::LocalCluster* cluster, uint64_t seed,
                absl::FunctionRef<absl::Status()> during)
      : cluster_(cluster), bits_(seed), during_(during) {}

  absl::Status Inject(Fault fault);

 private:
  // A choice below `bound`.
  int64_t Choose(int64_t bound);

  absl::Status KillBroker();
  absl::Status KillController();
  absl::Status KillBoth();
  absl::Status PauseBroker();
  absl::Status PauseBrokerUntilFenced();
  absl::Status PauseController();
  absl::Status KillBrokerInRecovery();
  absl::Status StopBroker();
  absl::Status KillBrokerInStop();
  absl::Status StopController();

  // Starts the broker, and has it proven that it is not the one `before`.
  absl::Status ReviveBroker(const v1::BrokerInfo& before);
  absl::Status ReviveController();
  // The broker as the controller knows it.
  absl::StatusOr<v1::BrokerInfo> LookUpBroker() const;
  // Waits until the controller says so.
  absl::Status AwaitState(v1::BrokerState state);

  e2e::LocalCluster* const cluster_;
  uint64_t bits_;
  const absl::FunctionRef<absl::Status()> during_;
};

}  // namespace barnabas::chaos

#endif  // BARNABAS_TESTS_CHAOS_FAULT_INJECTOR_H_
