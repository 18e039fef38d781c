#include "metadata/image/features.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "metadata/image/image_parts.h"
#include "proto/types/error.h"
#include "proto/types/text.h"

namespace barnabas::image {

const FeatureRanges& UnderstoodFeatures() {
  static const auto& ranges =
      *new FeatureRanges{{kMetadataFeature, 1, kDrainingLevel}};
  return ranges;
}

FeatureRange RangeOf(const FeatureRanges& ranges, std::string_view name) {
  for (const FeatureRange& range : ranges) {
    if (range.name == name) return range;
  }
  return FeatureRange{std::string(name), 1, 1};
}

absl::Status CheckUnderstood(std::string_view name, int32_t level) {
  const FeatureRange range = RangeOf(UnderstoodFeatures(), name);
  if (level >= range.min && level <= range.max) return absl::OkStatus();
  return MakeError(
      ErrorCode::kUnsupportedFormat,
      AsStd(absl::StrCat(
          "the cluster stands at level ", level, " of feature \"", AsAbsl(name),
          "\", this program understands ", range.min, "…", range.max)),
      "start a newer version");
}

int32_t LevelOf(const ClusterImage& image, std::string_view name) {
  const auto& levels = image.parts()->features;
  const auto found = levels.find(name);
  return found == levels.end() ? 1 : found->second;
}

FeatureRanges RangesFrom(const FeatureRangeList& list) {
  FeatureRanges ranges;
  for (const internal::v1::FeatureRange& range : list) {
    ranges.push_back({range.name(), range.min_level(), range.max_level()});
  }
  return ranges;
}

void WriteRanges(const FeatureRanges& ranges, FeatureRangeList& list) {
  for (const FeatureRange& range : ranges) {
    internal::v1::FeatureRange* added = list.Add();
    added->set_name(range.name);
    added->set_min_level(range.min);
    added->set_max_level(range.max);
  }
}

}  // namespace barnabas::image
