// NodeProcess: one real server process of a test.
//
// What: starts a program with arguments, its output in a file; signals it and
//   waits for its end without polling.
// Units: absl::Duration. Empty case: a process that ended has no pid.
// Thread: one at a time.
// Errors: a program that cannot be started fails the test by CHECK.
// Always true: the destructor kills what still runs, by its pid.
#ifndef BARNABAS_TESTS_E2E_NODE_PROCESS_H_
#define BARNABAS_TESTS_E2E_NODE_PROCESS_H_

#include <sys/types.h>

#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"

namespace barnabas::e2e {

class NodeProcess {
 public:
  // `output` is appended to.
  NodeProcess(const std::vector<std::string>& command,
              const std::string& output);
  ~NodeProcess();
  NodeProcess(const NodeProcess&) = delete;
  NodeProcess& operator=(const NodeProcess&) = delete;

  pid_t pid() const { return pid_; }
  void Signal(int number);
  // SIGKILL, and waits for the end.
  void Kill();
  // The exit code (negative: the signal that ended it); nullopt if it still
  // runs after `patience`.
  std::optional<int> WaitForExit(absl::Duration patience);

 private:
  pid_t pid_ = 0;
  std::optional<int> exit_;
};

// The whole text of a file; empty if there is none.
std::string ReadText(const std::string& path);

// A TCP port on 127.0.0.1 that was free just now, another one with each call.
int FreePort();

}  // namespace barnabas::e2e

#endif  // BARNABAS_TESTS_E2E_NODE_PROCESS_H_
