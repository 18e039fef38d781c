#include "tools/cli/dev/node_process.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <deque>
#include <filesystem>
#include <fstream>
#include <optional>
#include <sstream>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "proto/types/error.h"
#include "proto/types/status_macros.h"

namespace barnabas::cli {
namespace {

namespace fs = std::filesystem;

// What /proc/PID/stat says of a process.
struct ProcStat {
  char state = 'X';
  int64_t start_ticks = 0;
  int64_t resident_pages = 0;
};

std::optional<ProcStat> ReadStat(int64_t pid) {
  std::ifstream in(absl::StrCat("/proc/", pid, "/stat"));
  std::string text((std::istreambuf_iterator<char>(in)),
                   std::istreambuf_iterator<char>());
  // The name in parentheses may hold anything; fields count from behind it.
  const size_t name_end = text.rfind(')');
  if (name_end == std::string::npos) return std::nullopt;
  std::istringstream rest(text.substr(name_end + 1));
  std::vector<std::string> fields;
  for (std::string field; rest >> field;) fields.push_back(field);
  // State is field 3 of the page proc(5), start time 22, resident pages 24.
  if (fields.size() < 22) return std::nullopt;
  ProcStat stat;
  stat.state = fields[0][0];
  stat.start_ticks = std::stoll(fields[19]);
  stat.resident_pages = std::stoll(fields[21]);
  return stat;
}

std::optional<ProcStat> StatOf(const DevNode& node) {
  if (node.pid <= 0) return std::nullopt;
  // Collects a child of ours that has ended; others are not ours to wait for.
  waitpid(static_cast<pid_t>(node.pid), nullptr, WNOHANG);
  std::optional<ProcStat> stat = ReadStat(node.pid);
  if (!stat.has_value() || stat->start_ticks != node.start_ticks) {
    return std::nullopt;
  }
  if (stat->state == 'Z' || stat->state == 'X') return std::nullopt;
  return stat;
}

bool IsProgram(const fs::path& path) {
  return access(path.c_str(), X_OK) == 0 && !fs::is_directory(path);
}

absl::Status CannotStart(const std::string& program, int error) {
  return MakeError(
      ErrorCode::kStorageError,
      absl::StrCat(program, " cannot be started: ", std::strerror(error)),
      "tools/build makes the programs");
}

}  // namespace

absl::StatusOr<std::string> FindProgram(const DevEnvironment& environment,
                                        const std::string& name) {
  std::error_code error;
  const fs::path self = fs::read_symlink("/proc/self/exe", error);
  if (!error && IsProgram(self.parent_path() / name)) {
    return (self.parent_path() / name).string();
  }
  for (const auto& folder :
       absl::StrSplit(environment("PATH").value_or(""), ':')) {
    const fs::path path = fs::path(std::string(folder)) / name;
    if (!folder.empty() && IsProgram(path)) return path.string();
  }
  return MakeError(ErrorCode::kInvalidRequest,
                   absl::StrCat("the program ", name, " is neither beside ",
                                self.string(), " nor on PATH"),
                   "tools/build makes the programs");
}

absl::Status Spawn(const std::vector<std::string>& words,
                   const std::string& log_file, DevNode* node) {
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null",
                                   O_RDONLY, 0);
  posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, log_file.c_str(),
                                   O_WRONLY | O_CREAT | O_APPEND, 0644);
  posix_spawn_file_actions_adddup2(&actions, STDOUT_FILENO, STDERR_FILENO);
  // A signal for this command (Ctrl-C) is not for the cluster.
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID);
  std::vector<char*> arguments;
  for (const std::string& word : words) {
    arguments.push_back(const_cast<char*>(word.c_str()));
  }
  arguments.push_back(nullptr);
  pid_t pid = 0;
  const int error = posix_spawn(&pid, words[0].c_str(), &actions, &attributes,
                                arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  if (error != 0) return CannotStart(words[0], error);
  node->pid = pid;
  const std::optional<ProcStat> stat = ReadStat(pid);
  node->start_ticks = stat.has_value() ? stat->start_ticks : 0;
  return absl::OkStatus();
}

ProcessState StateOf(const DevNode& node) {
  const std::optional<ProcStat> stat = StatOf(node);
  if (!stat.has_value()) return ProcessState::kDead;
  return stat->state == 'T' ? ProcessState::kPaused : ProcessState::kRunning;
}

bool SignalNode(const DevNode& node, int signal) {
  if (!StatOf(node).has_value()) return false;
  return kill(static_cast<pid_t>(node.pid), signal) == 0;
}

std::string TailOf(const std::string& path, int lines) {
  std::ifstream in(path);
  std::deque<std::string> last;
  for (std::string line; std::getline(in, line);) {
    last.push_back(std::move(line));
    if (static_cast<int>(last.size()) > lines) last.pop_front();
  }
  std::string text;
  for (const std::string& line : last) absl::StrAppend(&text, line, "\n");
  return text;
}

int64_t MemoryOf(const DevNode& node) {
  const std::optional<ProcStat> stat = StatOf(node);
  return stat.has_value() ? stat->resident_pages * sysconf(_SC_PAGESIZE) : 0;
}

}  // namespace barnabas::cli
