#include "tools/cli/frame/interrupt.h"

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <cstdint>

#include "glog/logging.h"

namespace barnabas::cli {
namespace {

// A signal knows no object: the flag and the pipe are the process's.
std::atomic<int> raised_signal = 0;
int pipe_ends[2] = {-1, -1};

void OnSignal(int signal) {
  raised_signal = signal;
  const char byte = 1;
  if (pipe_ends[1] >= 0 && ::write(pipe_ends[1], &byte, 1) < 0) {
    // The pipe is full: whoever waits is awake already.
  }
}

}  // namespace

void Interrupt::Arm() {
  if (pipe_ends[0] < 0) {
    CHECK_EQ(pipe2(pipe_ends, O_CLOEXEC | O_NONBLOCK), 0) << "no pipe";
  }
  struct sigaction action {};
  action.sa_handler = OnSignal;
  // The second signal finds the default: the end.
  action.sa_flags = static_cast<int>(SA_RESETHAND);
  CHECK_EQ(sigaction(SIGINT, &action, nullptr), 0);
  CHECK_EQ(sigaction(SIGTERM, &action, nullptr), 0);
}

bool Interrupt::Raised() const { return raised_signal != 0; }

int Interrupt::signal() const { return raised_signal; }

void Interrupt::Raise() { OnSignal(SIGINT); }

bool Interrupt::WaitFor(absl::Duration time) const {
  pollfd wait{pipe_ends[0], POLLIN, 0};
  const int64_t ms = absl::ToInt64Milliseconds(time);
  if (!Raised()) {
    poll(&wait, pipe_ends[0] >= 0 ? 1 : 0,
         static_cast<int>(std::clamp<int64_t>(ms, 0, 3'600'000)));
  }
  return Raised();
}

}  // namespace barnabas::cli
