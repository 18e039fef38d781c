// barnabas-broker: arguments -> configuration -> process; nothing else.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "broker/broker_process.h"
#include "metadata/config/node_file.h"
#include "proto/types/error.h"
#include "proto/types/status_macros.h"
#include "proto/types/units.h"
#include "storage/env/file.h"
#include "storage/env/log_flags.h"
#include "storage/env/logging.h"
#include "storage/env/posix_file.h"
#include "storage/env/program.h"
#include "storage/env/signals.h"

namespace barnabas::broker {
namespace {

// A node file is a page of text; anything far larger is a mistake.
constexpr int64_t kNodeFileBytesMax = kMiB;

absl::StatusOr<std::string> ReadText(const std::string& path) {
  env::PosixFileSystem files;
  ASSIGN_OR_RETURN(const std::unique_ptr<env::File> file,
                   files.Open(path, env::OpenMode::kRead));
  ASSIGN_OR_RETURN(const int64_t size, file->Size());
  std::string text(std::min(size, kNodeFileBytesMax), '\0');
  ASSIGN_OR_RETURN(const size_t read,
                   file->ReadAt(0, text.size(), text.data()));
  text.resize(read);
  return text;
}

absl::StatusOr<config::NodeFile> ReadNodeFile(
    const env::ProgramArguments& arguments) {
  config::NodeFile node;
  node.name = "the command line";
  for (const auto& [name, value] : arguments.variables) {
    const auto setting = config::OverrideOfVariable(name, value);
    if (setting.has_value()) node.overrides.push_back(*setting);
  }
  // What is typed wins over what is inherited.
  node.overrides.insert(node.overrides.end(), arguments.overrides.begin(),
                        arguments.overrides.end());
  if (arguments.config.empty()) return node;
  node.name = arguments.config;
  absl::StatusOr<std::string> text = ReadText(arguments.config);
  if (!text.ok()) {
    return MakeError(
        ErrorCode::kInvalidNodeFile,
        "the node file cannot be read: " + std::string(text.status().message()),
        "give the path of a readable file to --config");
  }
  node.text = *std::move(text);
  return node;
}

absl::Status Serve(int argc, char** argv) {
  ASSIGN_OR_RETURN(
      const env::ProgramArguments arguments,
      env::BeginProgram(argc, argv, "A broker of a Barnabas cluster."));
  ASSIGN_OR_RETURN(const config::NodeFile node, ReadNodeFile(arguments));
  ASSIGN_OR_RETURN(const v1::BrokerNodeConfig config,
                   config::ParseBrokerNode(node));
  env::LogOptions log;
  log.program = argv[0];
  log.verbosity = config.log().verbosity();
  log.directory = config.log().directory();
  ASSIGN_OR_RETURN(log, env::WithLogFlags(std::move(log)));
  RETURN_IF_ERROR(env::StartLogging(log));
  env::LogLevels levels;
  RETURN_IF_ERROR(env::ApplyModuleFlags(&levels));
  ASSIGN_OR_RETURN(const std::unique_ptr<BrokerProcess> broker,
                   BrokerProcess::Start(config, &levels));
  const std::unique_ptr<env::StopSignal> signal =
      env::StopSignal::Watch([&broker](int number) { broker->RequestStop(); });
  const absl::Status ended = broker->Wait();
  broker->Stop();
  return ended;
}

}  // namespace
}  // namespace barnabas::broker

int main(int argc, char** argv) {
  const absl::Status served = barnabas::broker::Serve(argc, argv);
  if (served.ok()) return EXIT_SUCCESS;
  return barnabas::env::EndProgram("barnabas-broker", served);
}
