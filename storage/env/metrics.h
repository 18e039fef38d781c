// Metrics: counters, gauges and histograms under names, as Prometheus text.
//
// What: Registry makes instruments when a process is wired and hands them out
//   as pointers; whoever counts holds the pointer and knows no name. Names are
//   those of the documentation (barnabas_..., base units, counters end in
//   _total).
// Units: counters count whole things; gauges are doubles in base units;
//   histograms take whole numbers and are rendered times Scale::factor.
// Empty case: a registry without instruments renders to "".
// Thread: instruments from any thread without a lock; Registry from any.
// Errors: a malformed name, or one name with two types or helps, is a mistake
//   of the wiring (CHECK).
// Bounds: beyond kSeriesPerFamilyMax label sets of one name, further ones
//   share the series whose label values are all "_other".
// Always true: asking again for the same name and labels gives the same
//   instrument; instruments live as long as their registry.
#ifndef BARNABAS_STORAGE_ENV_METRICS_H_
#define BARNABAS_STORAGE_ENV_METRICS_H_

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "storage/env/histogram.h"

namespace barnabas::env {

// Only rises.
class Counter {
 public:
  void Add(int64_t count) {
    value_.fetch_add(count, std::memory_order_relaxed);
  }
  void Increment() { Add(1); }
  int64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<int64_t> value_ = 0;
};

// Rises and falls.
class Gauge {
 public:
  void Set(double value) { value_.store(value, std::memory_order_relaxed); }
  void Add(double change) {
    value_.fetch_add(change, std::memory_order_relaxed);
  }
  double value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<double> value_ = 0;
};

// Name and value; in the order in which they are written.
using Labels = std::vector<std::pair<std::string, std::string>>;

// How a histogram is rendered: the tops of its buckets are factor * 2^k for k
// from first_octave to last_octave.
struct Scale {
  double factor = 1;
  int first_octave = 0;
  int last_octave = 30;

  // Recorded in nanoseconds, rendered in seconds, from 8 µs to 69 s.
  static Scale Seconds() { return Scale{1e-9, 13, 36}; }
  // From 64 bytes to 64 MiB.
  static Scale Bytes() { return Scale{1, 6, 26}; }
};

class Registry {
 public:
  static constexpr size_t kSeriesPerFamilyMax = 4096;

  Counter* AddCounter(const std::string& name, const std::string& help,
                      const Labels& labels = {});
  Gauge* AddGauge(const std::string& name, const std::string& help,
                  const Labels& labels = {});
  // A gauge whose value is asked for by Render, on its thread. `value` must be
  // callable as long as the registry lives.
  void AddGaugeFunction(const std::string& name, const std::string& help,
                        const Labels& labels, std::function<double()> value);
  // The same for a value that only rises.
  void AddCounterFunction(const std::string& name, const std::string& help,
                          const Labels& labels, std::function<double()> value);
  Histogram* AddHistogram(const std::string& name, const std::string& help,
                          const Scale& scale, const Labels& labels = {});

  // All instruments in the text exposition format, version 0.0.4, sorted by
  // name and labels.
  std::string Render() const;

 private:
  enum class Type { kCounter, kGauge, kHistogram };

  // One label set of a family; exactly one of the pointers is set.
  struct Series {
    Labels labels;
    std::unique_ptr<Counter> counter;
    std::unique_ptr<Gauge> gauge;
    std::function<double()> function;
    std::unique_ptr<Histogram> histogram;
  };
  struct Family {
    Type type;
    std::string help;
    Scale scale;
    // By rendered labels.
    std::map<std::string, Series> series;
  };

  Series* FindOrAdd(const std::string& name, const std::string& help, Type type,
                    const Labels& labels) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  static std::string_view NameOfType(Type type);
  static void RenderHistogram(const std::string& name, const Scale& scale,
                              const Series& series, std::string* out);

  mutable absl::Mutex mutex_;
  std::map<std::string, Family> families_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace barnabas::env

#endif  // BARNABAS_STORAGE_ENV_METRICS_H_
