// Interrupt: Ctrl-C as an event, for commands that end cleanly.
//
// What: until Arm, SIGINT and SIGTERM end the process as usual (130, 143).
//   After Arm the first one raises the flag and wakes whoever waits; the
//   second one ends the process at once.
// Units: absl::Duration. Empty case: nothing raised.
// Thread: Raised and WaitFor from any thread; the signal may hit any.
// Errors: none; a kernel that refuses is a broken machine (CHECK).
#ifndef BARNABAS_TOOLS_CLI_FRAME_INTERRUPT_H_
#define BARNABAS_TOOLS_CLI_FRAME_INTERRUPT_H_

#include "absl/time/time.h"

namespace barnabas::cli {

class Interrupt {
 public:
  Interrupt() = default;
  Interrupt(const Interrupt&) = delete;
  Interrupt& operator=(const Interrupt&) = delete;

  // One per process.
  void Arm();
  bool Raised() const;
  // The signal's number; 0 when none came.
  int signal() const;
  // Waits for `time` or a signal; true when one came. Works without Arm.
  bool WaitFor(absl::Duration time) const;
  // As if a signal had come, for tests.
  void Raise();
};

}  // namespace barnabas::cli

#endif  // BARNABAS_TOOLS_CLI_FRAME_INTERRUPT_H_
