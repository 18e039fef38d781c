#include "proto/types/topic_partition.h"

#include <charconv>
#include <cstdint>
#include <system_error>

namespace barnabas {

std::string TopicPartition::ToString() const {
  return topic.ToString() + "-" + partition.ToString();
}

std::optional<TopicPartition> TopicPartition::Parse(std::string_view text) {
  // The id itself may contain '-', so the last one divides.
  const size_t dash = text.rfind('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const std::optional<Uuid> topic = Uuid::Parse(text.substr(0, dash));
  const std::string_view digits = text.substr(dash + 1);
  int32_t index = 0;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), index);
  if (!topic || digits.empty() || error != std::errc() ||
      end != digits.data() + digits.size() || index < 0 ||
      std::to_string(index) != digits) {
    return std::nullopt;
  }
  return TopicPartition{*topic, PartitionIndex(index)};
}

}  // namespace barnabas
