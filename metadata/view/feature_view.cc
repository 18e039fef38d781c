#include "metadata/view/feature_view.h"

#include <algorithm>
#include <string>
#include <utility>

#include "metadata/image/broker_state.h"

namespace barnabas::view {

std::vector<v1::NodeFeature> NodesOf(const image::ClusterImage& image,
                                     const std::vector<VoterFeatures>& voters,
                                     std::string_view feature) {
  std::vector<v1::NodeFeature> nodes;
  const auto add = [&](int32_t id, bool controller,
                       const image::FeatureRange& range) {
    v1::NodeFeature& node = nodes.emplace_back();
    node.set_node_id(id);
    node.set_controller(controller);
    node.set_min_level(range.min);
    node.set_max_level(range.max);
  };
  for (const VoterFeatures& voter : voters) {
    add(voter.id.value(), true,
        voter.ranges.has_value() ? image::RangeOf(*voter.ranges, feature)
                                 : image::FeatureRange{"", 0, 0});
  }
  image.ForEachBroker([&](const image::BrokerState& broker) {
    add(broker.id.value(), false, image::RangeOf(broker.features, feature));
  });
  return nodes;
}

v1::DescribeFeaturesResponse DescribeFeatures(
    const image::ClusterImage& image,
    const std::vector<VoterFeatures>& voters) {
  v1::DescribeFeaturesResponse response;
  for (const image::FeatureRange& known : image::UnderstoodFeatures()) {
    v1::FeatureInfo* feature = response.add_features();
    feature->set_name(known.name);
    feature->set_level(image::LevelOf(image, known.name));
    int32_t min = known.min;
    int32_t max = known.max;
    for (v1::NodeFeature& node : NodesOf(image, voters, known.name)) {
      // Who is not reached is told by its row, not by the range of all.
      if (node.max_level() > 0) {
        min = std::max(min, node.min_level());
        max = std::min(max, node.max_level());
      }
      *feature->add_nodes() = std::move(node);
    }
    feature->set_min_level(min);
    feature->set_max_level(max);
  }
  response.set_metadata_version(image.version().value());
  return response;
}

}  // namespace barnabas::view
