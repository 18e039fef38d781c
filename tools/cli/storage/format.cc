// `storage random-id` and `storage format`.
#include "controller/quorum/format.h"

#include <filesystem>
#include <memory>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

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
  std::vector<std::string> voters;
  bool join = false;
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

// "1@host:9293:DIRECTORY_ID"; the id of the own directory may be left out when
// this is the only voter.
absl::StatusOr<quorum::Voter> ReadVoter(const std::string& text) {
  const size_t at = text.find('@');
  const size_t last = text.rfind(':');
  const std::optional<Uuid> directory =
      last == std::string::npos ? std::nullopt
                                : Uuid::Parse(text.substr(last + 1));
  const std::string address =
      directory.has_value() ? text.substr(0, last) : text;
  const size_t colon = address.rfind(':');
  quorum::Voter voter;
  int32_t id = 0;
  if (at == std::string::npos || colon == std::string::npos || colon < at ||
      !absl::SimpleAtoi(address.substr(0, at), &id) ||
      !absl::SimpleAtoi(address.substr(colon + 1), &voter.port) ||
      voter.port < 1 || voter.port > 65535 || colon == at + 1) {
    return UsageError(
        absl::StrCat("--voter \"", text,
                     "\" is not of the form ID@HOST:PORT[:DIRECTORY_ID]"),
        "--voter 1@localhost:9293");
  }
  voter.id = NodeId(id);
  voter.host = address.substr(at + 1, colon - at - 1);
  voter.directory = directory.value_or(Uuid());
  return voter;
}

// All first voters, this node among them; none for one that joins later.
absl::StatusOr<std::vector<quorum::Voter>> ReadVoters(const FormatFlags& flags,
                                                      const Uuid& own) {
  std::vector<quorum::Voter> voters;
  if (flags.join && flags.voters.empty()) return voters;
  if (flags.join || flags.voters.empty()) {
    return UsageError(
        "a controller is either among the first voters or joins later",
        "--voter 1@localhost:9293, or --join");
  }
  for (const std::string& text : flags.voters) {
    ASSIGN_OR_RETURN(quorum::Voter voter, ReadVoter(text));
    if (voter.directory.IsNil() && flags.voters.size() > 1) {
      return UsageError(
          absl::StrCat("--voter \"", text,
                       "\" has no directory id; with several voters each "
                       "directory must name the same ones"),
          "barnabas storage random-id, once for each, then "
          "--voter ID@HOST:PORT:DIRECTORY_ID");
    }
    if (voter.directory.IsNil()) voter.directory = own;
    voters.push_back(std::move(voter));
  }
  return voters;
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
  ASSIGN_OR_RETURN(
      const std::vector<quorum::Voter> voters,
      ReadVoters(flags, Uuid::FromRandom(options.seed_high, options.seed_low)));
  return quorum::FormatController(options, voters);
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
      "Several first voters must be named alike on all of their directories,\n"
      "each with its directory id (barnabas storage random-id).\n"
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
       .value = "ID@HOST:PORT[:DIRECTORY_ID]",
       .help = "Of a controller: a first voter; once for each of them.",
       .set = AddText(&flags->voters)},
      {.names = "--join",
       .help = "Of a controller: joins later, by barnabas quorum add.",
       .set = SetSwitch(&flags->join)},
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
