#include "client/producer/partitioner.h"

#include "client/rpc/murmur2.h"

namespace barnabas::client {

std::optional<int32_t> Partitioner::Fixed(
    const std::optional<int32_t>& given,
    const std::optional<std::string_view>& key, int32_t partitions) {
  if (given.has_value()) return given;
  if (key.has_value()) return rpc::PartitionOfKey(*key, partitions);
  return std::nullopt;
}

int32_t Partitioner::Choose(const std::optional<int32_t>& given,
                            const std::optional<std::string_view>& key,
                            int64_t record_bytes, int32_t partitions,
                            absl::Span<const int32_t> available) {
  const std::optional<int32_t> fixed = Fixed(given, key, partitions);
  if (fixed.has_value()) return *fixed;
  return ChooseSticky(record_bytes, partitions, available);
}

int32_t Partitioner::ChooseSticky(int64_t record_bytes, int32_t partitions,
                                  absl::Span<const int32_t> available) {
  const bool full = current_bytes_ >= sticky_bytes_;
  if (current_ < 0 || current_ >= partitions || full) {
    const int32_t before = current_;
    const auto count = static_cast<uint64_t>(
        available.empty() ? static_cast<size_t>(partitions) : available.size());
    const auto at = [&](uint64_t index) {
      return available.empty() ? static_cast<int32_t>(index) : available[index];
    };
    uint64_t index = NextRandom() % count;
    // Another one than before, if there is another.
    if (at(index) == before) index = (index + 1) % count;
    current_ = at(index);
    current_bytes_ = 0;
  }
  current_bytes_ += record_bytes;
  return current_;
}

uint64_t Partitioner::NextRandom() {
  // splitmix64.
  state_ += 0x9e3779b97f4a7c15;
  uint64_t bits = state_;
  bits = (bits ^ (bits >> 30)) * 0xbf58476d1ce4e5b9;
  bits = (bits ^ (bits >> 27)) * 0x94d049bb133111eb;
  return bits ^ (bits >> 31);
}

}  // namespace barnabas::client
