#include "storage/env/histogram.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <utility>

namespace barnabas::env {
namespace {

constexpr int kBits = Histogram::kSubBucketBits;
constexpr uint64_t kSubBuckets = uint64_t{1} << kBits;
constexpr int64_t kValueMax = int64_t{1} << Histogram::kOctaveMax;

// The bucket of the values whose predecessor is `x`.
size_t BucketOf(uint64_t x) {
  if (x < kSubBuckets) return x;
  const int octave = 63 - std::countl_zero(x);
  const uint64_t sub = (x >> (octave - kBits)) & (kSubBuckets - 1);
  return (static_cast<uint64_t>(octave - kBits + 1) << kBits) + sub;
}

// The largest value of a bucket.
int64_t TopOf(size_t bucket) {
  if (bucket < kSubBuckets) return static_cast<int64_t>(bucket + 1);
  const int shift = static_cast<int>(bucket >> kBits) - 1;
  const uint64_t sub = bucket & (kSubBuckets - 1);
  return static_cast<int64_t>((kSubBuckets + sub + 1) << shift);
}

}  // namespace

HistogramSnapshot::HistogramSnapshot(std::vector<uint64_t> counts, int64_t sum,
                                     int64_t max)
    : counts_(std::move(counts)), sum_(sum), max_(max) {
  for (uint64_t count : counts_) count_ += count;
}

void HistogramSnapshot::Merge(const HistogramSnapshot& other) {
  if (other.counts_.empty()) return;
  counts_.resize(other.counts_.size());
  for (size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
  count_ += other.count_;
  sum_ += other.sum_;
  max_ = std::max(max_, other.max_);
}

double HistogramSnapshot::Mean() const {
  if (count_ == 0) return 0;
  return static_cast<double>(sum_) / static_cast<double>(count_);
}

int64_t HistogramSnapshot::Percentile(double fraction) const {
  if (count_ == 0) return 0;
  const double wanted =
      std::ceil(std::clamp(fraction, 0.0, 1.0) * static_cast<double>(count_));
  const uint64_t rank = std::max<uint64_t>(1, static_cast<uint64_t>(wanted));
  uint64_t seen = 0;
  for (size_t i = 0; i < counts_.size(); ++i) {
    seen += counts_[i];
    if (seen >= rank) return std::min(TopOf(i), max_);
  }
  return max_;
}

uint64_t HistogramSnapshot::CountUpTo(int64_t value) const {
  if (value < 1) return 0;
  const size_t end =
      std::min(BucketOf(static_cast<uint64_t>(value)), counts_.size());
  uint64_t seen = 0;
  for (size_t i = 0; i < end; ++i) seen += counts_[i];
  return seen;
}

void Histogram::Record(int64_t value) {
  value = std::clamp<int64_t>(value, 1, kValueMax);
  // The maximum first: a snapshot that sees the count must see it too.
  int64_t max = max_.load(std::memory_order_relaxed);
  while (value > max &&
         !max_.compare_exchange_weak(max, value, std::memory_order_relaxed)) {
  }
  sum_.fetch_add(value, std::memory_order_relaxed);
  counts_[BucketOf(static_cast<uint64_t>(value - 1))].fetch_add(
      1, std::memory_order_release);
}

HistogramSnapshot Histogram::Snapshot() const {
  std::vector<uint64_t> counts(kBuckets);
  for (size_t i = 0; i < kBuckets; ++i) {
    counts[i] = counts_[i].load(std::memory_order_acquire);
  }
  return HistogramSnapshot(std::move(counts),
                           sum_.load(std::memory_order_relaxed),
                           max_.load(std::memory_order_relaxed));
}

}  // namespace barnabas::env
