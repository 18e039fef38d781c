// `quorum add`, `quorum remove` and `quorum transfer-leader`.
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "metadata/config/address.h"
#include "proto/types/error.h"
#include "proto/types/status_macros.h"
#include "tools/cli/frame/connect.h"
#include "tools/cli/frame/exit_code.h"
#include "tools/cli/frame/outcomes.h"
#include "tools/cli/frame/values.h"
#include "tools/cli/quorum/commands.h"

namespace barnabas::cli {
namespace {

// The new voter catches up within this, or stays what it is.
constexpr absl::Duration kAddPatience = absl::Seconds(28);
constexpr absl::Duration kTransferPatience = absl::Seconds(10);
constexpr absl::Duration kLook = absl::Milliseconds(50);

bool DryRun(const Session& session) {
  return !session.flags().writes.dry_run.empty();
}

absl::Status Told(Session& session, int64_t id, const std::string& verb,
                  const std::string& message) {
  Tree item = Tree::Object();
  item.Add("id", Tree::Number(id)).Add("message", Tree::Text(message));
  Tree list = Tree::List();
  list.items.push_back(std::move(item));
  Tree tree = Tree::Object();
  tree.Add("results", std::move(list));
  return PrintOutcomes(
      session, "controller", verb,
      {{absl::StrCat(id), absl::OkStatus(),
        absl::StrCat(message, DryRun(session) ? " (dry run)" : "")}},
      std::move(tree), "results");
}

absl::Status RunAdd(Session& session, const std::string& text) {
  const std::optional<config::ControllerAddress> address =
      config::ParseControllerAddress(text);
  if (!address.has_value()) {
    return UsageError(
        absl::StrCat("\"", text, "\" is not of the form ID@HOST:PORT"),
        "barnabas quorum add 4@localhost:9333");
  }
  ASSIGN_OR_RETURN(const std::shared_ptr<client::NodeClient> node,
                   ConnectNode(session, address->address.ToString()));
  ASSIGN_OR_RETURN(const v1::DescribeQuorumResponse joiner,
                   node->DescribeQuorum());
  if (joiner.node_id() != address->id.value()) {
    return MakeError(
        ErrorCode::kWrongIdentity,
        absl::StrCat("at ", address->address.ToString(), " runs controller ",
                     joiner.node_id(), ", not ", address->id.value()),
        "barnabas quorum status");
  }
  ASSIGN_OR_RETURN(const std::shared_ptr<client::Admin> admin,
                   ConnectPatiently(session, kAddPatience));
  ASSIGN_OR_RETURN(const v1::DescribeQuorumResponse quorum,
                   admin->quorum().DescribeQuorum({}));
  if (joiner.cluster_id() != quorum.cluster_id()) {
    return MakeError(
        ErrorCode::kInconsistentClusterId,
        absl::StrCat("controller ", joiner.node_id(), " is of cluster ",
                     joiner.cluster_id(), ", not ", quorum.cluster_id()),
        "format its directory for this cluster");
  }
  v1::AddVoterRequest request;
  request.set_id(joiner.node_id());
  request.set_directory_id(joiner.directory_id());
  request.set_host(address->address.host);
  request.set_port(address->address.port);
  request.set_request_id(session.RequestId());
  if (!DryRun(session)) {
    RETURN_IF_ERROR(admin->quorum().AddVoter(request).status());
  }
  return Told(session, request.id(), "added",
              absl::StrCat("votes from ", text, " on"));
}

absl::Status RunRemove(Session& session, int64_t id) {
  RETURN_IF_ERROR(
      session.Confirm(absl::StrCat("Take the vote of controller ", id, "?")));
  ASSIGN_OR_RETURN(const std::shared_ptr<client::Admin> admin,
                   Connect(session));
  v1::RemoveVoterRequest request;
  request.set_id(static_cast<int32_t>(id));
  request.set_request_id(session.RequestId());
  if (!DryRun(session)) {
    RETURN_IF_ERROR(admin->quorum().RemoveVoter(request).status());
  }
  return Told(session, id, "removed", "votes no more; it may be stopped");
}

absl::Status RunTransfer(Session& session, int64_t id) {
  ASSIGN_OR_RETURN(const std::shared_ptr<client::Admin> admin,
                   Connect(session));
  v1::TransferLeadershipRequest request;
  request.set_id(static_cast<int32_t>(id));
  request.set_request_id(session.RequestId());
  if (DryRun(session)) return Told(session, id, "made leader", "would lead");
  RETURN_IF_ERROR(admin->quorum().TransferLeadership(request).status());
  const absl::Duration until = session.clock().Monotonic() + kTransferPatience;
  while (session.clock().Monotonic() < until) {
    const absl::StatusOr<v1::DescribeQuorumResponse> quorum =
        admin->quorum().DescribeQuorum({});
    if (quorum.ok() && quorum->leader_id() == id) {
      return Told(session, id, "made leader",
                  absl::StrCat("leads term ", quorum->term()));
    }
    if (session.interrupt().WaitFor(kLook)) {
      return SilentExit(static_cast<int>(ExitCode::kInterrupted));
    }
  }
  return WithExitCode(
      MakeError(ErrorCode::kRequestTimedOut,
                absl::StrCat("controller ", id, " does not lead after ",
                             absl::FormatDuration(kTransferPatience)),
                "barnabas quorum status"),
      static_cast<int>(ExitCode::kConditionNotMet));
}

}  // namespace

Command QuorumAdd() {
  auto address = std::make_shared<std::string>();
  Command command{.name = "add", .summary = "Let a controller that runs vote"};
  command.details =
      "It must run, formatted for this cluster without voters. It votes once\n"
      "it has caught up.\n"
      "Example: barnabas dev add controller; barnabas quorum add "
      "4@localhost:9333";
  command.writes = true;
  command.arguments = {{.name = "ID@HOST:PORT",
                        .help = "The controller and its peer listener.",
                        .set = SetText(address.get())}};
  command.run = [address](Session& session) {
    return RunAdd(session, *address);
  };
  return command;
}

Command QuorumRemove() {
  auto id = std::make_shared<int64_t>(0);
  Command command{.name = "remove", .summary = "Take a controller's vote away"};
  command.details = "A leader that is removed hands over and steps down.";
  command.writes = true;
  command.arguments = {{.name = "ID",
                        .help = "The controller's id.",
                        .set = SetInteger(id.get(), 0, INT32_MAX)}};
  command.run = [id](Session& session) { return RunRemove(session, *id); };
  return command;
}

Command QuorumTransferLeader() {
  auto id = std::make_shared<int64_t>(0);
  Command command{.name = "transfer-leader",
                  .summary = "Let another controller lead"};
  command.writes = true;
  command.arguments = {{.name = "ID",
                        .help = "The controller that shall lead.",
                        .set = SetInteger(id.get(), 0, INT32_MAX)}};
  command.run = [id](Session& session) { return RunTransfer(session, *id); };
  return command;
}

}  // namespace barnabas::cli
