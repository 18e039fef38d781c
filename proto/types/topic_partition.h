// TopicPartition: one partition of one topic, by topic id.
//
// What: the key of every table of partitions. Its text, "<topic id>-<index>",
//   is also the name of the partition's directory.
// Empty case: the default is the nil topic's partition 0.
// Thread: a plain value. Errors: Parse gives nullopt for any other text.
#ifndef BARNABAS_PROTO_TYPES_TOPIC_PARTITION_H_
#define BARNABAS_PROTO_TYPES_TOPIC_PARTITION_H_

#include <compare>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <utility>

#include "proto/types/ids.h"
#include "proto/types/uuid.h"

namespace barnabas {

struct TopicPartition {
  TopicId topic;
  PartitionIndex partition;

  auto operator<=>(const TopicPartition&) const = default;

  std::string ToString() const;
  static std::optional<TopicPartition> Parse(std::string_view text);
};

template <typename H>
H AbslHashValue(H state, const TopicPartition& self) {
  return H::combine(std::move(state), self.topic, self.partition);
}

inline std::ostream& operator<<(std::ostream& out, const TopicPartition& self) {
  return out << self.ToString();
}

}  // namespace barnabas

#endif  // BARNABAS_PROTO_TYPES_TOPIC_PARTITION_H_
