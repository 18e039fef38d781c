#include "storage/env/metrics.h"

#include <glog/logging.h>

#include <charconv>
#include <cmath>

#include "absl/strings/str_cat.h"

namespace barnabas::env {
namespace {

constexpr std::string_view kOther = "_other";

bool IsLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

// Letters, digits and '_', no digit first.
bool IsName(std::string_view name) {
  if (name.empty() || !IsLetter(name[0])) return false;
  for (char c : name) {
    if (!IsLetter(c) && !(c >= '0' && c <= '9')) return false;
  }
  return true;
}

void AppendEscaped(std::string_view text, bool quotes, std::string* out) {
  for (char c : text) {
    if (c == '\\') {
      out->append("\\\\");
    } else if (c == '\n') {
      out->append("\\n");
    } else if (c == '"' && quotes) {
      out->append("\\\"");
    } else {
      out->push_back(c);
    }
  }
}

// "a="x",b="y"", without the braces.
std::string RenderLabels(const Labels& labels) {
  std::string out;
  for (const auto& [name, value] : labels) {
    if (!out.empty()) out.push_back(',');
    out.append(name);
    out.append("=\"");
    AppendEscaped(value, /*quotes=*/true, &out);
    out.push_back('"');
  }
  return out;
}

// The shortest text that reads back as `value`.
std::string RenderNumber(double value) {
  if (std::isnan(value)) return "NaN";
  if (std::isinf(value)) return value > 0 ? "+Inf" : "-Inf";
  char text[32];
  const auto [end, error] = std::to_chars(text, text + sizeof(text), value);
  return std::string(text, end);
}

void AppendSample(const std::string& name, const std::string& labels,
                  const std::string& value, std::string* out) {
  out->append(name);
  if (!labels.empty()) absl::StrAppend(out, "{", labels, "}");
  absl::StrAppend(out, " ", value, "\n");
}

}  // namespace

std::string_view Registry::NameOfType(Type type) {
  switch (type) {
    case Type::kCounter:
      return "counter";
    case Type::kGauge:
      return "gauge";
    case Type::kHistogram:
      return "histogram";
  }
  return "untyped";
}

Registry::Series* Registry::FindOrAdd(const std::string& name,
                                      const std::string& help, Type type,
                                      const Labels& labels) {
  CHECK(IsName(name)) << "'" << name << "' is no name of a metric";
  for (const auto& label : labels) {
    CHECK(IsName(label.first)) << "'" << label.first << "' is no label";
  }
  const auto [found, is_new] = families_.try_emplace(name);
  Family& family = found->second;
  if (is_new) {
    family.type = type;
    family.help = help;
  }
  CHECK(family.type == type) << name << " has two types";
  CHECK_EQ(family.help, help) << name << " has two helps";
  const std::string key = RenderLabels(labels);
  const auto series = family.series.find(key);
  if (series != family.series.end()) return &series->second;
  Labels kept = labels;
  if (family.series.size() >= kSeriesPerFamilyMax) {
    for (auto& label : kept) label.second = kOther;
  }
  Series& added = family.series[RenderLabels(kept)];
  added.labels = std::move(kept);
  return &added;
}

Counter* Registry::AddCounter(const std::string& name, const std::string& help,
                              const Labels& labels) {
  absl::MutexLock lock(&mutex_);
  Series* series = FindOrAdd(name, help, Type::kCounter, labels);
  CHECK(!series->function) << name << " is counted by a function";
  if (!series->counter) series->counter = std::make_unique<Counter>();
  return series->counter.get();
}

Gauge* Registry::AddGauge(const std::string& name, const std::string& help,
                          const Labels& labels) {
  absl::MutexLock lock(&mutex_);
  Series* series = FindOrAdd(name, help, Type::kGauge, labels);
  CHECK(!series->function) << name << " is given by a function";
  if (!series->gauge) series->gauge = std::make_unique<Gauge>();
  return series->gauge.get();
}

void Registry::AddGaugeFunction(const std::string& name,
                                const std::string& help, const Labels& labels,
                                std::function<double()> value) {
  absl::MutexLock lock(&mutex_);
  Series* series = FindOrAdd(name, help, Type::kGauge, labels);
  CHECK(!series->gauge) << name << " is set by hand";
  series->function = std::move(value);
}

void Registry::AddCounterFunction(const std::string& name,
                                  const std::string& help, const Labels& labels,
                                  std::function<double()> value) {
  absl::MutexLock lock(&mutex_);
  Series* series = FindOrAdd(name, help, Type::kCounter, labels);
  CHECK(!series->counter) << name << " is counted by hand";
  series->function = std::move(value);
}

Histogram* Registry::AddHistogram(const std::string& name,
                                  const std::string& help, const Scale& scale,
                                  const Labels& labels) {
  absl::MutexLock lock(&mutex_);
  Series* series = FindOrAdd(name, help, Type::kHistogram, labels);
  families_.at(name).scale = scale;
  if (!series->histogram) series->histogram = std::make_unique<Histogram>();
  return series->histogram.get();
}

void Registry::RenderHistogram(const std::string& name, const Scale& scale,
                               const Series& series, std::string* out) {
  const HistogramSnapshot snapshot = series.histogram->Snapshot();
  Labels labels = series.labels;
  labels.emplace_back("le", "");
  for (int octave = scale.first_octave; octave <= scale.last_octave; ++octave) {
    const int64_t top = int64_t{1} << octave;
    labels.back().second =
        RenderNumber(static_cast<double>(top) * scale.factor);
    AppendSample(name + "_bucket", RenderLabels(labels),
                 std::to_string(snapshot.CountUpTo(top)), out);
  }
  labels.back().second = "+Inf";
  AppendSample(name + "_bucket", RenderLabels(labels),
               std::to_string(snapshot.count()), out);
  const std::string plain = RenderLabels(series.labels);
  AppendSample(name + "_sum", plain,
               RenderNumber(static_cast<double>(snapshot.sum()) * scale.factor),
               out);
  AppendSample(name + "_count", plain, std::to_string(snapshot.count()), out);
}

std::string Registry::Render() const {
  std::string out;
  absl::MutexLock lock(&mutex_);
  for (const auto& [name, family] : families_) {
    absl::StrAppend(&out, "# HELP ", name, " ");
    AppendEscaped(family.help, /*quotes=*/false, &out);
    const std::string_view type = NameOfType(family.type);
    absl::StrAppend(&out, "\n# TYPE ", name, " ");
    out.append(type).push_back('\n');
    for (const auto& [labels, series] : family.series) {
      if (series.function) {
        AppendSample(name, labels, RenderNumber(series.function()), &out);
      } else if (series.counter) {
        AppendSample(name, labels, std::to_string(series.counter->value()),
                     &out);
      } else if (series.gauge) {
        AppendSample(name, labels, RenderNumber(series.gauge->value()), &out);
      } else if (series.histogram) {
        RenderHistogram(name, family.scale, series, &out);
      }
    }
  }
  return out;
}

}  // namespace barnabas::env
