#include "tests/chaos/process_proof.h"

#include <signal.h>

#include <filesystem>
#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "proto/types/error.h"
#include "proto/types/status_macros.h"
#include "storage/env/system_clock.h"

namespace barnabas::chaos {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(60);
constexpr absl::Duration kLook = absl::Milliseconds(1);

absl::Status NotProven(std::string_view what) {
  return MakeError(ErrorCode::kInternal, what);
}

// 'T' for stopped; 0 when it is gone.
char StateOf(const std::string& task) {
  const std::string stat = e2e::ReadText(task + "/stat");
  // The name in parentheses may hold anything.
  const size_t name_end = stat.rfind(')');
  return name_end == std::string::npos || name_end + 2 >= stat.size()
             ? '\0'
             : stat[name_end + 2];
}

// Whether all threads are stopped, or none is.
bool AllThreads(pid_t pid, bool stopped) {
  std::error_code error;
  const std::string tasks = absl::StrCat("/proc/", pid, "/task");
  bool all = false;
  for (const auto& task : std::filesystem::directory_iterator(tasks, error)) {
    const char state = StateOf(task.path().string());
    if (state == '\0') continue;
    if ((state == 'T') != stopped) return false;
    all = true;
  }
  return all && !error;
}

absl::Status AwaitThreads(e2e::NodeProcess* process, bool stopped) {
  const env::SystemClock clock;
  while (clock.Monotonic() < kPatience) {
    if (AllThreads(process->pid(), stopped)) return absl::OkStatus();
    RETURN_IF_ERROR(Let(process, kLook));
  }
  return NotProven(absl::StrCat("process ", process->pid(), " is not ",
                                stopped ? "stopped" : "running"));
}

}  // namespace

absl::Status KillProven(e2e::NodeProcess* process) {
  process->Kill();
  if (process->WaitForExit(absl::ZeroDuration()) == -SIGKILL) {
    return absl::OkStatus();
  }
  return NotProven("the process did not die of SIGKILL");
}

absl::Status PauseProven(e2e::NodeProcess* process) {
  process->Signal(SIGSTOP);
  return AwaitThreads(process, true);
}

absl::Status ResumeProven(e2e::NodeProcess* process) {
  process->Signal(SIGCONT);
  return AwaitThreads(process, false);
}

absl::Status StopProven(e2e::NodeProcess* process) {
  process->Signal(SIGTERM);
  const std::optional<int> code = process->WaitForExit(kPatience);
  if (code == 0) return absl::OkStatus();
  return NotProven(absl::StrCat("SIGTERM led to exit code ",
                                code.value_or(-1000), " instead of 0"));
}

absl::Status Let(e2e::NodeProcess* process, absl::Duration time) {
  const std::optional<int> code = process->WaitForExit(time);
  if (!code.has_value()) return absl::OkStatus();
  return NotProven(
      absl::StrCat("the process ended by itself, with code ", *code));
}

}  // namespace barnabas::chaos
