#include "storage/env/process_metrics.h"

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "storage/env/memory.h"
#include "storage/env/net/tcp_acceptor.h"
#include "storage/env/posix_file.h"

namespace barnabas::env {
namespace {

double OpenDescriptors() {
  PosixFileSystem files;
  const absl::StatusOr<std::vector<std::string>> names =
      files.List("/proc/self/fd");
  return names.ok() ? static_cast<double>(names->size()) : 0;
}

}  // namespace

void RegisterProcessMetrics(const Clock& clock, Registry* registry) {
  registry->AddGaugeFunction(
      "process_resident_memory_bytes", "Resident memory of the process.", {},
      [] { return static_cast<double>(ResidentBytes()); });
  registry->AddGaugeFunction("process_open_fds", "Open file descriptors.", {},
                             [] { return OpenDescriptors(); });
  registry
      ->AddGauge("process_max_fds",
                 "Most file descriptors that the process may open.")
      ->Set(static_cast<double>(RaiseDescriptorLimit()));
  registry
      ->AddGauge("process_start_time_seconds",
                 "When the process started, seconds since 1970.")
      ->Set(static_cast<double>(clock.WallMs()) / 1000);
}

}  // namespace barnabas::env
