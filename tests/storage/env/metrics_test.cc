#include "storage/env/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <string>
#include <thread>
#include <vector>

namespace barnabas::env {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(RegistryTest, RendersTheExpositionFormat) {
  Registry registry;
  registry.AddCounter("barnabas_b_total", "Things.", {{"result", "ok"}})
      ->Add(3);
  registry.AddCounter("barnabas_b_total", "Things.", {{"result", "error"}})
      ->Increment();
  registry.AddGauge("barnabas_a", "A \"level\".\nTwo\\lines.")->Set(-1.5);
  registry.AddGaugeFunction("barnabas_c", "Asked.", {}, [] { return 7.0; });
  registry.AddCounterFunction("barnabas_d_total", "Asked.", {},
                              [] { return 1e12; });
  EXPECT_EQ(registry.Render(),
            "# HELP barnabas_a A \"level\".\\nTwo\\\\lines.\n"
            "# TYPE barnabas_a gauge\n"
            "barnabas_a -1.5\n"
            "# HELP barnabas_b_total Things.\n"
            "# TYPE barnabas_b_total counter\n"
            "barnabas_b_total{result=\"error\"} 1\n"
            "barnabas_b_total{result=\"ok\"} 3\n"
            "# HELP barnabas_c Asked.\n"
            "# TYPE barnabas_c gauge\n"
            "barnabas_c 7\n"
            "# HELP barnabas_d_total Asked.\n"
            "# TYPE barnabas_d_total counter\n"
            "barnabas_d_total 1e+12\n");
}

TEST(RegistryTest, EmptyRendersToNothing) {
  EXPECT_EQ(Registry().Render(), "");
}

TEST(RegistryTest, LabelValuesAreEscaped) {
  Registry registry;
  registry.AddGauge("barnabas_a", "A.", {{"dir", "C:\\x\n\"y\""}, {"b", ""}});
  EXPECT_THAT(registry.Render(),
              HasSubstr("barnabas_a{dir=\"C:\\\\x\\n\\\"y\\\"\",b=\"\"} 0\n"));
}

TEST(RegistryTest, OddNumbersHaveTheirNames) {
  Registry registry;
  Gauge* gauge = registry.AddGauge("barnabas_a", "A.");
  gauge->Set(std::nan(""));
  EXPECT_THAT(registry.Render(), HasSubstr("barnabas_a NaN\n"));
  gauge->Set(std::numeric_limits<double>::infinity());
  EXPECT_THAT(registry.Render(), HasSubstr("barnabas_a +Inf\n"));
  gauge->Set(-std::numeric_limits<double>::infinity());
  EXPECT_THAT(registry.Render(), HasSubstr("barnabas_a -Inf\n"));
  gauge->Set(0.1);
  EXPECT_THAT(registry.Render(), HasSubstr("barnabas_a 0.1\n"));
}

TEST(RegistryTest, HistogramsAreCumulativeAndScaled) {
  Registry registry;
  Histogram* histogram = registry.AddHistogram(
      "barnabas_wait_seconds", "Wait.", Scale{0.5, 1, 3}, {{"op", "sync"}});
  for (int64_t value : {1, 2, 3, 4, 5, 100}) histogram->Record(value);
  EXPECT_EQ(registry.Render(),
            "# HELP barnabas_wait_seconds Wait.\n"
            "# TYPE barnabas_wait_seconds histogram\n"
            "barnabas_wait_seconds_bucket{op=\"sync\",le=\"1\"} 2\n"
            "barnabas_wait_seconds_bucket{op=\"sync\",le=\"2\"} 4\n"
            "barnabas_wait_seconds_bucket{op=\"sync\",le=\"4\"} 5\n"
            "barnabas_wait_seconds_bucket{op=\"sync\",le=\"+Inf\"} 6\n"
            "barnabas_wait_seconds_sum{op=\"sync\"} 57.5\n"
            "barnabas_wait_seconds_count{op=\"sync\"} 6\n");
}

TEST(RegistryTest, SecondsSpanMicrosecondsToAMinute) {
  Registry registry;
  registry.AddHistogram("barnabas_s", "S.", Scale::Seconds());
  EXPECT_THAT(registry.Render(), HasSubstr("{le=\"8.192e-06\"}"));
  EXPECT_THAT(registry.Render(), HasSubstr("{le=\"68.719476736"));
}

TEST(RegistryTest, TheSameNameAndLabelsAreTheSameInstrument) {
  Registry registry;
  Counter* counter =
      registry.AddCounter("barnabas_a_total", "A.", {{"x", "1"}});
  EXPECT_EQ(registry.AddCounter("barnabas_a_total", "A.", {{"x", "1"}}),
            counter);
  EXPECT_NE(registry.AddCounter("barnabas_a_total", "A.", {{"x", "2"}}),
            counter);
  EXPECT_EQ(registry.AddGauge("barnabas_b", "B."),
            registry.AddGauge("barnabas_b", "B."));
  EXPECT_EQ(registry.AddHistogram("barnabas_c", "C.", Scale::Bytes()),
            registry.AddHistogram("barnabas_c", "C.", Scale::Bytes()));
}

TEST(RegistryTest, SeriesBeyondTheBoundShareOne) {
  Registry registry;
  for (size_t i = 0; i < Registry::kSeriesPerFamilyMax + 50; ++i) {
    registry
        .AddCounter("barnabas_a_total", "A.", {{"topic", std::to_string(i)}})
        ->Increment();
  }
  const std::string text = registry.Render();
  EXPECT_THAT(text, HasSubstr("barnabas_a_total{topic=\"_other\"} 50\n"));
  EXPECT_THAT(text, HasSubstr("barnabas_a_total{topic=\"4095\"} 1\n"));
  EXPECT_THAT(text, Not(HasSubstr("{topic=\"4096\"}")));
  // Those that were there before go on by themselves.
  registry.AddCounter("barnabas_a_total", "A.", {{"topic", "7"}})->Increment();
  EXPECT_THAT(registry.Render(),
              HasSubstr("barnabas_a_total{topic=\"7\"} 2\n"));
}

TEST(RegistryTest, CountingGoesOnBesideRendering) {
  Registry registry;
  Counter* counter = registry.AddCounter("barnabas_a_total", "A.");
  Gauge* gauge = registry.AddGauge("barnabas_b", "B.");
  std::vector<std::thread> threads;
  for (int t = 0; t < 3; ++t) {
    threads.emplace_back([&, t] {
      for (int i = 0; i < 20000; ++i) {
        counter->Increment();
        gauge->Add(i % 2 == 0 ? 1 : -1);
      }
      registry.AddCounter("barnabas_c_total", "C.", {{"t", std::to_string(t)}});
    });
  }
  for (int i = 0; i < 20; ++i) registry.Render();
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(counter->value(), 60000);
  EXPECT_EQ(gauge->value(), 0);
}

TEST(RegistryDeathTest, MistakesOfTheWiringStopTheProcess) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  Registry registry;
  registry.AddCounter("barnabas_a", "A.");
  EXPECT_DEATH(registry.AddGauge("barnabas_a", "A."), "two types");
  EXPECT_DEATH(registry.AddCounter("barnabas_a", "B."), "two helps");
  EXPECT_DEATH(registry.AddCounter("1a", "A."), "no name");
  EXPECT_DEATH(registry.AddCounter("", "A."), "no name");
  EXPECT_DEATH(registry.AddCounter("b", "B.", {{"c-d", ""}}), "no label");
}

}  // namespace
}  // namespace barnabas::env
