// Big-endian integers in memory, as all our formats on disk and wire have them.
//
// Units: T is an integer of 1, 2, 4 or 8 bytes; sizeof(T) bytes are read or
//   written at any alignment. Empty case: none.
// Thread: pure functions. Errors: none; the caller owns the bounds.
#ifndef BARNABAS_STORAGE_RECORD_BYTE_ORDER_H_
#define BARNABAS_STORAGE_RECORD_BYTE_ORDER_H_

#include <bit>
#include <cstdint>
#include <cstring>
#include <type_traits>

namespace barnabas::record {

template <typename T>
T SwapToBigEndian(T value) {
  static_assert(std::is_integral_v<T>);
  if constexpr (std::endian::native == std::endian::big || sizeof(T) == 1) {
    return value;
  } else if constexpr (sizeof(T) == 2) {
    return static_cast<T>(__builtin_bswap16(static_cast<uint16_t>(value)));
  } else if constexpr (sizeof(T) == 4) {
    return static_cast<T>(__builtin_bswap32(static_cast<uint32_t>(value)));
  } else {
    static_assert(sizeof(T) == 8);
    return static_cast<T>(__builtin_bswap64(static_cast<uint64_t>(value)));
  }
}

template <typename T>
T LoadBigEndian(const char* from) {
  T value;
  std::memcpy(&value, from, sizeof(T));
  return SwapToBigEndian(value);
}

template <typename T>
void StoreBigEndian(T value, char* to) {
  value = SwapToBigEndian(value);
  std::memcpy(to, &value, sizeof(T));
}

}  // namespace barnabas::record

#endif  // BARNABAS_STORAGE_RECORD_BYTE_ORDER_H_
