#include "tests/chaos/record_text.h"

#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "proto/types/text.h"

namespace barnabas::chaos {
namespace {

constexpr uint64_t kPaddingMax = 200;

}  // namespace

uint64_t Mix(uint64_t value) {
  value += 0x9e3779b97f4a7c15;
  value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
  value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
  return value ^ (value >> 31);
}

std::string RecordText(int32_t producer, int64_t number) {
  std::string text = absl::StrCat(producer, ":", number, ":");
  uint64_t bits =
      Mix(Mix(static_cast<uint64_t>(producer)) + static_cast<uint64_t>(number));
  for (uint64_t left = 16 + bits % kPaddingMax; left > 0; --left) {
    bits = Mix(bits);
    text += static_cast<char>('a' + bits % 26);
  }
  return text;
}

std::optional<std::pair<int32_t, int64_t>> ParseRecordText(
    std::string_view text) {
  const std::vector<absl::string_view> parts =
      absl::StrSplit(AsAbsl(text), absl::MaxSplits(':', 2));
  int32_t producer = 0;
  int64_t number = 0;
  if (parts.size() != 3 || !absl::SimpleAtoi(parts[0], &producer) ||
      !absl::SimpleAtoi(parts[1], &number) ||
      RecordText(producer, number) != text) {
    return std::nullopt;
  }
  return std::make_pair(producer, number);
}

}  // namespace barnabas::chaos
