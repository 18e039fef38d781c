#include "metadata/config/quantity.h"

#include <charconv>
#include <cstddef>
#include <system_error>

#include "proto/types/units.h"

namespace barnabas::config {
namespace {

struct Suffix {
  std::string_view text;
  int64_t factor;
};

constexpr Suffix kDurations[] = {{"ms", 1},
                                 {"s", 1000},
                                 {"m", 60 * 1000},
                                 {"h", 60 * 60 * 1000},
                                 {"d", 24 * 60 * 60 * 1000}};

constexpr int64_t kThousand = 1000;
constexpr Suffix kSizes[] = {
    {"B", 1},
    {"KiB", kKiB},
    {"MiB", kMiB},
    {"GiB", kGiB},
    {"TiB", 1024 * kGiB},
    {"KB", kThousand},
    {"MB", kThousand* kThousand},
    {"GB", kThousand* kThousand* kThousand},
    {"TB", kThousand* kThousand* kThousand* kThousand}};

template <size_t kCount>
std::optional<int64_t> Parse(std::string_view text,
                             const Suffix (&suffixes)[kCount]) {
  const size_t end = text.find_last_of("0123456789");
  if (end == std::string_view::npos) return std::nullopt;
  const std::optional<int64_t> number = ParseInteger(text.substr(0, end + 1));
  const std::string_view unit = text.substr(end + 1);
  if (!number.has_value() || unit.empty()) return number;
  for (const Suffix& suffix : suffixes) {
    if (suffix.text != unit) continue;
    int64_t product = 0;
    if (__builtin_mul_overflow(*number, suffix.factor, &product)) {
      return std::nullopt;
    }
    return product;
  }
  return std::nullopt;
}

}  // namespace

std::optional<double> ParseRatio(std::string_view text) {
  double value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] =
      std::from_chars(text.data(), end, value, std::chars_format::fixed);
  // "nan" and "inf" are numbers to the parser, and no ratios.
  if (error != std::errc() || stop != end || !(value - value == 0)) {
    return std::nullopt;
  }
  return value;
}

std::optional<int64_t> ParseInteger(std::string_view text) {
  int64_t value = 0;
  const char* const end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || stop != end) return std::nullopt;
  return value;
}

std::optional<int64_t> ParseMilliseconds(std::string_view text) {
  return Parse(text, kDurations);
}

std::optional<int64_t> ParseBytes(std::string_view text) {
  return Parse(text, kSizes);
}

}  // namespace barnabas::config
