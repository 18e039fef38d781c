// `storage random-id` and `storage format`.
#include "controller/quorum/format.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "proto/types/error.h"
#include "proto/types/status_macros.h"
#include "storage/env/posix_file.h"
#include "storage/env/random.h"
#include "storage/env/system_clock.h"
#include "tools/cli/frame/exit_code.h"
#include "tools/cli/frame/session.h"
#include "tools/cli/frame/values.h"
#include "tools/cli/storage/commands.h"

namespace barnabas::cli {
namespace {

struct FormatFlags {
  std::string directory;
  std::string cluster_id;
  std::string role = "broker";
  std::optional<int32_t> node_id;
  std::string voter;
  bool ignore_formatted = false;
};

std::string RandomId() {
  return Uuid::FromRandom(env::RandomSeed(), env::RandomSeed()).ToString();
}

absl::Status RunRandomId(Session& session) {
  const std::string id = RandomId();
  Tree tree = Tree::Object();
  tree.Add("id", Tree::Text(id));
  if (session.flags().form.form == Form::kTable) {
    session.out().Write(id + "\n");
    return absl::OkStatus();
  }
  return session.Print({tree, "", {{"", Table{{{"ID"}}, {{id}}}}}});
}

// "1@host:9293" as the controller's own place among the voters.
absl::StatusOr<quorum::Voter> ReadVoter(const FormatFlags& flags,
                                        const Uuid& directory) {
  const size_t at = flags.voter.find('@');
  const size_t colon = flags.voter.rfind(':');
  quorum::Voter voter;
  int32_t id = 0;
  if (at == std::string::npos || colon == std::string::npos || colon < at ||
      !absl::SimpleAtoi(flags.voter.substr(0, at), &id) ||
      !absl::SimpleAtoi(flags.voter.substr(colon + 1), &voter.port) ||
      voter.port < 1 || voter.port > 65535 || colon == at + 1) {
    return UsageError(absl::StrCat("--voter \"", flags.voter,
                                   "\" is not of the form ID@HOST:PORT"),
                      "--voter 1@localhost:9293");
  }
  if (id != *flags.node_id) {
    return UsageError(
        absl::StrCat("--voter names node ", id, ", --node-id ", *flags.node_id),
        "with one controller both are the same");
  }
  voter.id = NodeId(id);
  voter.host = flags.voter.substr(at + 1, colon - at - 1);
  voter.directory = directory;
  return voter;
}

absl::StatusOr<log::Identity> Format(const FormatFlags& flags,
                                     env::FileSystem* files,
                                     const env::Clock* clock) {
  const std::optional<Uuid> cluster = Uuid::Parse(flags.cluster_id);
  if (!cluster.has_value() || cluster->IsNil()) {
    return UsageError(absl::StrCat("--cluster-id \"", flags.cluster_id,
                                   "\" is not an id of 22 characters"),
                      "barnabas storage random-id");
  }
  quorum::FormatOptions options;
  options.files = files;
  options.clock = clock;
  options.directory = flags.directory;
  options.cluster_id = *cluster;
  options.node_id = NodeId(*flags.node_id);
  options.seed_high = env::RandomSeed();
  options.seed_low = env::RandomSeed();
  std::error_code error;
  std::filesystem::create_directories(flags.directory, error);
  if (error) {
    return MakeError(
        ErrorCode::kDirectoryUnusable,
        absl::StrCat(flags.directory, " cannot be made: ", error.message()),
        "give a directory that this user may write");
  }
  if (flags.role == "broker") return quorum::FormatBroker(options);
  if (flags.voter.empty()) {
    return UsageError("a controller needs its place among the voters",
                      "--voter 1@localhost:9293");
  }
  ASSIGN_OR_RETURN(
      const quorum::Voter voter,
      ReadVoter(flags, Uuid::FromRandom(options.seed_high, options.seed_low)));
  return quorum::FormatController(options, {voter});
}

absl::Status RunFormat(Session& session, const FormatFlags& flags) {
  if (!flags.node_id.has_value()) {
    return UsageError("--node-id is missing", "--node-id 100");
  }
  env::PosixFileSystem files;
  const env::SystemClock clock;
  if (flags.ignore_formatted) {
    const absl::StatusOr<log::Identity> found =
        log::ReadIdentity(&files, flags.directory);
    if (found.ok()) {
      session.Say(absl::StrCat(flags.directory, " is formatted already"));
      return absl::OkStatus();
    }
  }
  if (!session.flags().writes.dry_run.empty()) return absl::OkStatus();
  ASSIGN_OR_RETURN(const log::Identity identity, Format(flags, &files, &clock));
  session.Say(absl::StrCat(flags.directory, " formatted for ", identity.role,
                           " ", identity.node_id.value(), " of cluster ",
                           identity.cluster_id.ToString(), ", directory id ",
                           identity.directory_id.ToString()));
  return absl::OkStatus();
}

}  // namespace

Command StorageRandomId() {
  Command command{.name = "random-id",
                  .summary = "Print a new id, for a cluster or a directory"};
  command.run = RunRandomId;
  return command;
}

Command StorageFormat() {
  auto flags = std::make_shared<FormatFlags>();
  Command command{.name = "format",
                  .summary = "Give a data directory its identity, once"};
  command.details =
      "Example: barnabas storage format /var/lib/barnabas --cluster-id ID "
      "--role controller --node-id 1 --voter 1@localhost:9293";
  command.writes = true;
  command.flags = {
      {.names = "--cluster-id",
       .value = "ID",
       .help = "The cluster's id: barnabas storage random-id.",
       .set = SetText(&flags->cluster_id)},
      {.names = "--role",
       .value = "broker|controller",
       .help = "Whose directory it is (broker).",
       .set = SetChoice(&flags->role, {"broker", "controller"})},
      {.names = "--node-id",
       .value = "ID",
       .help = "The node's id.",
       .set = SetInteger(&flags->node_id, 1, 1000000)},
      {.names = "--voter",
       .value = "ID@HOST:PORT",
       .help = "Of a controller: where the quorum finds it.",
       .set = SetText(&flags->voter)},
      {.names = "--ignore-formatted",
       .help = "Leave a formatted directory as it is.",
       .set = SetSwitch(&flags->ignore_formatted)},
  };
  command.arguments = {{.name = "DIR",
                        .help = "The data directory.",
                        .set = SetText(&flags->directory),
                        .completes = Completes::kFile}};
  command.run = [flags](Session& session) {
    return RunFormat(session, *flags);
  };
  return command;
}

}  // namespace barnabas::cli
