#include "controller/planner/feature_planner.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "controller/planner/finish_plan.h"
#include "controller/planner/item_error.h"
#include "controller/planner/partition_planner.h"
#include "metadata/image/features.h"
#include "proto/types/error.h"
#include "proto/types/error_proto.h"
#include "proto/types/status_macros.h"

namespace barnabas::planner {
namespace {

constexpr char kHint[] = "barnabas cluster features";

absl::Status Refused(const std::string& what, std::string_view hint) {
  return MakeError(ErrorCode::kFeatureUpdateFailed, what, hint);
}

absl::Status CheckNode(const v1::NodeFeature& node, int32_t level) {
  if (level >= node.min_level() && level <= node.max_level()) {
    return absl::OkStatus();
  }
  const std::string who = absl::StrCat(
      node.controller() ? "controller " : "broker ", node.node_id());
  if (node.max_level() == 0) {
    return Refused(absl::StrCat(who,
                                " is not reached, so it is not known what it "
                                "understands"),
                   "start it, or take its vote: barnabas quorum remove");
  }
  return Refused(absl::StrCat(who, " understands levels ", node.min_level(),
                              "…", node.max_level()),
                 node.controller()
                     ? "run a newer version of it"
                     : "run a newer version of it, or decommission it");
}

absl::Status CheckUpdate(const PlanContext& context,
                         const std::vector<view::VoterFeatures>& voters,
                         const v1::FeatureUpdate& update,
                         std::set<std::string>& seen,
                         v1::FeatureResult& result) {
  const image::FeatureRanges& known = image::UnderstoodFeatures();
  if (std::none_of(known.begin(), known.end(),
                   [&](const image::FeatureRange& range) {
                     return range.name == update.name();
                   })) {
    return MakeError(ErrorCode::kInvalidRequest, "there is no such feature",
                     kHint);
  }
  if (!seen.insert(update.name()).second) {
    return MakeError(ErrorCode::kInvalidRequest,
                     "the call names it more than once", "name it once");
  }
  const int32_t level = image::LevelOf(context.image, update.name());
  result.set_previous_level(level);
  result.set_level(update.level());
  if (update.level() == level) {
    return MakeError(ErrorCode::kNothingToChange,
                     absl::StrCat("it stands at level ", level, " already"),
                     kHint);
  }
  if (update.level() < level) {
    return Refused(absl::StrCat("it stands at level ", level,
                                ", and levels only rise: records of it may be "
                                "in the log"),
                   kHint);
  }
  for (const v1::NodeFeature& node :
       view::NodesOf(context.image, voters, update.name())) {
    RETURN_IF_ERROR(CheckNode(node, update.level()));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<command::Planned<v1::UpdateFeaturesResponse>> PlanUpdateFeatures(
    const PlanContext& context, const FeatureUpdates& updates) {
  const v1::UpdateFeaturesRequest& request = updates.request;
  RETURN_IF_ERROR(CheckItemCount("features", request.updates_size()));
  v1::UpdateFeaturesResponse response;
  Records records;
  std::set<std::string> seen;
  for (const v1::FeatureUpdate& update : request.updates()) {
    v1::FeatureResult& result = *response.add_results();
    result.set_name(update.name());
    const absl::Status status = ItemError(
        "feature", update.name(),
        absl::StrCat("raised to level ", update.level()),
        CheckUpdate(context, updates.voters, update, seen, result), kHint);
    if (!status.ok()) {
      result.clear_level();
      *result.mutable_error() = ToProto(status);
      continue;
    }
    internal::v1::FeatureLevelRecord* record =
        records.emplace_back().mutable_feature_level();
    record->set_name(update.name());
    record->set_level(update.level());
  }
  return FinishPlan(context, request.validate_only(), std::move(records),
                    std::move(response));
}

}  // namespace barnabas::planner
