#include "client/rpc/backoff.h"

#include <algorithm>

namespace barnabas::rpc {
namespace {

// Beyond this every range has reached its bound.
constexpr int kDoublingsMax = 32;

// Spreads the bits of a seed (a step of splitmix64).
uint64_t Mix(uint64_t bits) {
  bits += 0x9e3779b97f4a7c15;
  bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9;
  bits = (bits ^ (bits >> 27)) * 0x94d049bb133111eb;
  return bits ^ (bits >> 31);
}

}  // namespace

absl::Duration BackoffDelay(const BackoffRange& range, int attempt,
                            uint64_t seed) {
  const int doublings = std::clamp(attempt, 0, kDoublingsMax);
  const absl::Duration plain =
      std::min(range.max, range.first * (int64_t{1} << doublings));
  const uint64_t mixed = Mix(seed + static_cast<uint64_t>(doublings));
  const double share = static_cast<double>(mixed >> 11) / (uint64_t{1} << 53);
  return plain * (0.8 + 0.4 * share);
}

}  // namespace barnabas::rpc
