// `quorum status` and `quorum describe`.
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "proto/types/status_macros.h"
#include "tools/cli/frame/connect.h"
#include "tools/cli/quorum/commands.h"

namespace barnabas::cli {
namespace {

std::string RoleOf(const v1::QuorumReplica& replica) {
  if (replica.leader()) return "LEADER";
  return replica.voter() ? "VOTER" : "LEARNER";
}

std::string NumberOr(int64_t number, const char* otherwise) {
  return number < 0 ? otherwise : absl::StrCat(number);
}

Table StatusTable(const v1::DescribeQuorumResponse& quorum) {
  Table table{{{"ID", true},
               {"ROLE"},
               {"ENDPOINT"},
               {"LOG-END", true},
               {"LAG", true},
               {"SILENT-MS", true},
               {"DIRECTORY", false, true}},
              {}};
  for (const v1::QuorumReplica& replica : quorum.replicas()) {
    const int64_t lag =
        replica.log_end() < 0 ? -1 : quorum.log_end() - replica.log_end();
    table.rows.push_back({absl::StrCat(replica.id()), RoleOf(replica),
                          absl::StrCat(replica.host(), ":", replica.port()),
                          NumberOr(replica.log_end(), "-"), NumberOr(lag, "-"),
                          NumberOr(replica.silent_ms(), "-"),
                          replica.directory_id()});
  }
  return table;
}

Table FactsTable(const v1::DescribeQuorumResponse& quorum) {
  Table table{{{"FIELD"}, {"VALUE"}}, {}};
  table.rows = {
      {"cluster", quorum.cluster_id()},
      {"leader", NumberOr(quorum.leader_id(), "none")},
      {"term", absl::StrCat(quorum.term())},
      {"log start", absl::StrCat(quorum.log_start())},
      {"committed end", absl::StrCat(quorum.committed_end())},
      {"log end", absl::StrCat(quorum.log_end())},
  };
  return table;
}

absl::StatusOr<v1::DescribeQuorumResponse> Ask(Session& session) {
  ASSIGN_OR_RETURN(const std::shared_ptr<client::Admin> admin,
                   Connect(session));
  return admin->quorum().DescribeQuorum({});
}

absl::Status RunStatus(Session& session) {
  ASSIGN_OR_RETURN(const v1::DescribeQuorumResponse quorum, Ask(session));
  return session.Print(
      {TreeOf(quorum), "replicas", {{"", StatusTable(quorum)}}});
}

absl::Status RunDescribe(Session& session) {
  ASSIGN_OR_RETURN(const v1::DescribeQuorumResponse quorum, Ask(session));
  return session.Print(
      {TreeOf(quorum),
       "",
       {{"quorum", FactsTable(quorum)}, {"controllers", StatusTable(quorum)}}});
}

}  // namespace

Command QuorumStatus() {
  Command command{.name = "status",
                  .summary = "Show controllers, leader and lag"};
  command.run = RunStatus;
  return command;
}

Command QuorumDescribe() {
  Command command{.name = "describe",
                  .aliases = {"info"},
                  .summary = "Show the quorum, its term and its log"};
  command.run = RunDescribe;
  return command;
}

}  // namespace barnabas::cli
