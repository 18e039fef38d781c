// Byte and time multiples.
//
// Units: bytes and milliseconds, as the names say. Thread: constants.
// Errors: none.
#ifndef BARNABAS_PROTO_TYPES_UNITS_H_
#define BARNABAS_PROTO_TYPES_UNITS_H_

#include <cstdint>

namespace barnabas {

inline constexpr int64_t kKiB = 1024;
inline constexpr int64_t kMiB = 1024 * kKiB;
inline constexpr int64_t kGiB = 1024 * kMiB;
inline constexpr int64_t kSecondMs = 1000;
inline constexpr int64_t kMinuteMs = 60 * kSecondMs;
inline constexpr int64_t kHourMs = 60 * kMinuteMs;
inline constexpr int64_t kDayMs = 24 * kHourMs;

}  // namespace barnabas

#endif  // BARNABAS_PROTO_TYPES_UNITS_H_
