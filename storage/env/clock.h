// Clock: the only way to learn the time.
//
// What: wall time for what records say, monotonic time for what must wait.
// Units: wall time in milliseconds since the Unix epoch where a record or the
//   wire is involved, absl types elsewhere.
// Empty case: none; a clock always has a time.
// Thread: all methods may be called from any thread.
// Errors: none.
// Always true: Monotonic never goes back; Wall may jump either way.
#ifndef BARNABAS_STORAGE_ENV_CLOCK_H_
#define BARNABAS_STORAGE_ENV_CLOCK_H_

#include <cstdint>

#include "absl/time/time.h"

namespace barnabas::env {

class Clock {
 public:
  virtual ~Clock() = default;

  // Wall time.
  virtual absl::Time Wall() const = 0;

  // Time since some fixed moment of this process.
  virtual absl::Duration Monotonic() const = 0;

  // Wall time as records carry it; asked for with every record.
  virtual int64_t WallMs() const { return absl::ToUnixMillis(Wall()); }
};

}  // namespace barnabas::env

#endif  // BARNABAS_STORAGE_ENV_CLOCK_H_
