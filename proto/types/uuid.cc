#include "proto/types/uuid.h"

namespace barnabas {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr size_t kTextLength = 22;

}  // namespace

Uuid Uuid::FromRandom(uint64_t high, uint64_t low) {
  std::array<uint8_t, 16> bytes;
  for (int i = 0; i < 8; ++i) {
    bytes[i] = static_cast<uint8_t>(high >> (56 - 8 * i));
    bytes[8 + i] = static_cast<uint8_t>(low >> (56 - 8 * i));
  }
  bytes[6] = static_cast<uint8_t>((bytes[6] & 0x0f) | 0x40);
  bytes[8] = static_cast<uint8_t>((bytes[8] & 0x3f) | 0x80);
  // The first six bits choose the first character; 62 is '-'.
  if ((bytes[0] >> 2) == 62) bytes[0] = static_cast<uint8_t>(bytes[0] & 0x7f);
  return Uuid(bytes);
}

std::optional<Uuid> Uuid::Parse(std::string_view text) {
  if (text.size() != kTextLength) return std::nullopt;
  std::array<uint8_t, 16> bytes{};
  uint32_t bits = 0;
  int held = 0;
  size_t next = 0;
  for (char c : text) {
    const size_t value = kAlphabet.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    bits = (bits << 6) | static_cast<uint32_t>(value);
    held += 6;
    if (held >= 8) {
      held -= 8;
      bytes[next++] = static_cast<uint8_t>(bits >> held);
      bits &= (1u << held) - 1;
    }
  }
  // 132 bits carry 128; the spare four must be zero, so a text is unique.
  if (bits != 0) return std::nullopt;
  return Uuid(bytes);
}

std::string Uuid::ToString() const {
  std::string text;
  text.reserve(kTextLength);
  uint32_t bits = 0;
  int held = 0;
  for (uint8_t byte : bytes_) {
    bits = (bits << 8) | byte;
    held += 8;
    while (held >= 6) {
      held -= 6;
      text.push_back(kAlphabet[(bits >> held) & 63]);
    }
  }
  text.push_back(kAlphabet[(bits << (6 - held)) & 63]);
  return text;
}

}  // namespace barnabas
