// barnabas-controller: arguments -> configuration -> process; nothing else.

#include <cstdlib>
#include <memory>

#include "absl/status/status.h"
#include "controller/controller_process.h"
#include "metadata/config/node_file.h"
#include "proto/types/status_macros.h"
#include "storage/env/log_flags.h"
#include "storage/env/logging.h"
#include "storage/env/program.h"
#include "storage/env/signals.h"

namespace barnabas::controller {
namespace {

absl::Status Serve(int argc, char** argv) {
  ASSIGN_OR_RETURN(
      const env::ProgramArguments arguments,
      env::BeginProgram(argc, argv, "A controller of a Barnabas cluster."));
  const config::NodeFile node = config::WithVariables(
      {arguments.config, arguments.config_text, arguments.overrides},
      arguments.variables);
  ASSIGN_OR_RETURN(const v1::ControllerNodeConfig config,
                   config::ParseControllerNode(node));
  env::LogOptions log;
  log.program = argv[0];
  log.verbosity = config.log().verbosity();
  log.directory = config.log().directory();
  env::LogLevels levels;
  RETURN_IF_ERROR(env::StartLoggingByFlags(log, &levels));
  ASSIGN_OR_RETURN(const std::unique_ptr<ControllerProcess> controller,
                   ControllerProcess::Start(config, &levels));
  const std::unique_ptr<env::StopSignal> signal = env::StopSignal::Watch(
      [&controller](int number) { controller->RequestStop(); });
  return controller->Wait();
}

}  // namespace
}  // namespace barnabas::controller

int main(int argc, char** argv) {
  const absl::Status served = barnabas::controller::Serve(argc, argv);
  if (served.ok()) return EXIT_SUCCESS;
  return barnabas::env::EndProgram("barnabas-controller", served);
}
