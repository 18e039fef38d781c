#include "metadata/image/image_diff.h"

#include <gtest/gtest.h>

#include <functional>
#include <vector>

#include "metadata/image/cluster_delta.h"
#include "tests/metadata/image/image_builder.h"
#include "tests/support/matchers.h"

namespace barnabas::image {
namespace {

using internal::v1::ClusterRecord;
using Change = std::function<void(ClusterRecord&)>;

// Changes of every kind, one entry each.
std::vector<Change> Changes() {
  return {
      [](ClusterRecord& record) {
        record.mutable_topic()->set_name("third");
        record.mutable_topic()->set_topic_id(TestId(3).ToString());
      },
      [](ClusterRecord& record) {
        auto* partition = record.mutable_partition();
        partition->set_topic_id(TestId(3).ToString());
        partition->add_replicas(100);
        partition->add_isr(100);
        partition->set_leader(100);
      },
      [](ClusterRecord& record) {
        record.mutable_remove_topic()->set_topic_id(TestId(2).ToString());
      },
      [](ClusterRecord& record) {
        auto* change = record.mutable_partition_change();
        change->set_topic_id(TestId(1).ToString());
        change->set_leader(101);
      },
      [](ClusterRecord& record) {
        record.mutable_config()->set_scope("cluster");
        record.mutable_config()->set_key("num.partitions");
        record.mutable_config()->set_value("7");
      },
      [](ClusterRecord& record) {
        record.mutable_config()->set_scope("topic");
        record.mutable_config()->set_name(TestId(1).ToString());
        record.mutable_config()->set_key("flush");
        record.mutable_config()->set_value("os");
      },
      [](ClusterRecord& record) {
        record.mutable_producer_ids()->set_next(1000);
      },
      [](ClusterRecord& record) {
        record.mutable_leader()->set_controller_id(2);
        record.mutable_leader()->set_term(4);
      },
      [](ClusterRecord& record) {
        auto* voter = record.mutable_voters()->add_voters();
        voter->set_node_id(5);
        voter->set_directory_id(TestId(500).ToString());
      },
  };
}

ImageBuilder Base() {
  ImageBuilder builder;
  builder.Broker(100).Broker(101).Topic("first", {{100, 101}, {100}});
  builder.Topic("second", {{101}});
  return builder;
}

TEST(ImageDiff, EqualImagesDifferInNothing) {
  const ClusterImage image = Base().image();
  EXPECT_TRUE(ChangesBetween(image, image).Empty());
  EXPECT_TRUE(ChangesBetween(ClusterImage(), ClusterImage()).Empty());
}

TEST(ImageDiff, SaysWhatTheDeltaSays) {
  const ClusterImage base = Base().image();
  // Each change alone, and all in a row.
  for (size_t first = 0; first <= Changes().size(); ++first) {
    ClusterDelta delta(base);
    LogIndex offset = base.version();
    for (size_t i = 0; i < Changes().size(); ++i) {
      // The partition belongs to the new topic.
      const bool alone = i == first || (first == 1 && i == 0);
      if (first < Changes().size() && !alone) continue;
      internal::v1::MetadataEntry entry;
      entry.set_time_ms(1);
      Changes()[i](*entry.add_records());
      offset = offset.Next();
      ASSERT_OK(delta.Replay(entry, offset, Term(4)));
    }
    EXPECT_EQ(ChangesBetween(base, delta.Apply()), delta.changes())
        << "change " << first;
  }
}

TEST(ImageDiff, NamesBrokersThatCameAndWent) {
  ImageBuilder builder = Base();
  const ClusterImage before = builder.image();
  builder.Broker(102).FencedBroker(101);
  const ImageChanges changes = ChangesBetween(before, builder.image());
  EXPECT_EQ(changes.brokers,
            (std::set<BrokerId>{BrokerId(101), BrokerId(102)}));
  const ImageChanges back = ChangesBetween(builder.image(), before);
  EXPECT_EQ(back.removed_brokers, std::set<BrokerId>{BrokerId(102)});
}

}  // namespace
}  // namespace barnabas::image
