// Varints of records: zigzag, then base 128 with the low group first.
//
// What: the numbers inside a record (kafka-facts 4.2). 32-bit ones take 1 to 5
//   bytes, 64-bit ones 1 to 10.
// Empty case: reading at the end gives nullptr.
// Thread: pure functions.
// Errors: Read* give nullptr when the bytes end early or the number does not
//   fit its width; nothing beyond `end` is touched. Write* need room for
//   kVarint32BytesMax or kVarint64BytesMax.
#ifndef BARNABAS_STORAGE_RECORD_VARINT_H_
#define BARNABAS_STORAGE_RECORD_VARINT_H_

#include <bit>
#include <cstddef>
#include <cstdint>

namespace barnabas::record {

inline constexpr size_t kVarint32BytesMax = 5;
inline constexpr size_t kVarint64BytesMax = 10;

inline uint32_t ZigZag32(int32_t value) {
  return (static_cast<uint32_t>(value) << 1) ^
         static_cast<uint32_t>(value >> 31);
}

inline uint64_t ZigZag64(int64_t value) {
  return (static_cast<uint64_t>(value) << 1) ^
         static_cast<uint64_t>(value >> 63);
}

inline int32_t UnZigZag32(uint32_t value) {
  return static_cast<int32_t>((value >> 1) ^ (~(value & 1) + 1));
}

inline int64_t UnZigZag64(uint64_t value) {
  return static_cast<int64_t>((value >> 1) ^ (~(value & 1) + 1));
}

// Bytes that Write* takes for `value`.
inline size_t VarintBytes64(int64_t value) {
  // One byte for each seven bits that are in use, at least one; 9/64 is a
  // division by seven that is exact in this range.
  const int bits = 64 - std::countl_zero(ZigZag64(value) | 1);
  return static_cast<size_t>((bits * 9 + 64) / 64);
}

inline size_t VarintBytes32(int32_t value) { return VarintBytes64(value); }

// Writes `value` and returns where the next byte goes.
inline char* WriteVarint64(int64_t value, char* to) {
  uint64_t rest = ZigZag64(value);
  while (rest >= 0x80) {
    *to++ = static_cast<char>(rest | 0x80);
    rest >>= 7;
  }
  *to++ = static_cast<char>(rest);
  return to;
}

inline char* WriteVarint32(int32_t value, char* to) {
  return WriteVarint64(value, to);
}

// Reads a number at `from` into `value`; where the next byte is, or nullptr.
// Most numbers of a record take one or two bytes, hence the short ways.
inline const char* ReadVarint32(const char* from, const char* end,
                                int32_t* value) {
  if (end - from >= 2) {
    const uint32_t first = static_cast<uint8_t>(from[0]);
    if (first < 0x80) {
      *value = UnZigZag32(first);
      return from + 1;
    }
    const uint32_t second = static_cast<uint8_t>(from[1]);
    if (second < 0x80) {
      *value = UnZigZag32((first & 0x7f) | second << 7);
      return from + 2;
    }
  }
  uint32_t bits = 0;
  for (int shift = 0; shift < 35; shift += 7) {
    if (from == end) return nullptr;
    const uint32_t byte = static_cast<uint8_t>(*from++);
    if (shift == 28 && byte > 0x0f) return nullptr;
    bits |= (byte & 0x7f) << shift;
    if (byte < 0x80) {
      *value = UnZigZag32(bits);
      return from;
    }
  }
  return nullptr;
}

inline const char* ReadVarint64(const char* from, const char* end,
                                int64_t* value) {
  if (from != end && static_cast<uint8_t>(*from) < 0x80) {
    *value = UnZigZag64(static_cast<uint8_t>(*from));
    return from + 1;
  }
  uint64_t bits = 0;
  for (int shift = 0; shift < 70; shift += 7) {
    if (from == end) return nullptr;
    const uint64_t byte = static_cast<uint8_t>(*from++);
    if (shift == 63 && byte > 1) return nullptr;
    bits |= (byte & 0x7f) << shift;
    if (byte < 0x80) {
      *value = UnZigZag64(bits);
      return from;
    }
  }
  return nullptr;
}

}  // namespace barnabas::record

#endif  // BARNABAS_STORAGE_RECORD_VARINT_H_
