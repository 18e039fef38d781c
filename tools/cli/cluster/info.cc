// `cluster info` and `cluster id`.
#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "proto/types/status_macros.h"
#include "tools/cli/cluster/commands.h"
#include "tools/cli/frame/connect.h"

namespace barnabas::cli {
namespace {

// Controllers fail over in less; what only their leader knows is not waited
// for any longer.
constexpr absl::Duration kPatience = absl::Seconds(4);

// "3: 2 running, 1 fenced; 1 drains".
std::string BrokersText(const v1::DescribeClusterResponse& cluster) {
  int running = 0;
  int fenced = 0;
  int stopping = 0;
  int draining = 0;
  for (const v1::BrokerInfo& broker : cluster.brokers()) {
    running += broker.state() == v1::BROKER_STATE_RUNNING ? 1 : 0;
    fenced += broker.state() == v1::BROKER_STATE_FENCED ? 1 : 0;
    stopping += broker.state() == v1::BROKER_STATE_STOPPING ? 1 : 0;
    draining += broker.draining() ? 1 : 0;
  }
  std::string text =
      absl::StrCat(cluster.brokers_size(), ": ", running, " running");
  if (fenced > 0) absl::StrAppend(&text, ", ", fenced, " fenced");
  if (stopping > 0) absl::StrAppend(&text, ", ", stopping, " stopping");
  if (draining > 0) {
    absl::StrAppend(&text, "; ", draining,
                    draining == 1 ? " drains" : " drain");
  }
  return text;
}

std::string ControllersText(const v1::DescribeClusterResponse& cluster) {
  std::vector<std::string> names;
  for (const v1::ControllerInfo& each : cluster.controllers()) {
    names.push_back(
        absl::StrCat(each.id(), "@", each.host(), ":", each.port()));
  }
  return absl::StrJoin(names, " ");
}

absl::Status RunInformation(Session& session) {
  ASSIGN_OR_RETURN(const std::shared_ptr<client::Admin> admin,
                   ConnectPatiently(session, kPatience));
  ASSIGN_OR_RETURN(const v1::DescribeClusterResponse cluster,
                   admin->DescribeCluster());
  // Only the controller that leads answers these two: without one it is told.
  const auto quorum = admin->quorum().DescribeQuorum({});
  const absl::StatusOr<v1::DescribeFeaturesResponse> features =
      quorum.ok()
          ? admin->cluster().DescribeFeatures({})
          : absl::StatusOr<v1::DescribeFeaturesResponse>(quorum.status());
  std::vector<std::string> levels;
  Tree tree = TreeOf(cluster);
  if (features.ok()) {
    for (const v1::FeatureInfo& each : features->features()) {
      levels.push_back(absl::StrCat(each.name(), " ", each.level()));
    }
    tree.Add("features", *TreeOf(*features).Find("features"));
  }
  Table table{{{"FIELD"}, {"VALUE"}}, {}};
  const auto from_leader = [](const absl::Status& status,
                              const std::string& text) {
    return status.ok() ? text
                       : absl::StrCat("none is reached: ",
                                      std::string(status.message()));
  };
  table.rows = {
      {"cluster", cluster.cluster_id()},
      {"controllers", ControllersText(cluster)},
      {"leader",
       from_leader(quorum.status(),
                   quorum.ok() ? absl::StrCat(quorum->leader_id(), ", term ",
                                              quorum->term())
                               : std::string())},
      {"brokers", BrokersText(cluster)},
      {"topics", absl::StrCat(cluster.topics())},
      {"partitions", absl::StrCat(cluster.partitions())},
      {"metadata version", absl::StrCat(cluster.metadata_version())},
      {"feature levels", features.ok() ? absl::StrJoin(levels, ", ") : "?"},
  };
  if (quorum.ok()) {
    tree.Add("leaderId", Tree::Number(quorum->leader_id()))
        .Add("term", Tree::Number(quorum->term()));
  }
  return session.Print({std::move(tree), "", {{"", std::move(table)}}});
}

absl::Status RunId(Session& session) {
  ASSIGN_OR_RETURN(const std::shared_ptr<client::Admin> admin,
                   Connect(session));
  ASSIGN_OR_RETURN(const v1::DescribeClusterResponse cluster,
                   admin->DescribeCluster());
  Tree tree = Tree::Object();
  tree.Add("clusterId", Tree::Text(cluster.cluster_id()));
  return session.Print(
      {std::move(tree),
       "",
       {{"", Table{{{"CLUSTER"}}, {{cluster.cluster_id()}}}}}});
}

}  // namespace

Command ClusterInformation() {
  Command command{.name = "info",
                  .aliases = {"describe"},
                  .summary = "Show controllers, brokers, topics and levels"};
  command.run = RunInformation;
  return command;
}

Command ClusterId() {
  Command command{.name = "id", .summary = "Show the cluster's id"};
  command.run = RunId;
  return command;
}

}  // namespace barnabas::cli
