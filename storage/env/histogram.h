// Histogram: how often which value occurred, in fixed memory.
//
// What: log-linear buckets: 32 to each power of two, so a value is known to
//   about 3 %. Values are whole numbers: nanoseconds, bytes, records.
// Ranges: values below 1 count as 1, values above 2^48 as 2^48 (3 days in
//   nanoseconds). A bucket spans (low, high], so 2^k is the top of its bucket
//   and CountUpTo(2^k) is exact.
// Units: the caller's; 11 KiB each.
// Empty case: no values: percentiles, mean and max are 0.
// Thread: Record from any thread without a lock; a Snapshot taken meanwhile
//   may miss values in flight but counts none twice.
// Always true: max() is at least every percentile.
// Errors: none.
#ifndef BARNABAS_STORAGE_ENV_HISTOGRAM_H_
#define BARNABAS_STORAGE_ENV_HISTOGRAM_H_

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace barnabas::env {

// What a histogram held at one moment; a plain value.
class HistogramSnapshot {
 public:
  HistogramSnapshot() = default;
  // One counter for each bucket of Histogram.
  HistogramSnapshot(std::vector<uint64_t> counts, int64_t sum, int64_t max);

  // Adds `other`, as if all its values had been recorded here.
  void Merge(const HistogramSnapshot& other);

  uint64_t count() const { return count_; }
  // Exact.
  int64_t sum() const { return sum_; }
  int64_t max() const { return max_; }
  double Mean() const;

  // The value that the part `fraction` (0 to 1) of all values does not
  // exceed: the top of its bucket, at most max().
  int64_t Percentile(double fraction) const;

  // How many values were at most `value`, a power of two.
  uint64_t CountUpTo(int64_t value) const;

 private:
  // Empty or one counter for each bucket.
  std::vector<uint64_t> counts_;
  uint64_t count_ = 0;
  int64_t sum_ = 0;
  int64_t max_ = 0;
};

class Histogram {
 public:
  Histogram() = default;
  Histogram(const Histogram&) = delete;
  Histogram& operator=(const Histogram&) = delete;

  void Record(int64_t value);

  HistogramSnapshot Snapshot() const;

  static constexpr int kSubBucketBits = 5;
  static constexpr int kOctaveMax = 48;
  static constexpr size_t kBuckets =
      (size_t{kOctaveMax - kSubBucketBits + 1} << kSubBucketBits);

 private:
  std::array<std::atomic<uint64_t>, kBuckets> counts_{};
  std::atomic<int64_t> sum_ = 0;
  std::atomic<int64_t> max_ = 0;
};

}  // namespace barnabas::env

#endif  // BARNABAS_STORAGE_ENV_HISTOGRAM_H_
