#include "storage/log/key_hash.h"

#include <bit>
#include <cstddef>

namespace barnabas::log {
namespace {

struct State {
  uint64_t v0;
  uint64_t v1;
  uint64_t v2;
  uint64_t v3;

  void Round() {
    v0 += v1;
    v2 += v3;
    v1 = std::rotl(v1, 13) ^ v0;
    v3 = std::rotl(v3, 16) ^ v2;
    v0 = std::rotl(v0, 32);
    v2 += v1;
    v0 += v3;
    v1 = std::rotl(v1, 17) ^ v2;
    v3 = std::rotl(v3, 21) ^ v0;
    v2 = std::rotl(v2, 32);
  }

  void Absorb(uint64_t word) {
    v3 ^= word;
    Round();
    Round();
    v0 ^= word;
  }

  uint64_t Finish() {
    for (int i = 0; i < 4; ++i) Round();
    return v0 ^ v1 ^ v2 ^ v3;
  }
};

uint64_t LoadLittleEndian(const char* from, size_t bytes) {
  uint64_t word = 0;
  for (size_t i = 0; i < bytes; ++i) {
    word |= uint64_t{static_cast<uint8_t>(from[i])} << (8 * i);
  }
  return word;
}

}  // namespace

KeyHash HashKey(std::string_view key, const HashSecret& secret) {
  // The paper's constants; 0xee tells the 128-bit variant apart.
  State state{secret.k0 ^ 0x736f6d6570736575, secret.k1 ^ 0x646f72616e646f6d,
              secret.k0 ^ 0x6c7967656e657261, secret.k1 ^ 0x7465646279746573};
  state.v1 ^= 0xee;
  const uint64_t size = key.size();
  while (key.size() >= sizeof(uint64_t)) {
    state.Absorb(LoadLittleEndian(key.data(), sizeof(uint64_t)));
    key.remove_prefix(sizeof(uint64_t));
  }
  state.Absorb(LoadLittleEndian(key.data(), key.size()) | (size << 56));
  KeyHash hash;
  state.v2 ^= 0xee;
  hash.low = state.Finish();
  state.v1 ^= 0xdd;
  hash.high = state.Finish();
  return hash;
}

}  // namespace barnabas::log
