// IdleTrim: gives memory back once a busy time is over.
//
// What: looks at a count of events again and again; after an interval with
//   few of them that follows a busy one, it trims, once. While there is much
//   to do nothing is trimmed: the memory is needed again at once, and taking
//   it from the kernel anew costs more than the work itself.
// Place: one for a process, on a loop that outlives it or is stopped first.
// Units: events. Ranges: an interval with fewer than `quiet_below` is quiet.
// Empty case: a process that was never busy is trimmed once, after its start.
// Thread: Start by the owner; `events` and `trim` are called on the loop.
// Errors: none.
#ifndef BARNABAS_STORAGE_ENV_IDLE_TRIM_H_
#define BARNABAS_STORAGE_ENV_IDLE_TRIM_H_

#include <cstdint>
#include <functional>

#include "absl/time/time.h"
#include "storage/env/event_loop.h"

namespace barnabas::env {

class IdleTrim {
 public:
  struct Options {
    EventLoop* loop = nullptr;
    absl::Duration interval = absl::Seconds(5);
    int64_t quiet_below = 500;
    // Only rises.
    std::function<int64_t()> events;
    // Must not block for long.
    std::function<void()> trim;
  };

  explicit IdleTrim(Options options);
  IdleTrim(const IdleTrim&) = delete;
  IdleTrim& operator=(const IdleTrim&) = delete;

  void Start();

 private:
  void Look();

  const Options options_;

  // Of the loop.
  int64_t seen_ = 0;
  // Since the last trim.
  bool was_busy_ = true;
};

}  // namespace barnabas::env

#endif  // BARNABAS_STORAGE_ENV_IDLE_TRIM_H_
