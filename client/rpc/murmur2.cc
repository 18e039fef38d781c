#include "client/rpc/murmur2.h"

#include <cstddef>

namespace barnabas::rpc {
namespace {

constexpr uint32_t kSeed = 0x9747b28c;
constexpr uint32_t kFactor = 0x5bd1e995;
constexpr int kShift = 24;

uint32_t ByteAt(std::string_view bytes, size_t at) {
  return static_cast<uint8_t>(bytes[at]);
}

}  // namespace

int32_t Murmur2(std::string_view bytes) {
  uint32_t hash = kSeed ^ static_cast<uint32_t>(bytes.size());
  size_t at = 0;
  for (; bytes.size() - at >= 4; at += 4) {
    uint32_t word = ByteAt(bytes, at) | ByteAt(bytes, at + 1) << 8 |
                    ByteAt(bytes, at + 2) << 16 | ByteAt(bytes, at + 3) << 24;
    word *= kFactor;
    word ^= word >> kShift;
    word *= kFactor;
    hash *= kFactor;
    hash ^= word;
  }
  const size_t left = bytes.size() - at;
  if (left == 3) hash ^= ByteAt(bytes, at + 2) << 16;
  if (left >= 2) hash ^= ByteAt(bytes, at + 1) << 8;
  if (left >= 1) {
    hash ^= ByteAt(bytes, at);
    hash *= kFactor;
  }
  hash ^= hash >> 13;
  hash *= kFactor;
  hash ^= hash >> 15;
  return static_cast<int32_t>(hash);
}

int32_t PartitionOfKey(std::string_view key, int32_t partitions) {
  // Kafka drops the sign bit; it does not take the absolute value.
  return (Murmur2(key) & 0x7fffffff) % partitions;
}

}  // namespace barnabas::rpc
