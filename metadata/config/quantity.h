// Numbers with units as people write them: "30s", "64MiB".
//
// What: durations with ms, s, m, h, d and sizes with B, KiB, MiB, GiB, TiB
//   (and KB, MB, GB, TB, by the thousand) become plain integers. A bare
//   integer is milliseconds or bytes as it stands, so -1 keeps its meaning.
// Units: milliseconds; bytes.
// Empty case: an empty text is an error.
// Thread: pure functions.
// Errors: nullopt for anything else, and for what does not fit 64 bits.
#ifndef BARNABAS_METADATA_CONFIG_QUANTITY_H_
#define BARNABAS_METADATA_CONFIG_QUANTITY_H_

#include <cstdint>
#include <optional>
#include <string_view>

namespace barnabas::config {

std::optional<int64_t> ParseInteger(std::string_view text);
std::optional<int64_t> ParseMilliseconds(std::string_view text);
std::optional<int64_t> ParseBytes(std::string_view text);
// A decimal number, as "0.5".
std::optional<double> ParseRatio(std::string_view text);

}  // namespace barnabas::config

#endif  // BARNABAS_METADATA_CONFIG_QUANTITY_H_
