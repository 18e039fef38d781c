// Units: numbers as people read them.
//
// Units: bytes with KiB, MiB..; times in local time. Empty case: 0 is "0 B".
// Thread: pure functions. Errors: none.
#ifndef BARNABAS_TOOLS_CLI_OUTPUT_UNITS_H_
#define BARNABAS_TOOLS_CLI_OUTPUT_UNITS_H_

#include <cstdint>
#include <string>

#include "absl/time/time.h"

namespace barnabas::cli {

// "0B", "512B", "1.5KiB", "64MiB": no blank, so that a table can be cut.
std::string ByteText(int64_t bytes);
// "350ms", "12s", "5m", "3h", "2d": the one largest unit.
std::string AgeText(absl::Duration age);
// A retention in milliseconds: "7d", "forever".
std::string RetentionText(int64_t ms);
// "12,345".
std::string CountText(int64_t count);
// "2024-05-01T12:00:00.123Z".
std::string TimeText(int64_t unix_ms);

}  // namespace barnabas::cli

#endif  // BARNABAS_TOOLS_CLI_OUTPUT_UNITS_H_
