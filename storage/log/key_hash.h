// KeyHash: 128 bits that stand for a record's key during compaction.
//
// What: SipHash-2-4 with 128 bits of output (Aumasson, Bernstein: SipHash, a
//   fast short-input PRF). Keyed with a secret of the pass, so that nobody can
//   choose two keys that fall together, and by chance none do: among 2^40 keys
//   with a probability below 2^-49.
// Units: bits. Empty case: the empty key has a hash like any other.
// Thread: pure functions. Errors: none.
#ifndef BARNABAS_STORAGE_LOG_KEY_HASH_H_
#define BARNABAS_STORAGE_LOG_KEY_HASH_H_

#include <cstdint>
#include <string_view>

namespace barnabas::log {

struct KeyHash {
  uint64_t low = 0;
  uint64_t high = 0;

  bool operator==(const KeyHash&) const = default;
};

// The secret of one pass.
struct HashSecret {
  uint64_t k0 = 0;
  uint64_t k1 = 0;
};

KeyHash HashKey(std::string_view key, const HashSecret& secret);

}  // namespace barnabas::log

#endif  // BARNABAS_STORAGE_LOG_KEY_HASH_H_
