#include "tests/e2e/node_process.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <glog/logging.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <fstream>
#include <sstream>

extern char** environ;

namespace barnabas::e2e {
namespace {

// Below Linux's ephemeral ports (32768 and above), above the well-known ones.
constexpr int kFirstPort = 12000;
constexpr int kPorts = 20000;

}  // namespace

NodeProcess::NodeProcess(const std::vector<std::string>& command,
                         const std::string& output) {
  std::vector<char*> arguments;
  for (const std::string& argument : command) {
    arguments.push_back(const_cast<char*>(argument.c_str()));
  }
  arguments.push_back(nullptr);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_addopen(&actions, 1, output.c_str(),
                                   O_WRONLY | O_CREAT | O_APPEND, 0644);
  posix_spawn_file_actions_adddup2(&actions, 1, 2);
  const int error = posix_spawn(&pid_, arguments[0], &actions, nullptr,
                                arguments.data(), environ);
  posix_spawn_file_actions_destroy(&actions);
  CHECK_EQ(error, 0) << "cannot start " << command[0];
}

NodeProcess::~NodeProcess() { Kill(); }

void NodeProcess::Signal(int number) {
  if (!exit_.has_value()) ::kill(pid_, number);
}

void NodeProcess::Kill() {
  Signal(SIGKILL);
  WaitForExit(absl::Seconds(10));
}

std::optional<int> NodeProcess::WaitForExit(absl::Duration patience) {
  if (exit_.has_value()) return exit_;
  const int descriptor = static_cast<int>(syscall(SYS_pidfd_open, pid_, 0));
  if (descriptor >= 0) {
    pollfd wait{descriptor, POLLIN, 0};
    poll(&wait, 1, static_cast<int>(absl::ToInt64Milliseconds(patience)));
    close(descriptor);
  }
  int status = 0;
  if (waitpid(pid_, &status, WNOHANG) != pid_) return std::nullopt;
  exit_ = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
  return exit_;
}

std::string ReadText(const std::string& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

int FreePort() {
  // Not from the range that outgoing connections take theirs from: while a
  // node is down, a client that dials its port could otherwise be given that
  // very port, and would talk to itself.
  static std::atomic<int> next(kFirstPort +
                               static_cast<int>(getpid()) * 97 % kPorts);
  for (int tried = 0; tried < kPorts; ++tried) {
    const int port = kFirstPort + (next++ - kFirstPort) % kPorts;
    const int descriptor = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<uint16_t>(port));
    const int bound = bind(descriptor, reinterpret_cast<sockaddr*>(&address),
                           sizeof(address));
    close(descriptor);
    if (bound == 0) return port;
  }
  LOG(FATAL) << "no port is free";
}

}  // namespace barnabas::e2e
