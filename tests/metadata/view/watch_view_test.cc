#include "metadata/view/watch_view.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <string>

#include "metadata/image/cluster_delta.h"
#include "tests/metadata/image/image_builder.h"
#include "tests/support/matchers.h"

namespace barnabas::view {
namespace {

using image::ClusterImage;
using image::ImageBuilder;
using image::TestId;
using internal::v1::ClusterRecord;
using internal::v1::MetadataEntry;

// What a watcher knows.
struct Known {
  std::map<int32_t, std::string> brokers;
  std::map<std::string, std::string> topics;

  bool operator==(const Known&) const = default;

  void Apply(const v1::WatchMetadataResponse& frame) {
    if (frame.snapshot()) *this = Known();
    for (const auto& broker : frame.brokers()) {
      brokers[broker.id()] = broker.SerializeAsString();
    }
    for (const auto& topic : frame.topics()) {
      topics[topic.id()] = topic.SerializeAsString();
    }
    for (int32_t id : frame.removed_brokers()) brokers.erase(id);
    for (const auto& id : frame.removed_topics()) topics.erase(id);
  }
};

Known Snapshot(const ClusterImage& image, const WatchOptions& options) {
  Known known;
  known.Apply(WatchSnapshot(image, options));
  return known;
}

std::vector<MetadataEntry> Steps(int64_t epoch) {
  std::vector<MetadataEntry> steps(6);
  auto* topic = steps[0].add_records()->mutable_topic();
  topic->set_name("c");
  topic->set_topic_id(TestId(9).ToString());
  auto* partition = steps[0].add_records()->mutable_partition();
  partition->set_topic_id(TestId(9).ToString());
  partition->add_replicas(101);
  partition->add_isr(101);
  partition->set_leader(101);
  auto* leave = steps[1].add_records()->mutable_partition_change();
  leave->set_topic_id(TestId(9).ToString());
  leave->set_leader(-1);
  auto* fence = steps[1].add_records()->mutable_broker_change();
  fence->set_broker_id(101);
  fence->set_broker_epoch(epoch);
  fence->set_fenced(true);
  steps[2].add_records()->mutable_remove_topic()->set_topic_id(
      TestId(1).ToString());
  auto* gone = steps[3].add_records()->mutable_unregister_broker();
  gone->set_broker_id(101);
  gone->set_broker_epoch(epoch);
  steps[4].add_records()->mutable_topic_change()->set_topic_id(
      TestId(2).ToString());
  steps[5].add_records()->mutable_no_op();
  return steps;
}

TEST(WatchView, SnapshotAndFramesGiveTheLaterSnapshot) {
  for (const WatchOptions& options :
       {WatchOptions{"client", {}}, WatchOptions{"", {"a", "c"}}}) {
    ImageBuilder builder;
    builder.Broker(100).Broker(101);
    builder.Topic("a", {{100}}).Topic("b", {{100}});
    ClusterImage image = builder.image();
    Known known = Snapshot(image, options);
    const int64_t epoch = image.FindBroker(BrokerId(101))->epoch.value();
    for (const MetadataEntry& entry : Steps(epoch)) {
      image::ClusterDelta delta(image);
      ASSERT_OK(delta.Replay(entry, image.version().Next(), Term(1)));
      image = delta.Apply();
      const auto frame = WatchStep(image, delta.changes(), options);
      if (frame.has_value()) {
        EXPECT_FALSE(frame->snapshot());
        EXPECT_EQ(frame->metadata_version(), image.version().value());
        known.Apply(*frame);
      }
      EXPECT_EQ(known, Snapshot(image, options))
          << "at version " << image.version();
    }
  }
}

TEST(WatchView, AStepThatTouchesNothingAskedForHasNoFrame) {
  ImageBuilder builder;
  builder.Broker(100).Topic("a", {{100}}).Topic("b", {{100}});
  image::ClusterDelta delta(builder.image());
  MetadataEntry entry;
  entry.add_records()->mutable_topic_change()->set_topic_id(
      TestId(2).ToString());
  ASSERT_OK(delta.Replay(entry, builder.image().version().Next(), Term(1)));
  EXPECT_FALSE(
      WatchStep(delta.Apply(), delta.changes(), {"", {"a"}}).has_value());
  EXPECT_TRUE(
      WatchStep(delta.Apply(), delta.changes(), {"", {"b"}}).has_value());
}

}  // namespace
}  // namespace barnabas::view
