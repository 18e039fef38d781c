// `cluster features` and `cluster features upgrade`.
#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "proto/types/error_proto.h"
#include "proto/types/status_macros.h"
#include "tools/cli/cluster/commands.h"
#include "tools/cli/frame/connect.h"
#include "tools/cli/frame/exit_code.h"
#include "tools/cli/frame/outcomes.h"
#include "tools/cli/frame/values.h"

namespace barnabas::cli {
namespace {

constexpr char kUsage[] = "barnabas cluster features upgrade NAME [LEVEL]";

std::string RangeText(int32_t min, int32_t max) {
  return max == 0 ? "unknown" : absl::StrCat(min, "-", max);
}

absl::Status RunList(Session& session) {
  ASSIGN_OR_RETURN(const std::shared_ptr<client::Admin> admin,
                   Connect(session));
  ASSIGN_OR_RETURN(const v1::DescribeFeaturesResponse reply,
                   admin->cluster().DescribeFeatures({}));
  Table table{{{"FEATURE"},
               {"LEVEL", true},
               {"SUPPORTED"},
               {"BEHIND"},
               {"NODES", false, true}},
              {}};
  for (const v1::FeatureInfo& feature : reply.features()) {
    // Who keeps the level from rising as far as some node would have it.
    int32_t newest = feature.max_level();
    for (const v1::NodeFeature& node : feature.nodes()) {
      newest = std::max(newest, node.max_level());
    }
    std::vector<std::string> behind;
    std::vector<std::string> nodes;
    for (const v1::NodeFeature& node : feature.nodes()) {
      const std::string id = absl::StrCat(node.node_id());
      if (node.max_level() < newest) behind.push_back(id);
      nodes.push_back(
          absl::StrCat(id, ":", RangeText(node.min_level(), node.max_level())));
    }
    table.rows.push_back({feature.name(), absl::StrCat(feature.level()),
                          RangeText(feature.min_level(), feature.max_level()),
                          absl::StrJoin(behind, ","),
                          absl::StrJoin(nodes, " ")});
  }
  return session.Print({TreeOf(reply), "features", {{"", std::move(table)}}});
}

// The newest level that all nodes understand.
absl::StatusOr<int64_t> NewestLevel(client::Admin& admin,
                                    const std::string& name) {
  ASSIGN_OR_RETURN(const v1::DescribeFeaturesResponse reply,
                   admin.cluster().DescribeFeatures({}));
  for (const v1::FeatureInfo& feature : reply.features()) {
    if (feature.name() == name) return feature.max_level();
  }
  return UsageError(absl::StrCat("there is no feature \"", name, "\""),
                    "barnabas cluster features");
}

absl::Status RunUpgrade(Session& session,
                        const std::vector<std::string>& words) {
  if (words.size() < 2 || (words[0] != "upgrade" && words[0] != "enable")) {
    return UsageError(
        absl::StrCat("\"", absl::StrJoin(words, " "), "\" is not understood"),
        kUsage);
  }
  int64_t level = 0;
  if (words.size() > 2) {
    ASSIGN_OR_RETURN(level, ParseInteger(words[2], 1, INT32_MAX));
  }
  ASSIGN_OR_RETURN(const std::shared_ptr<client::Admin> admin,
                   Connect(session));
  if (level == 0) {
    ASSIGN_OR_RETURN(level, NewestLevel(*admin, words[1]));
  }
  v1::UpdateFeaturesRequest request;
  v1::FeatureUpdate* update = request.add_updates();
  update->set_name(words[1]);
  update->set_level(static_cast<int32_t>(level));
  request.set_validate_only(!session.flags().writes.dry_run.empty());
  request.set_request_id(session.RequestId());
  ASSIGN_OR_RETURN(const v1::UpdateFeaturesResponse reply,
                   admin->cluster().UpdateFeatures(request));
  std::vector<Outcome> outcomes;
  for (const v1::FeatureResult& result : reply.results()) {
    Outcome outcome{result.name()};
    if (result.has_error()) {
      outcome.status = FromProto(result.error());
    } else {
      outcome.message = absl::StrCat(
          "level ", result.previous_level(), " -> ", result.level(),
          request.validate_only() ? " (dry run)" : "");
    }
    outcomes.push_back(std::move(outcome));
  }
  return PrintOutcomes(session, "feature", "raised", outcomes, TreeOf(reply),
                       "results");
}

}  // namespace

Command ClusterFeatures() {
  auto words = std::make_shared<std::vector<std::string>>();
  Command command{.name = "features",
                  .summary = "Show feature levels, or raise one"};
  command.details =
      "A level says what may be written for all nodes to read. It only rises, "
      "and only\nto what every node supports; BEHIND names those that support "
      "less than others.\n"
      "Example: barnabas cluster features upgrade metadata 2 --dry-run";
  command.writes = true;
  command.arguments = {{.name = "upgrade NAME [LEVEL]",
                        .help = "Raise a feature; default the newest level "
                                "that all support.",
                        .min = 0,
                        .max = 3,
                        .set = AddText(words.get())}};
  command.run = [words](Session& session) {
    return words->empty() ? RunList(session) : RunUpgrade(session, *words);
  };
  return command;
}

}  // namespace barnabas::cli
