// Random histories against the stepped core. The rig checks invariants after
// every event; a failure prints the seed that shows it again.
#include <gtest/gtest.h>

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "controller/active/active_controller.h"
#include "metadata/image/broker_state.h"
#include "metadata/image/cluster_image.h"
#include "metadata/image/snapshot.h"
#include "tests/controller/active/rig.h"
#include "tests/support/matchers.h"

namespace barnabas::active {
namespace {

constexpr int kSeeds = 150;
constexpr int kSteps = 250;

// One history: what a seed makes happen.
class History {
 public:
  explicit History(uint64_t seed) : random_(seed), rig_(seed), seed_(seed) {}

  void Run() {
    for (int step = 0; step < kSteps && rig_.Fault().empty(); ++step) Step();
    if (rig_.Fault().empty()) Settle();
    EXPECT_EQ(rig_.Fault(), "") << "seed " << seed_;
  }

 private:
  uint64_t Pick(uint64_t count) { return random_() % count; }
  int32_t AnyBroker() { return static_cast<int32_t>(100 + Pick(4)); }
  std::string AnyName() { return "t" + std::to_string(Pick(6)); }

  void Step() {
    switch (Pick(12)) {
      case 0:
        return Leadership();
      case 1:
      case 2:
        return Ask();
      case 3:
        return Sessions();
      case 4:
      case 5:
        return Beat();
      case 6:
        return rig_.Advance(static_cast<int64_t>(Pick(800)));
      case 7:
        if (Pick(8) == 0) rig_.Stall(static_cast<int64_t>(Pick(9000)));
        return;
      default:
        rig_.Commit(Pick(4));
        return;
    }
  }

  void Leadership() {
    if (rig_.controller().role() == Role::kStandby) return rig_.Lead();
    switch (Pick(6)) {
      case 0:
        return rig_.Lose(Pick(4));
      case 1:
        if (Pick(4) == 0) rig_.Restart(random_());
        return;
      default:
        return;
    }
  }

  void Ask() {
    switch (Pick(6)) {
      case 0:
      case 1: {
        v1::CreateTopicsRequest request;
        for (uint64_t i = 0; i <= Pick(3); ++i) {
          v1::CreateTopic* topic = request.add_topics();
          topic->set_name(AnyName());
          topic->set_partitions(static_cast<int32_t>(Pick(5)));
          if (Pick(2) == 0) {
            topic->set_replication_factor(static_cast<int32_t>(Pick(5)));
          }
        }
        request.set_validate_only(Pick(8) == 0);
        rig_.Ask(request);
        return;
      }
      case 2: {
        v1::DeleteTopicsRequest request;
        request.add_topics()->mutable_topic()->set_name(AnyName());
        rig_.Ask(request);
        return;
      }
      case 3: {
        v1::AddPartitionsRequest request;
        request.add_topics()->set_name(AnyName());
        request.mutable_topics(0)->set_total(static_cast<int32_t>(Pick(9)));
        rig_.Ask(request);
        return;
      }
      case 4: {
        v1::AlterTopicsRequest request;
        request.add_topics()->set_name(AnyName());
        v1::SettingValue* setting = request.mutable_topics(0)->add_settings();
        setting->set_key("retention.ms");
        if (Pick(3) != 0) setting->set_value(std::to_string(Pick(9)));
        if (Pick(3) == 0) {
          request.mutable_topics(0)->set_expected_version(
              static_cast<int64_t>(Pick(40)));
        }
        rig_.Ask(request);
        return;
      }
      default: {
        internal::v1::AllocateProducerIdsRequest request;
        request.set_broker_id(AnyBroker());
        const image::BrokerState* broker =
            rig_.image().FindBroker(BrokerId(request.broker_id()));
        if (broker != nullptr) request.set_broker_epoch(broker->epoch.value());
        rig_.Ask(request);
      }
    }
  }

  bool Open(int32_t broker) {
    for (const auto& [id, session] : rig_.brokers().all()) {
      if (session.broker == broker && !session.end.has_value() &&
          session.epoch.has_value()) {
        return &session == &rig_.brokers().Of(broker);
      }
    }
    return false;
  }

  void Sessions() {
    const int32_t broker = AnyBroker();
    switch (Pick(4)) {
      case 0:
        active::Register(rig_, broker, true);
        return;
      case 1:
        active::Register(rig_, broker, Pick(4) == 0);
        return;
      default: {
        if (rig_.brokers().all().empty()) return;
        auto session = rig_.brokers().all().begin();
        std::advance(session, Pick(rig_.brokers().all().size()));
        active::Close(
            rig_, session->first,
            Pick(2) == 0 ? Evidence::kStreamEnded : Evidence::kProcessGone);
      }
    }
  }

  void Beat() {
    for (int32_t broker = 100; broker < 104; ++broker) {
      if (Pick(5) == 0 || !Open(broker)) continue;
      active::Beat(rig_, broker, Pick(12) == 0, Pick(12) == 0);
    }
  }

  // The world heals: everyone must run and every partition have a leader.
  void Settle() {
    if (rig_.controller().role() != Role::kStandby) rig_.Lose(0);
    rig_.Lead();
    rig_.Commit();
    for (int32_t broker = 100; broker < 104; ++broker) {
      active::Register(rig_, broker, true);
      rig_.Commit();
    }
    for (int round = 0; round < 3; ++round) {
      for (int32_t broker = 100; broker < 104; ++broker)
        active::Beat(rig_, broker);
      rig_.Commit();
    }
    rig_.image().ForEachBroker([&](const image::BrokerState& broker) {
      EXPECT_TRUE(broker.IsEligible())
          << "seed " << seed_ << " broker " << broker.id;
    });
    rig_.image().ForEachTopic([&](const image::TopicState& topic) {
      for (const image::PartitionState& partition : topic.partitions) {
        EXPECT_TRUE(partition.HasLeader())
            << "seed " << seed_ << " topic " << topic.name;
      }
    });
    const auto again = image::ReplaySnapshot(image::SnapshotOf(rig_.image()));
    ASSERT_OK(again);
    EXPECT_TRUE(image::SameImage(*again, rig_.image())) << "seed " << seed_;
  }

  std::mt19937_64 random_;
  Rig rig_;
  const uint64_t seed_;
};

TEST(ActiveProperty, RandomHistoriesKeepEveryRule) {
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    History(seed).Run();
    if (::testing::Test::HasFailure()) return;
  }
}

}  // namespace
}  // namespace barnabas::active
