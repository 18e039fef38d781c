#include "storage/env/histogram.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <random>
#include <thread>
#include <vector>

namespace barnabas::env {
namespace {

// The exact answer: the smallest value that `fraction` of all do not exceed.
int64_t ExactPercentile(const std::vector<int64_t>& sorted, double fraction) {
  const double rank = std::ceil(fraction * static_cast<double>(sorted.size()));
  return sorted[std::max<size_t>(1, static_cast<size_t>(rank)) - 1];
}

// Values whose sizes spread over all powers of two.
std::vector<int64_t> RandomValues(size_t count, int bits_max, uint64_t seed) {
  std::mt19937_64 random(seed);
  std::vector<int64_t> values(count);
  for (int64_t& value : values) {
    value =
        1 + static_cast<int64_t>(random() >> (64 - random() % bits_max - 1));
  }
  return values;
}

TEST(HistogramTest, PercentilesAreWithinThreePercentOfASortedVector) {
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    std::vector<int64_t> values =
        RandomValues(5000, 1 + static_cast<int>(seed * 2), seed);
    Histogram histogram;
    int64_t sum = 0;
    for (int64_t value : values) {
      histogram.Record(value);
      sum += value;
    }
    std::sort(values.begin(), values.end());
    const HistogramSnapshot snapshot = histogram.Snapshot();
    EXPECT_EQ(snapshot.count(), values.size());
    EXPECT_EQ(snapshot.sum(), sum);
    EXPECT_EQ(snapshot.max(), values.back());
    EXPECT_DOUBLE_EQ(snapshot.Mean(), static_cast<double>(sum) / 5000);
    for (double fraction : {0.0, 0.001, 0.1, 0.5, 0.9, 0.99, 0.999, 1.0}) {
      const int64_t exact = ExactPercentile(values, fraction);
      const int64_t found = snapshot.Percentile(fraction);
      EXPECT_GE(found, exact) << fraction;
      EXPECT_LE(found, exact + exact / 32 + 1) << fraction;
    }
  }
}

TEST(HistogramTest, CountsUpToAPowerOfTwoAreExact) {
  const std::vector<int64_t> values = RandomValues(5000, 40, 5);
  Histogram histogram;
  for (int64_t value : values) histogram.Record(value);
  // The edges themselves, where a bucket could be off by one.
  std::vector<int64_t> all = values;
  for (int octave = 0; octave <= 48; ++octave) {
    for (int64_t near : {-1, 0, 1}) {
      const int64_t value = (int64_t{1} << octave) + near;
      if (value < 1 || value > int64_t{1} << 48) continue;
      histogram.Record(value);
      all.push_back(value);
    }
  }
  const HistogramSnapshot snapshot = histogram.Snapshot();
  for (int octave = 0; octave <= 50; ++octave) {
    const int64_t top = int64_t{1} << octave;
    const auto exact = std::count_if(all.begin(), all.end(),
                                     [&](int64_t v) { return v <= top; });
    EXPECT_EQ(snapshot.CountUpTo(top), static_cast<uint64_t>(exact)) << octave;
  }
}

TEST(HistogramTest, EmptyIsAllZero) {
  for (const HistogramSnapshot& snapshot :
       {HistogramSnapshot(), Histogram().Snapshot()}) {
    EXPECT_EQ(snapshot.count(), 0u);
    EXPECT_EQ(snapshot.Percentile(0.5), 0);
    EXPECT_EQ(snapshot.Mean(), 0);
    EXPECT_EQ(snapshot.max(), 0);
    EXPECT_EQ(snapshot.CountUpTo(1 << 20), 0u);
  }
}

TEST(HistogramTest, ValuesOutsideTheRangeCountAtItsEdges) {
  Histogram histogram;
  histogram.Record(-5);
  histogram.Record(0);
  histogram.Record(std::numeric_limits<int64_t>::max());
  const HistogramSnapshot snapshot = histogram.Snapshot();
  EXPECT_EQ(snapshot.CountUpTo(1), 2u);
  EXPECT_EQ(snapshot.max(), int64_t{1} << 48);
  EXPECT_EQ(snapshot.Percentile(1), int64_t{1} << 48);
}

TEST(HistogramTest, MergingIsRecordingTogether) {
  const std::vector<int64_t> left = RandomValues(1000, 20, 6);
  const std::vector<int64_t> right = RandomValues(1000, 40, 7);
  Histogram both;
  Histogram one;
  Histogram other;
  for (int64_t value : left) {
    one.Record(value);
    both.Record(value);
  }
  for (int64_t value : right) {
    other.Record(value);
    both.Record(value);
  }
  HistogramSnapshot merged;
  merged.Merge(HistogramSnapshot());
  merged.Merge(one.Snapshot());
  merged.Merge(other.Snapshot());
  const HistogramSnapshot expected = both.Snapshot();
  EXPECT_EQ(merged.count(), expected.count());
  EXPECT_EQ(merged.sum(), expected.sum());
  EXPECT_EQ(merged.max(), expected.max());
  for (double fraction = 0; fraction <= 1; fraction += 0.01) {
    EXPECT_EQ(merged.Percentile(fraction), expected.Percentile(fraction));
  }
}

TEST(HistogramTest, ThreadsLoseNoValue) {
  Histogram histogram;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&histogram] {
      for (int64_t value = 1; value <= 20000; ++value) histogram.Record(value);
    });
  }
  uint64_t last = 0;
  for (int i = 0; i < 50; ++i) {
    const HistogramSnapshot snapshot = histogram.Snapshot();
    EXPECT_GE(snapshot.count(), last);
    EXPECT_LE(snapshot.Percentile(1), snapshot.max());
    last = snapshot.count();
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(histogram.Snapshot().count(), 80000u);
  EXPECT_EQ(histogram.Snapshot().sum(), int64_t{4} * 20000 * 20001 / 2);
}

}  // namespace
}  // namespace barnabas::env
