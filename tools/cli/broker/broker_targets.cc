#include "tools/cli/broker/broker_targets.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/types/status_macros.h"
#include "tools/cli/broker/broker_table.h"
#include "tools/cli/frame/connect.h"
#include "tools/cli/frame/error_text.h"
#include "tools/cli/frame/exit_code.h"

namespace barnabas::cli {

absl::StatusOr<std::vector<BrokerTarget>> BrokerTargets(
    Session& session, std::vector<int32_t> ids, bool local) {
  std::vector<BrokerTarget> targets;
  if (local) {
    ASSIGN_OR_RETURN(const client::ClientOptions options,
                     ClientOptionsFor(session));
    targets.push_back({options.bootstrap.front(), options.bootstrap.front()});
    return targets;
  }
  ASSIGN_OR_RETURN(const std::shared_ptr<client::Admin> admin,
                   Connect(session));
  ASSIGN_OR_RETURN(const v1::DescribeClusterResponse cluster,
                   admin->DescribeCluster());
  if (ids.empty()) {
    for (const v1::BrokerInfo& broker : cluster.brokers()) {
      ids.push_back(broker.id());
    }
  }
  for (const int32_t id : ids) {
    ASSIGN_OR_RETURN(const v1::BrokerInfo broker, BrokerById(cluster, id));
    targets.push_back({absl::StrCat(id), EndpointOf(broker, "client")});
  }
  return targets;
}

std::vector<BrokerLogDirs> AskLogDirs(Session& session,
                                      const std::vector<BrokerTarget>& targets,
                                      const v1::DescribeLogDirsRequest& request,
                                      absl::Status* first) {
  std::vector<BrokerLogDirs> answers;
  for (const BrokerTarget& target : targets) {
    absl::StatusOr<v1::DescribeLogDirsResponse> reply;
    const absl::StatusOr<std::shared_ptr<client::NodeClient>> node =
        ConnectNode(session, target.endpoint);
    if (node.ok()) {
      reply = (*node)->DescribeLogDirs(request);
    } else {
      reply = node.status();
    }
    if (reply.ok()) {
      answers.push_back({target, *std::move(reply)});
      continue;
    }
    const absl::Status failed =
        WithPrefix(reply.status(), absl::StrCat("broker ", target.name));
    // The only one's failure is told once, as the command's own.
    if (targets.size() > 1) session.Say(ErrorText(failed, "", false));
    if (first->ok()) *first = failed;
  }
  if (!first->ok() && targets.size() > 1) {
    *first = SilentExit(static_cast<int>(ExitCode::kRefused));
  }
  return answers;
}

}  // namespace barnabas::cli
