#include "storage/env/lock_checks.h"

#include "absl/synchronization/mutex.h"

namespace barnabas::env {

void StopLockChecks() {
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
}

}  // namespace barnabas::env
