// LockChecks: Abseil's deadlock detector, off.
//
// What: Debian builds Abseil without NDEBUG, so each absl::Mutex asks one
//   global graph, under one global lock, whether it may be taken: measured,
//   that is half of what a record costs a sender, and all threads meet there.
//   Tests run with the detector on; programs turn it off.
// Units: none. Empty case: calling it again changes nothing.
// Thread: first thing in main. Errors: none.
#ifndef BARNABAS_STORAGE_ENV_LOCK_CHECKS_H_
#define BARNABAS_STORAGE_ENV_LOCK_CHECKS_H_

namespace barnabas::env {

void StopLockChecks();

}  // namespace barnabas::env

#endif  // BARNABAS_STORAGE_ENV_LOCK_CHECKS_H_
