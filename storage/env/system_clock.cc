#include "storage/env/system_clock.h"

#if defined(__x86_64__)
#include <x86intrin.h>
#endif

#include "absl/time/clock.h"

namespace barnabas::env {
namespace {

int64_t AskForMs() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::floor<std::chrono::milliseconds>(now).count();
}

}  // namespace

SystemClock::SystemClock() : begin_(std::chrono::steady_clock::now()) {}

absl::Time SystemClock::Wall() const { return absl::Now(); }

absl::Duration SystemClock::Monotonic() const {
  return absl::FromChrono(std::chrono::steady_clock::now() - begin_);
}

// A fast producer asks for every record, several times within a microsecond;
// counting cycles costs a third of asking the machine.
int64_t SystemClock::WallMs() const {
#if defined(__x86_64__)
  // Less than a tenth of a millisecond on any processor there is.
  constexpr uint64_t kCyclesMax = 100'000;
  struct Asked {
    uint64_t at = 0;
    int64_t ms = 0;
  };
  thread_local Asked last;
  const uint64_t now = __rdtsc();
  // Also true should the count have gone back.
  if (now - last.at >= kCyclesMax) last = {now, AskForMs()};
  return last.ms;
#else
  return AskForMs();
#endif
}

}  // namespace barnabas::env
