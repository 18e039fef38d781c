#include "tools/cli/ceiling/ceiling_process.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "proto/types/error.h"
#include "proto/types/status_macros.h"
#include "storage/env/posix_file.h"
#include "tools/cli/ceiling/ceiling_server.h"

namespace barnabas::cli {
namespace {

// The child listens within milliseconds; more means that it will not.
constexpr int kPatienceMs = 10000;

absl::Status Failed(std::string_view what, int error) {
  return MakeError(ErrorCode::kStorageError,
                   absl::StrCat("the server of the ceiling did not start: ",
                                std::string(what), ": ", std::strerror(error)),
                   "leave --ceiling out");
}

struct Pipe {
  int read = -1;
  int write = -1;
};

absl::StatusOr<Pipe> MakePipe() {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return Failed("pipe", errno);
  return Pipe{ends[0], ends[1]};
}

// The program with its stdin and stdout on pipes.
int Spawn(const CeilingProcess::Options& options, int in, int out,
          pid_t* child) {
  const std::string program =
      options.program.empty() ? "/proc/self/exe" : options.program;
  std::vector<std::string> words = {"barnabas",
                                    "bench",
                                    "ceiling-server",
                                    "--dir",
                                    options.directory,
                                    "--files",
                                    absl::StrCat(options.file_count),
                                    "--flush",
                                    options.sync ? "disk" : "os"};
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
  posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
  const int error = posix_spawn(child, program.c_str(), &actions, nullptr,
                                arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  return error;
}

}  // namespace

absl::StatusOr<std::unique_ptr<CeilingProcess>> CeilingProcess::Start(
    const Options& options) {
  ASSIGN_OR_RETURN(const Pipe in, MakePipe());
  ASSIGN_OR_RETURN(const Pipe out, MakePipe());
  pid_t child = 0;
  const int error = Spawn(options, in.read, out.write, &child);
  close(in.read);
  close(out.write);
  if (error != 0) {
    close(in.write);
    close(out.read);
    return Failed("spawn", error);
  }
  std::unique_ptr<CeilingProcess> process(new CeilingProcess(child, in.write));
  const absl::Status status = process->ReadPort(out.read);
  close(out.read);
  RETURN_IF_ERROR(status);
  return process;
}

CeilingProcess::~CeilingProcess() {
  close(stdin_);
  while (waitpid(child_, nullptr, 0) < 0 && errno == EINTR) {
  }
}

absl::Status CeilingProcess::ReadPort(int descriptor) {
  std::string line;
  char letter = 0;
  while (line.size() < 16) {
    pollfd wait{descriptor, POLLIN, 0};
    const int ready = poll(&wait, 1, kPatienceMs);
    if (ready < 0 && errno == EINTR) continue;
    if (ready <= 0) return Failed("its port was not told", ETIMEDOUT);
    if (read(descriptor, &letter, 1) != 1 || letter == '\n') break;
    line.push_back(letter);
  }
  int port = 0;
  if (!absl::SimpleAtoi(line, &port) || port <= 0) {
    return Failed("its port was not told", ECHILD);
  }
  target_ = absl::StrCat("127.0.0.1:", port);
  return absl::OkStatus();
}

absl::Status ServeCeiling(const CeilingProcess::Options& options) {
  env::PosixFileSystem files;
  CeilingServer::Options served;
  served.files = &files;
  served.directory = options.directory;
  served.file_count = options.file_count;
  served.sync = options.sync;
  ASSIGN_OR_RETURN(const std::unique_ptr<CeilingServer> server,
                   CeilingServer::Start(served));
  const std::string line = absl::StrCat(server->port(), "\n");
  if (write(STDOUT_FILENO, line.data(), line.size()) !=
      static_cast<ssize_t>(line.size())) {
    return Failed("its port could not be told", errno);
  }
  char ignored = 0;
  while (true) {
    const ssize_t got = read(STDIN_FILENO, &ignored, 1);
    if (got == 0 || (got < 0 && errno != EINTR)) break;
  }
  return absl::OkStatus();
}

}  // namespace barnabas::cli
