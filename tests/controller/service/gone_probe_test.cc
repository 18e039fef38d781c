// Looking for a broker whose stream broke.
#include "controller/service/gone_probe.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/sim_event_loop.h"
#include "tests/support/sim_scheduler.h"

namespace barnabas::controller {
namespace {

class GoneProbeTest : public ::testing::Test {
 protected:
  GoneProbe::Connect Script() {
    return [this](const std::string& host, int32_t port, absl::Duration) {
      dialled_.push_back(host + ":" + std::to_string(port));
      if (outcomes_.empty()) return env::ProbeOutcome::kAccepted;
      const env::ProbeOutcome outcome = outcomes_.front();
      outcomes_.erase(outcomes_.begin());
      return outcome;
    };
  }

  static internal::v1::RegisterBroker Broker(
      const std::vector<std::string>& listeners) {
    internal::v1::RegisterBroker broker;
    int32_t port = 100;
    for (const std::string& listener : listeners) {
      auto* endpoint = broker.add_endpoints();
      endpoint->set_listener(listener);
      endpoint->set_host("h");
      endpoint->set_port(port++);
    }
    return broker;
  }

  support::SimScheduler scheduler_{3};
  support::SimEventLoop loop_{&scheduler_};
  support::SimWorkerPool workers_{&scheduler_};
  std::vector<env::ProbeOutcome> outcomes_;
  std::vector<std::string> dialled_;
  int gone_ = 0;
  GoneProbe probe_{&loop_, &workers_, Script()};
};

TEST_F(GoneProbeTest, TellsOnceOfARefusal) {
  outcomes_ = {env::ProbeOutcome::kRefused};
  probe_.Look(Broker({"client"}), [&] { ++gone_; });
  scheduler_.RunFor(absl::Seconds(10));
  EXPECT_EQ(gone_, 1);
  EXPECT_EQ(dialled_.size(), 1u);
}

TEST_F(GoneProbeTest, LooksAgainSinceAPortMayOutliveItsStream) {
  outcomes_ = {env::ProbeOutcome::kAccepted, env::ProbeOutcome::kUnknown,
               env::ProbeOutcome::kRefused};
  probe_.Look(Broker({"client"}), [&] { ++gone_; });
  scheduler_.RunFor(absl::Milliseconds(500));
  EXPECT_EQ(gone_, 1);
  EXPECT_EQ(dialled_.size(), 3u);
}

TEST_F(GoneProbeTest, GivesUpOnABrokerThatListens) {
  probe_.Look(Broker({"client"}), [&] { ++gone_; });
  scheduler_.RunFor(absl::Minutes(10));
  EXPECT_EQ(gone_, 0);
  EXPECT_EQ(dialled_.size(), static_cast<size_t>(GoneProbe::kProbeTimes));
}

TEST_F(GoneProbeTest, PrefersThePeerListener) {
  outcomes_ = {env::ProbeOutcome::kRefused};
  probe_.Look(Broker({"http", "client", "peer"}), [&] { ++gone_; });
  scheduler_.RunFor(absl::Seconds(1));
  EXPECT_EQ(dialled_, std::vector<std::string>{"h:102"});
}

TEST_F(GoneProbeTest, DoesNotLookForABrokerWithoutEndpoints) {
  probe_.Look(Broker({}), [&] { ++gone_; });
  probe_.Look(Broker({"http"}), [&] { ++gone_; });
  scheduler_.RunFor(absl::Seconds(1));
  EXPECT_TRUE(dialled_.empty());
}

TEST_F(GoneProbeTest, BoundsHowManyItLooksForAtOnce) {
  for (int i = 0; i < GoneProbe::kProbesMax + 50; ++i) {
    probe_.Look(Broker({"client"}), [&] { ++gone_; });
  }
  outcomes_.assign(1000, env::ProbeOutcome::kRefused);
  scheduler_.RunFor(absl::Seconds(1));
  EXPECT_EQ(gone_, GoneProbe::kProbesMax);
}

TEST_F(GoneProbeTest, SaysNothingAfterStop) {
  outcomes_ = {env::ProbeOutcome::kRefused};
  probe_.Look(Broker({"client"}), [&] { ++gone_; });
  probe_.Stop();
  scheduler_.RunFor(absl::Seconds(1));
  EXPECT_EQ(gone_, 0);
}

}  // namespace
}  // namespace barnabas::controller
