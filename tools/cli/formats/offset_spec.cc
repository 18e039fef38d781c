#include "tools/cli/formats/offset_spec.h"

#include <algorithm>
#include <cstddef>
#include <limits>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "proto/types/status_macros.h"
#include "tools/cli/frame/exit_code.h"
#include "tools/cli/frame/values.h"

namespace barnabas::cli {
namespace {

constexpr int64_t kOffsetMax = std::numeric_limits<int64_t>::max();
// Numbers below are seconds: 100,000,000,000 ms is 1973, as s the year 5138.
constexpr int64_t kSecondsBelow = 100'000'000'000;
constexpr char kForms[] = "start, end, N, -N, +N, @TIME, s@MS, e@MS, N:M, :end";

bool IsDigits(const std::string& text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return absl::ascii_isdigit(static_cast<unsigned char>(c));
  });
}

// "PT1H30M", "P2DT3S" as a duration.
std::optional<absl::Duration> IsoDuration(const std::string& text) {
  if (text.size() < 3 || text[0] != 'P') return std::nullopt;
  absl::Duration sum;
  bool in_time = false;
  std::string number;
  for (size_t i = 1; i < text.size(); ++i) {
    const char c = text[i];
    if (absl::ascii_isdigit(c) || c == '.') {
      number.push_back(c);
      continue;
    }
    if (c == 'T' && !in_time && number.empty()) {
      in_time = true;
      continue;
    }
    double count = 0;
    if (!absl::SimpleAtod(number, &count)) return std::nullopt;
    number.clear();
    const double seconds = !in_time && c == 'W'   ? 7 * 86400
                           : !in_time && c == 'D' ? 86400
                           : in_time && c == 'H'  ? 3600
                           : in_time && c == 'M'  ? 60
                           : in_time && c == 'S'  ? 1
                                                  : 0;
    if (seconds == 0) return std::nullopt;
    sum += absl::Seconds(count * seconds);
  }
  return number.empty() ? std::optional(sum) : std::nullopt;
}

absl::StatusOr<OffsetPoint> Number(OffsetPoint::Kind kind,
                                   const std::string& digits) {
  ASSIGN_OR_RETURN(const int64_t value, ParseInteger(digits, 0, kOffsetMax));
  return OffsetPoint{kind, value};
}

// "3:6", "@1:@2", ":end": true when `text` was such a range.
absl::StatusOr<bool> TakeRange(const std::string& text, absl::Time now,
                               absl::TimeZone zone, OffsetSpec* spec) {
  const size_t colon = text.find(':');
  if (colon == std::string::npos) return false;
  const std::string first = text.substr(0, colon);
  const std::string second = text.substr(colon + 1);
  const auto is_end = [](const std::string& side) {
    return side == "end" || IsDigits(side) ||
           (side.starts_with("@") && IsDigits(side.substr(1)));
  };
  if (!is_end(second) || !(first.empty() || is_end(first))) return false;
  spec->from = OffsetPoint{OffsetPoint::Kind::kStart};
  if (!first.empty()) {
    ASSIGN_OR_RETURN(spec->from, ParseOffsetPoint(first, now, zone));
  }
  ASSIGN_OR_RETURN(spec->until, ParseOffsetPoint(second, now, zone));
  return true;
}

}  // namespace

absl::StatusOr<int64_t> ParseTimePoint(const std::string& text, absl::Time now,
                                       absl::TimeZone zone) {
  int64_t number = 0;
  if (IsDigits(text) && absl::SimpleAtoi(text, &number)) {
    return number < kSecondsBelow ? number * 1000 : number;
  }
  if (text == "now") return absl::ToUnixMillis(now);
  if (text.starts_with('-')) {
    const std::optional<absl::Duration> iso = IsoDuration(text.substr(1));
    if (iso.has_value()) return absl::ToUnixMillis(now - *iso);
    absl::StatusOr<absl::Duration> ago = ParseDuration(text.substr(1));
    if (ago.ok()) return absl::ToUnixMillis(now - *ago);
  }
  for (const char* form :
       {"%Y-%m-%dT%H:%M:%E*S%Ez", "%Y-%m-%dT%H:%M:%E*S", "%Y-%m-%d %H:%M:%E*S",
        "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%d"}) {
    absl::Time time;
    std::string error;
    if (absl::ParseTime(form, text, zone, &time, &error)) {
      return absl::ToUnixMillis(time);
    }
  }
  return UsageError(absl::StrCat("\"", text, "\" is not a time"),
                    "ms since 1970, 2024-05-01T12:00:00Z, 2024-05-01, -1h");
}

absl::StatusOr<OffsetPoint> ParseOffsetPoint(const std::string& text,
                                             absl::Time now,
                                             absl::TimeZone zone) {
  if (text == "start" || text == "beginning" || text == "earliest") {
    return OffsetPoint{OffsetPoint::Kind::kStart};
  }
  if (text == "end" || text == "latest") {
    return OffsetPoint{OffsetPoint::Kind::kEnd};
  }
  if (text == "stored") {
    return Unsupported("-o stored (offsets of consumer groups)",
                       "-o start, -o end, -o N or -o @TIME");
  }
  if (text.starts_with('@')) {
    ASSIGN_OR_RETURN(const int64_t ms,
                     ParseTimePoint(text.substr(1), now, zone));
    return OffsetPoint{OffsetPoint::Kind::kTime, ms};
  }
  if (text.starts_with('-') && IsDigits(text.substr(1))) {
    return Number(OffsetPoint::Kind::kBeforeEnd, text.substr(1));
  }
  if (text.starts_with('+') && IsDigits(text.substr(1))) {
    return Number(OffsetPoint::Kind::kAfterStart, text.substr(1));
  }
  if (IsDigits(text)) return Number(OffsetPoint::Kind::kOffset, text);
  return UsageError(absl::StrCat("\"", text, "\" is not an offset"), kForms);
}

absl::Status AddOffsetSpec(const std::string& text, absl::Time now,
                           absl::TimeZone zone, OffsetSpec* spec) {
  ASSIGN_OR_RETURN(const bool range, TakeRange(text, now, zone, spec));
  if (range) return absl::OkStatus();
  const bool until = text.starts_with("e@");
  if (until || text.starts_with("s@")) {
    ASSIGN_OR_RETURN(const int64_t ms,
                     ParseTimePoint(text.substr(2), now, zone));
    (until ? spec->until : spec->from) =
        OffsetPoint{OffsetPoint::Kind::kTime, ms};
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(spec->from, ParseOffsetPoint(text, now, zone));
  return absl::OkStatus();
}

}  // namespace barnabas::cli
