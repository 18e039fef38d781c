// The detector is off: locks may be taken in any order.
#include "storage/env/lock_checks.h"

#include <gtest/gtest.h>

#include "absl/synchronization/mutex.h"

namespace barnabas::env {
namespace {

TEST(LockChecksTest, AnOrderThatCouldDeadlockIsNotJudgedAnyMore) {
  StopLockChecks();
  absl::Mutex first;
  absl::Mutex second;
  {
    absl::MutexLock outer(&first);
    absl::MutexLock inner(&second);
  }
  // With the detector on this would end the process.
  absl::MutexLock outer(&second);
  absl::MutexLock inner(&first);
  SUCCEED();
}

}  // namespace
}  // namespace barnabas::env
