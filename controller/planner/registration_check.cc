#include "controller/planner/registration_check.h"

#include <cstddef>
#include <optional>
#include <set>
#include <string>

#include "absl/strings/str_cat.h"
#include "metadata/image/broker_state.h"
#include "metadata/image/features.h"
#include "proto/types/error.h"
#include "proto/types/ids.h"
#include "proto/types/limits.h"
#include "proto/types/status_macros.h"
#include "proto/types/uuid.h"

namespace barnabas::planner {
namespace {

constexpr int kEndpointsMax = 16;
constexpr int kFeaturesMax = 64;
constexpr size_t kTextLengthMax = 255;
constexpr int kPortMax = 65535;

absl::Status Refuse(const std::string& what, std::string_view hint) {
  return MakeError(ErrorCode::kInvalidRegistration, what, hint);
}

absl::Status CheckEndpoints(const internal::v1::RegisterBroker& from) {
  constexpr std::string_view kHint = "correct listeners in its node file";
  std::set<std::string> names;
  for (const internal::v1::BrokerEndpoint& endpoint : from.endpoints()) {
    if (endpoint.listener().empty() || endpoint.host().empty() ||
        endpoint.host().size() > kTextLengthMax ||
        endpoint.listener().size() > kTextLengthMax || endpoint.port() < 1 ||
        endpoint.port() > kPortMax) {
      return Refuse(absl::StrCat("endpoint \"", endpoint.listener(), "\" at \"",
                                 endpoint.host(), ":", endpoint.port(),
                                 "\" is incomplete"),
                    kHint);
    }
    if (!names.insert(endpoint.listener()).second) {
      return Refuse(
          absl::StrCat("endpoint \"", endpoint.listener(), "\" is given twice"),
          kHint);
    }
  }
  if (names.count("client") == 0 || names.size() > kEndpointsMax) {
    return Refuse(absl::StrCat("it has ", names.size(),
                               " endpoints, which must include \"client\" and "
                               "be at most ",
                               kEndpointsMax),
                  kHint);
  }
  return absl::OkStatus();
}

absl::Status CheckIds(const image::ClusterImage& image,
                      const internal::v1::RegisterBroker& from) {
  const std::optional<Uuid> incarnation = Uuid::Parse(from.incarnation_id());
  const std::optional<Uuid> directory = Uuid::Parse(from.directory_id());
  if (!incarnation.has_value() || incarnation->IsNil() ||
      !directory.has_value() || directory->IsNil()) {
    return Refuse(absl::StrCat("incarnation \"", from.incarnation_id(),
                               "\" or directory \"", from.directory_id(),
                               "\" is not an id"),
                  "barnabas storage info DIR");
  }
  if (from.broker_id() < 1) {
    return Refuse(absl::StrCat("broker id ", from.broker_id(), " < 1"),
                  "give it another node.id");
  }
  for (const image::VoterState& voter : image.voters()) {
    if (voter.id.value() == from.broker_id()) {
      return Refuse(absl::StrCat("controller ", from.broker_id(),
                                 " has this id; ids are one number space"),
                    "give it another node.id");
    }
  }
  absl::Status status;
  image.ForEachBroker([&](const image::BrokerState& broker) {
    if (broker.directory == *directory &&
        broker.id != BrokerId(from.broker_id())) {
      status = Refuse(absl::StrCat("data directory ", from.directory_id(),
                                   " belongs to broker ", broker.id.value()),
                      "format a directory of its own: barnabas storage format");
    }
  });
  return status;
}

absl::Status CheckFeatures(const image::ClusterImage& image,
                           const internal::v1::RegisterBroker& from) {
  if (from.features_size() > kFeaturesMax) {
    return Refuse(absl::StrCat("it lists ", from.features_size(),
                               " features, at most ", kFeaturesMax),
                  "run a version of this cluster");
  }
  const image::FeatureRanges ranges = image::RangesFrom(from.features());
  for (const image::FeatureRange& known : image::UnderstoodFeatures()) {
    const int32_t level = image::LevelOf(image, known.name);
    const image::FeatureRange range = image::RangeOf(ranges, known.name);
    if (level >= range.min && level <= range.max) continue;
    return Refuse(absl::StrCat("it understands levels ", range.min, "…",
                               range.max, " of feature \"", known.name,
                               "\", the cluster stands at ", level),
                  "run a newer version of it");
  }
  return absl::OkStatus();
}

}  // namespace

absl::Status CheckRegistration(const image::ClusterImage& image,
                               const internal::v1::RegisterBroker& from) {
  const std::string cluster = image.cluster_id().ToString();
  if (from.cluster_id() != cluster) {
    return MakeError(ErrorCode::kInconsistentClusterId,
                     absl::StrCat("it belongs to cluster \"", from.cluster_id(),
                                  "\", this is ", cluster),
                     "compare cluster.id: barnabas storage info DIR");
  }
  RETURN_IF_ERROR(CheckIds(image, from));
  RETURN_IF_ERROR(CheckEndpoints(from));
  RETURN_IF_ERROR(CheckFeatures(image, from));
  if (from.rack().size() > kTextLengthMax ||
      from.version().size() > kTextLengthMax) {
    return Refuse(absl::StrCat("rack or version is longer than ",
                               kTextLengthMax, " bytes"),
                  "shorten node.rack");
  }
  if (image.FindBroker(BrokerId(from.broker_id())) == nullptr &&
      image.totals().brokers >= kBrokersMax) {
    return MakeError(ErrorCode::kLimitExceeded,
                     absl::StrCat("the cluster has ", image.totals().brokers,
                                  " brokers, at most ", kBrokersMax),
                     "barnabas broker list");
  }
  return absl::OkStatus();
}

}  // namespace barnabas::planner
