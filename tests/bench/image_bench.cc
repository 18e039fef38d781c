// What changes of a cluster with 100,000 partitions cost, in 10,000 topics of
// ten partitions on 30 brokers with three replicas each.
#include <benchmark/benchmark.h>

#include <cstdint>
#include <string>
#include <vector>

#include "barnabas/internal/v1/cluster_record.pb.h"
#include "controller/planner/broker_planner.h"
#include "controller/planner/plan_context.h"
#include "controller/planner/topic_planner.h"
#include "metadata/image/cluster_delta.h"
#include "metadata/image/cluster_image.h"
#include "metadata/image/snapshot.h"
#include "metadata/view/topic_view.h"
#include "tests/metadata/image/image_builder.h"

namespace barnabas {
namespace {

constexpr int kTopics = 10 * 1000;
constexpr int kPartitionsPerTopic = 10;
constexpr int kBrokers = 30;

const image::ClusterImage& LargeImage() {
  static const auto* const large = [] {
    image::ImageBuilder builder;
    for (int i = 0; i < kBrokers; ++i) builder.Broker(100 + i);
    for (int topic = 0; topic < kTopics; ++topic) {
      std::vector<std::vector<int32_t>> replicas;
      for (int i = 0; i < kPartitionsPerTopic; ++i) {
        const int first = topic + i;
        replicas.push_back({100 + first % kBrokers,
                            100 + (first + 1) % kBrokers,
                            100 + (first + 7) % kBrokers});
      }
      builder.Topic("topic-" + std::to_string(topic), replicas);
    }
    return new image::ClusterImage(builder.image());
  }();
  return *large;
}

void Replay(benchmark::State& state,
            const std::vector<internal::v1::ClusterRecord>& records) {
  const image::ClusterImage& image = LargeImage();
  internal::v1::MetadataEntry entry;
  for (const auto& record : records) *entry.add_records() = record;
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        image::ReplayEntry(image, entry, image.version().Next(), Term(1)));
  }
  state.counters["records"] = static_cast<double>(records.size());
}

void BM_OnePartitionChanges(benchmark::State& state) {
  std::vector<internal::v1::ClusterRecord> records(1);
  auto* change = records[0].mutable_partition_change();
  change->set_topic_id(LargeImage().FindTopic("topic-77")->id.ToString());
  change->set_partition(3);
  change->set_leader(
      LargeImage().FindTopic("topic-77")->partitions[3].isr[1].value());
  Replay(state, records);
}
BENCHMARK(BM_OnePartitionChanges);

void BM_OneTopicIsCreated(benchmark::State& state) {
  v1::CreateTopicsRequest request;
  request.add_topics()->set_name("new");
  request.mutable_topics(0)->set_partitions(kPartitionsPerTopic);
  const planner::PlanContext context{LargeImage(),
                                     LargeImage().version().Next(), 1, 1};
  Replay(state, planner::PlanCreateTopics(context, request)->records);
}
BENCHMARK(BM_OneTopicIsCreated);

void BM_OneTopicIsPlanned(benchmark::State& state) {
  v1::CreateTopicsRequest request;
  request.add_topics()->set_name("new.topic");
  request.mutable_topics(0)->set_partitions(kPartitionsPerTopic);
  const planner::PlanContext context{LargeImage(),
                                     LargeImage().version().Next(), 1, 1};
  for (auto _ : state) {
    benchmark::DoNotOptimize(planner::PlanCreateTopics(context, request));
  }
}
BENCHMARK(BM_OneTopicIsPlanned);

void BM_ABrokerIsFenced(benchmark::State& state) {
  Replay(state, planner::PlanFence(LargeImage(), BrokerId(103)));
}
BENCHMARK(BM_ABrokerIsFenced)->Unit(benchmark::kMillisecond);

void BM_AFenceIsPlanned(benchmark::State& state) {
  for (auto _ : state) {
    benchmark::DoNotOptimize(planner::PlanFence(LargeImage(), BrokerId(103)));
  }
}
BENCHMARK(BM_AFenceIsPlanned)->Unit(benchmark::kMillisecond);

void BM_SnapshotIsMade(benchmark::State& state) {
  for (auto _ : state) {
    benchmark::DoNotOptimize(image::SnapshotOf(LargeImage()));
  }
}
BENCHMARK(BM_SnapshotIsMade)->Unit(benchmark::kMillisecond);

void BM_SnapshotIsReplayed(benchmark::State& state) {
  const auto snapshot = image::SnapshotOf(LargeImage());
  for (auto _ : state) {
    benchmark::DoNotOptimize(image::ReplaySnapshot(snapshot));
  }
}
BENCHMARK(BM_SnapshotIsReplayed)->Unit(benchmark::kMillisecond);

void BM_APartitionIsFound(benchmark::State& state) {
  const TopicId id = LargeImage().FindTopic("topic-5000")->id;
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        LargeImage().FindPartition({id, PartitionIndex(4)}));
  }
}
BENCHMARK(BM_APartitionIsFound);

void BM_APageOfTopicsIsListed(benchmark::State& state) {
  for (auto _ : state) {
    benchmark::DoNotOptimize(view::ListTopics(
        LargeImage(), {}, [](std::string_view) { return true; }));
  }
}
BENCHMARK(BM_APageOfTopicsIsListed)->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace barnabas

BENCHMARK_MAIN();
