// OffsetSpec: where `consume -o` begins and ends.
//
// What: start end N -N +N @TIME s@MS e@MS, and ranges N:M, @MS:@MS, :end.
//   TIME: ms or s since 1970, 2024-05-01, 2024-05-01T12:00:00Z, or a time ago:
//   -1h, -PT1H.
// Units: offsets; milliseconds since 1970. Empty case: not given, the end.
// Thread: plain values.
// Errors: usage errors (exit 2); "stored" is refused by name.
#ifndef BARNABAS_TOOLS_CLI_FORMATS_OFFSET_SPEC_H_
#define BARNABAS_TOOLS_CLI_FORMATS_OFFSET_SPEC_H_

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace barnabas::cli {

struct OffsetPoint {
  enum class Kind {
    kStart,
    kEnd,
    kOffset,
    // So many records before the end, after the start.
    kBeforeEnd,
    kAfterStart,
    kTime,
  };
  Kind kind = Kind::kEnd;
  int64_t value = 0;

  bool operator==(const OffsetPoint&) const = default;
};

struct OffsetSpec {
  std::optional<OffsetPoint> from;
  // Exclusive; kEnd means where the log ends now.
  std::optional<OffsetPoint> until;

  bool operator==(const OffsetSpec&) const = default;
};

// Adds `text` to what earlier -o flags said.
absl::Status AddOffsetSpec(const std::string& text, absl::Time now,
                           absl::TimeZone zone, OffsetSpec* spec);

// start, end, @TIME or a number, as `topic offsets -o` takes.
absl::StatusOr<OffsetPoint> ParseOffsetPoint(const std::string& text,
                                             absl::Time now,
                                             absl::TimeZone zone);

// Milliseconds since 1970 of a TIME.
absl::StatusOr<int64_t> ParseTimePoint(const std::string& text, absl::Time now,
                                       absl::TimeZone zone);

}  // namespace barnabas::cli

#endif  // BARNABAS_TOOLS_CLI_FORMATS_OFFSET_SPEC_H_
