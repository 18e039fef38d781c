// SystemClock: the machine's own time.
//
// What: the only place that asks the machine for the time.
// Units: as in clock.h; Monotonic counts from the object's making. WallMs may
//   be a tenth of a millisecond late.
// Empty case: none. Thread: any. Errors: none.
#ifndef BARNABAS_STORAGE_ENV_SYSTEM_CLOCK_H_
#define BARNABAS_STORAGE_ENV_SYSTEM_CLOCK_H_

#include <chrono>

#include "absl/time/time.h"
#include "storage/env/clock.h"

namespace barnabas::env {

class SystemClock final : public Clock {
 public:
  SystemClock();

  absl::Time Wall() const override;
  absl::Duration Monotonic() const override;
  int64_t WallMs() const override;

 private:
  const std::chrono::steady_clock::time_point begin_;
};

}  // namespace barnabas::env

#endif  // BARNABAS_STORAGE_ENV_SYSTEM_CLOCK_H_
