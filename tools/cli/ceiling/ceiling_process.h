// CeilingProcess: the far end of the ceiling in a process of its own.
//
// What: runs this same program as `bench ceiling-server`, which prints its
//   port and ends when its stdin closes; so client and server share no
//   allocator and no threads, as with a broker.
// Units: none. Empty case: none.
// Thread: one at a time.
// Errors: STORAGE_ERROR when the program cannot be run; what the child says
//   goes to stderr.
// Always true: the child is gone when the destructor returns.
#ifndef BARNABAS_TOOLS_CLI_CEILING_CEILING_PROCESS_H_
#define BARNABAS_TOOLS_CLI_CEILING_CEILING_PROCESS_H_

#include <sys/types.h>

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"

namespace barnabas::cli {

class CeilingProcess {
 public:
  struct Options {
    // The program to run; empty: this one.
    std::string program;
    // Where the server makes its files; must exist.
    std::string directory;
    int64_t file_count = 1;
    bool sync = false;
  };

  static absl::StatusOr<std::unique_ptr<CeilingProcess>> Start(
      const Options& options);

  CeilingProcess(const CeilingProcess&) = delete;
  CeilingProcess& operator=(const CeilingProcess&) = delete;
  ~CeilingProcess();

  // "127.0.0.1:port".
  const std::string& target() const { return target_; }

 private:
  CeilingProcess(pid_t child, int stdin_descriptor)
      : child_(child), stdin_(stdin_descriptor) {}

  absl::Status ReadPort(int descriptor);

  const pid_t child_;
  // Closing it ends the child.
  const int stdin_;
  std::string target_;
};

// What the child runs: serves until stdin closes. The port goes to stdout.
absl::Status ServeCeiling(const CeilingProcess::Options& options);

}  // namespace barnabas::cli

#endif  // BARNABAS_TOOLS_CLI_CEILING_CEILING_PROCESS_H_
