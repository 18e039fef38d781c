#include "tools/cli/output/units.h"

#include <cstddef>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "proto/types/units.h"

namespace barnabas::cli {

std::string ByteText(int64_t bytes) {
  constexpr const char* kNames[] = {"B", "KiB", "MiB", "GiB", "TiB", "PiB"};
  double value = static_cast<double>(bytes);
  size_t unit = 0;
  while (value >= 1024 && unit + 1 < std::size(kNames)) {
    value /= 1024;
    ++unit;
  }
  std::string number = value >= 100 || unit == 0
                           ? absl::StrFormat("%.0f", value)
                           : absl::StrFormat("%.1f", value);
  if (number.ends_with(".0")) number.resize(number.size() - 2);
  return absl::StrCat(number, kNames[unit]);
}

std::string AgeText(absl::Duration age) {
  const int64_t ms = absl::ToInt64Milliseconds(age);
  if (ms < kSecondMs) return absl::StrCat(ms < 0 ? 0 : ms, "ms");
  if (ms < kMinuteMs) return absl::StrCat(ms / kSecondMs, "s");
  if (ms < kHourMs) return absl::StrCat(ms / kMinuteMs, "m");
  if (ms < 2 * kDayMs) return absl::StrCat(ms / kHourMs, "h");
  return absl::StrCat(ms / kDayMs, "d");
}

std::string RetentionText(int64_t ms) {
  if (ms < 0) return "forever";
  if (ms >= kDayMs && ms % kDayMs == 0) return absl::StrCat(ms / kDayMs, "d");
  if (ms >= kHourMs && ms % kHourMs == 0) {
    return absl::StrCat(ms / kHourMs, "h");
  }
  if (ms >= kMinuteMs && ms % kMinuteMs == 0) {
    return absl::StrCat(ms / kMinuteMs, "m");
  }
  if (ms % kSecondMs == 0) return absl::StrCat(ms / kSecondMs, "s");
  return absl::StrCat(ms, "ms");
}

std::string CountText(int64_t count) {
  std::string digits = absl::StrCat(count);
  const size_t begin = count < 0 ? 1 : 0;
  for (size_t at = digits.size(); at > begin + 3;) {
    at -= 3;
    digits.insert(at, 1, ',');
  }
  return digits;
}

std::string TimeText(int64_t unix_ms) {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", absl::FromUnixMillis(unix_ms),
                          absl::UTCTimeZone());
}

}  // namespace barnabas::cli
