// barnabas: words -> command tree -> exit code; nothing else.
#include <glog/logging.h>
#include <unistd.h>

#include <clocale>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "storage/env/allocator.h"
#include "storage/env/lock_checks.h"
#include "storage/env/system_clock.h"
#include "tools/cli/frame/app.h"
#include "tools/cli/frame/connect.h"
#include "tools/cli/frame/interrupt.h"
#include "tools/cli/frame/session.h"
#include "tools/cli/output/terminal.h"
#include "tools/cli/output/text_sink.h"
#include "tools/cli/root.h"

namespace {

std::optional<std::string> Environment(const std::string& name) {
  const char* const value = std::getenv(name.c_str());
  if (value == nullptr) return std::nullopt;
  return value;
}

std::string Ask(const std::string& question) {
  std::cerr << question << std::flush;
  std::string answer;
  std::getline(std::cin, answer);
  return answer;
}

}  // namespace

int main(int argc, char** argv) {
  barnabas::env::TuneAllocator();
  barnabas::env::StopLockChecks();
  std::setlocale(LC_ALL, "");
  // What the client library notes is for daemons' logs; a command says itself
  // what a person needs to know.
  google::InitGoogleLogging(argv[0]);
  FLAGS_logtostderr = true;
  FLAGS_minloglevel = google::GLOG_FATAL;
  const auto out = barnabas::cli::SinkTo(STDOUT_FILENO);
  const auto err = barnabas::cli::SinkTo(STDERR_FILENO);
  const barnabas::env::SystemClock clock;
  barnabas::cli::Interrupt interrupt;
  barnabas::cli::World world;
  world.out = out.get();
  world.err = err.get();
  world.terminal = barnabas::cli::AskTerminal();
  world.clock = &clock;
  world.interrupt = &interrupt;
  world.environment = Environment;
  world.ask = Ask;
  world.dialing = barnabas::cli::RealDialing();
  return barnabas::cli::RunApp(barnabas::cli::RootCommand,
                               std::vector<std::string>(argv + 1, argv + argc),
                               world);
}
