// Values: texts of the command line as typed values.
//
// What: parsers, and setters for Command flags that store into a variable.
// Units: durations "10s" "1.5m" "100ms" "2h" "7d", bare numbers are seconds;
//   sizes "64MiB" "1k" "1GB" (k, M, G, T are 1000s, KiB.. and Ki.. 1024s).
// Empty case: an empty text is refused by all but SetText.
// Thread: pure functions; a setter's target must outlive it.
// Errors: usage errors (exit 2) that name the text and the form wanted.
#ifndef BARNABAS_TOOLS_CLI_FRAME_VALUES_H_
#define BARNABAS_TOOLS_CLI_FRAME_VALUES_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "tools/cli/frame/command.h"

namespace barnabas::cli {

absl::StatusOr<int64_t> ParseInteger(const std::string& text, int64_t min,
                                     int64_t max);
absl::StatusOr<absl::Duration> ParseDuration(const std::string& text);
absl::StatusOr<int64_t> ParseSize(const std::string& text);
// "1,2,5-7" as [1, 2, 5, 6, 7]; at most 100,000 numbers.
absl::StatusOr<std::vector<int32_t>> ParseIntegerList(const std::string& text);
// "key=value"; the value may be empty and hold further '='.
absl::StatusOr<std::pair<std::string, std::string>> ParseKeyValue(
    const std::string& text);
// \n \t \r \0 \\ \" \xNN; anything else behind a backslash is refused.
absl::StatusOr<std::string> Unescape(std::string_view text);

// Setters.
Setter SetSwitch(bool* target);
Setter SetText(std::string* target);
Setter SetText(std::optional<std::string>* target);
Setter AddText(std::vector<std::string>* target);
Setter SetInteger(std::optional<int64_t>* target, int64_t min, int64_t max);
Setter SetInteger(std::optional<int32_t>* target, int32_t min, int32_t max);
Setter SetInteger(int64_t* target, int64_t min, int64_t max);
Setter SetDuration(absl::Duration* target);
Setter SetDuration(std::optional<absl::Duration>* target);
Setter SetSize(int64_t* target, int64_t min, int64_t max);
Setter AddIntegers(std::vector<int32_t>* target);
Setter AddKeyValue(std::vector<std::pair<std::string, std::string>>* target);
// "1000", "1000/s", "5k/s" or "max" (0) records a second.
Setter SetRate(double* target);
// One of `choices`.
Setter SetChoice(std::string* target, std::vector<std::string> choices);

}  // namespace barnabas::cli

#endif  // BARNABAS_TOOLS_CLI_FRAME_VALUES_H_
