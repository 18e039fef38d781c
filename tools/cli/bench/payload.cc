#include "tools/cli/bench/payload.h"

#include <cstring>

namespace barnabas::cli {
namespace {

// Filler repeats after this many different words, so it compresses about as
// well as ordinary text does.
constexpr uint64_t kWords = 64;

uint64_t Mix(uint64_t value) {
  value ^= value >> 31;
  value *= 0x7fb5d329728ea185ULL;
  value ^= value >> 27;
  return value;
}

}  // namespace

PayloadMaker::PayloadMaker(uint64_t run, size_t bytes)
    : run_(run), bytes_(bytes, '\0') {
  for (size_t i = 0; i < bytes; ++i) {
    const uint64_t word = Mix(run + (i / 8) % kWords);
    bytes_[i] = static_cast<char>('a' + ((word >> (8 * (i % 8))) & 0xff) % 26);
  }
}

std::string_view PayloadMaker::Next(uint64_t sequence, int64_t sent_ns) {
  if (bytes_.size() >= kPayloadBytesMin) {
    std::memcpy(bytes_.data(), &run_, 8);
    std::memcpy(bytes_.data() + 8, &sequence, 8);
    std::memcpy(bytes_.data() + 16, &sent_ns, 8);
  }
  return bytes_;
}

std::optional<PayloadStamp> ReadStamp(uint64_t run, std::string_view payload) {
  if (payload.size() < kPayloadBytesMin) return std::nullopt;
  PayloadStamp stamp;
  std::memcpy(&stamp.run, payload.data(), 8);
  if (stamp.run != run) return std::nullopt;
  std::memcpy(&stamp.sequence, payload.data() + 8, 8);
  std::memcpy(&stamp.sent_ns, payload.data() + 16, 8);
  return stamp;
}

}  // namespace barnabas::cli
