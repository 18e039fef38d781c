#include "metadata/image/replay.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "tests/metadata/image/image_builder.h"
#include "tests/support/matchers.h"

namespace barnabas::image {
namespace {

using internal::v1::ClusterRecord;
using support::HasErrorCode;
using ::testing::ElementsAre;
using Fill = std::function<void(ClusterRecord&)>;

ImageBuilder TwoBrokers() {
  ImageBuilder builder;
  builder.Broker(100).Broker(101).Topic("a", {{100, 101}});
  return builder;
}

absl::Status Try(ImageBuilder& builder, const Fill& fill) {
  ImageBuilder::Records records(1);
  fill(records[0]);
  return builder.TryAppend(records);
}

Fill ChangePartition(
    int32_t index,
    std::function<void(internal::v1::PartitionChangeRecord&)> fill) {
  return [index, fill](ClusterRecord& record) {
    record.mutable_partition_change()->set_topic_id(TestId(1).ToString());
    record.mutable_partition_change()->set_partition(index);
    fill(*record.mutable_partition_change());
  };
}

TEST(Replay, BootstrapGivesTheClusterItsIdentity) {
  const ClusterImage image = ImageBuilder().image();
  EXPECT_EQ(image.version(), LogIndex(0));
  EXPECT_EQ(image.cluster_id(), TestId(0));
  ASSERT_EQ(image.voters().size(), 1u);
  EXPECT_EQ(image.voters()[0].id, NodeId(1));
  EXPECT_EQ(image.voters()[0].port, 9293);
}

TEST(Replay, ANewIncarnationHasItsEntrysOffsetAsEpochAndIsFenced) {
  ImageBuilder builder = TwoBrokers();
  builder.FencedBroker(100);
  const BrokerState* broker = builder.image().FindBroker(BrokerId(100));
  EXPECT_EQ(broker->epoch.value(), builder.image().version().value());
  EXPECT_TRUE(broker->fenced);
  EXPECT_FALSE(broker->stopping);
  EXPECT_FALSE(broker->IsEligible());
  EXPECT_EQ(broker->FindEndpoint("peer")->port, 9293);
  EXPECT_EQ(broker->FindEndpoint("http"), nullptr);
}

TEST(Replay, ALeaderEvenTheSameBumpsBothEpochs) {
  ImageBuilder builder = TwoBrokers();
  ASSERT_OK(Try(builder, ChangePartition(
                             0, [](auto& change) { change.set_leader(100); })));
  const PartitionState* partition =
      builder.image().FindPartition({TestId(1), PartitionIndex(0)});
  EXPECT_EQ(partition->leader_epoch, LeaderEpoch(1));
  EXPECT_EQ(partition->partition_epoch, PartitionEpoch(1));
}

TEST(Replay, AnIsrChangeBumpsThePartitionEpochOnly) {
  ImageBuilder builder = TwoBrokers();
  const LogIndex version = builder.image().FindTopic("a")->version;
  ASSERT_OK(Try(builder, ChangePartition(0, [](auto& change) {
                  change.set_has_isr(true);
                  change.add_isr(100);
                })));
  const PartitionState* partition =
      builder.image().FindPartition({TestId(1), PartitionIndex(0)});
  EXPECT_THAT(partition->isr, ElementsAre(BrokerId(100)));
  EXPECT_EQ(partition->leader_epoch, LeaderEpoch(0));
  EXPECT_EQ(partition->partition_epoch, PartitionEpoch(1));
  EXPECT_EQ(builder.image().FindTopic("a")->version, version)
      << "expected_version must survive a broker's restart";
}

TEST(Replay, WhatAnOperatorChangesMovesTheTopicsVersion) {
  ImageBuilder builder = TwoBrokers();
  builder.Set(ConfigScope::kTopic, TestId(1).ToString(), "flush", "os");
  EXPECT_EQ(builder.image().FindTopic("a")->version, builder.image().version());
  builder.Add([](ClusterRecord& record) {
    record.mutable_topic_change()->set_topic_id(TestId(1).ToString());
  });
  EXPECT_EQ(builder.image().FindTopic("a")->version, builder.image().version());
  ASSERT_OK(Try(builder, ChangePartition(0, [](auto& change) {
                  change.set_has_replicas(true);
                  change.add_replicas(101);
                  change.add_replicas(100);
                })));
  EXPECT_EQ(builder.image().FindTopic("a")->version, builder.image().version());
}

TEST(Replay, LeaderAndProducerIdsOnlyGoForward) {
  ImageBuilder builder;
  builder.Add([](ClusterRecord& record) {
    record.mutable_leader()->set_controller_id(1);
    record.mutable_leader()->set_term(5);
  });
  builder.Add([](ClusterRecord& record) {
    record.mutable_producer_ids()->set_next(1000);
  });
  EXPECT_EQ(builder.image().active_controller(), NodeId(1));
  EXPECT_EQ(builder.image().term(), Term(5));
  EXPECT_EQ(builder.image().totals().next_producer_id, ProducerId(1000));
  EXPECT_THAT(
      Try(builder,
          [](ClusterRecord& record) { record.mutable_leader()->set_term(4); }),
      HasErrorCode(ErrorCode::kCorruptLog));
  EXPECT_THAT(Try(builder,
                  [](ClusterRecord& record) {
                    record.mutable_producer_ids()->set_next(999);
                  }),
              HasErrorCode(ErrorCode::kCorruptLog));
}

TEST(Replay, UnregisteringRemovesABroker) {
  ImageBuilder builder;
  builder.FencedBroker(100);
  const int64_t epoch = builder.image().version().value();
  builder.Add([&](ClusterRecord& record) {
    record.mutable_unregister_broker()->set_broker_id(100);
    record.mutable_unregister_broker()->set_broker_epoch(epoch);
  });
  EXPECT_EQ(builder.image().FindBroker(BrokerId(100)), nullptr);
}

TEST(Replay, ARecordOfAnUnknownKindStopsTheReplay) {
  ImageBuilder builder;
  EXPECT_THAT(Try(builder, [](ClusterRecord&) {}),
              HasErrorCode(ErrorCode::kUnsupportedFormat));
}

using Cases = std::vector<std::pair<std::string, Fill>>;

void ExpectRefused(const Cases& cases) {
  for (const auto& [name, fill] : cases) {
    SCOPED_TRACE(name);
    ImageBuilder builder = TwoBrokers();
    const LogIndex version = builder.image().version();
    EXPECT_THAT(Try(builder, fill), HasErrorCode(ErrorCode::kCorruptLog));
    EXPECT_EQ(builder.image().version(), version);
  }
}

TEST(Replay, ContradictionsAreRefusedAndChangeNothing) {
  ExpectRefused({
      {"a second bootstrap",
       [](ClusterRecord& record) {
         record.mutable_bootstrap()->set_cluster_id(TestId(0).ToString());
       }},
      {"an id that is none",
       [](ClusterRecord& record) {
         record.mutable_register_broker()->set_broker_id(102);
         record.mutable_register_broker()->set_incarnation_id("x");
       }},
      {"an unknown broker",
       [](ClusterRecord& record) {
         record.mutable_broker_change()->set_broker_id(102);
       }},
      {"an old epoch",
       [](ClusterRecord& record) {
         record.mutable_broker_change()->set_broker_id(100);
         record.mutable_broker_change()->set_broker_epoch(0);
       }},
      {"a name twice",
       [](ClusterRecord& record) {
         record.mutable_topic()->set_name("a");
         record.mutable_topic()->set_topic_id(TestId(7).ToString());
       }},
      {"an id twice",
       [](ClusterRecord& record) {
         record.mutable_topic()->set_name("b");
         record.mutable_topic()->set_topic_id(TestId(1).ToString());
       }},
      {"a partition that leaves a gap",
       [](ClusterRecord& record) {
         record.mutable_partition()->set_topic_id(TestId(1).ToString());
         record.mutable_partition()->set_partition(2);
         record.mutable_partition()->add_replicas(100);
       }},
      {"a partition without replicas",
       [](ClusterRecord& record) {
         record.mutable_partition()->set_topic_id(TestId(1).ToString());
         record.mutable_partition()->set_partition(1);
         record.mutable_partition()->set_leader(-1);
       }},
      {"a setting of no scope",
       [](ClusterRecord& record) {
         record.mutable_config()->set_scope("client");
         record.mutable_config()->set_key("k");
       }},
      {"a setting of no topic",
       [](ClusterRecord& record) {
         record.mutable_config()->set_scope("topic");
         record.mutable_config()->set_name(TestId(7).ToString());
         record.mutable_config()->set_key("k");
       }},
  });
}

TEST(Replay, PartitionsKeepTheirShape) {
  ExpectRefused({
      {"no such partition", ChangePartition(1, [](auto&) {})},
      {"an ISR member that is no replica",
       ChangePartition(0,
                       [](auto& change) {
                         change.set_has_isr(true);
                         change.add_isr(100);
                         change.add_isr(102);
                       })},
      {"an ISR that repeats a broker", ChangePartition(0,
                                                       [](auto& change) {
                                                         change.set_has_isr(
                                                             true);
                                                         change.add_isr(100);
                                                         change.add_isr(100);
                                                       })},
      {"an ISR without the leader", ChangePartition(0,
                                                    [](auto& change) {
                                                      change.set_has_isr(true);
                                                      change.add_isr(101);
                                                    })},
      {"a leader outside the ISR",
       ChangePartition(0, [](auto& change) { change.set_leader(102); })},
  });
}

}  // namespace
}  // namespace barnabas::image
