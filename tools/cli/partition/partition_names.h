// Partitions by name, "TOPIC:PARTITION", and all of them as the cluster tells.
//
// Units: none. Empty case: no names mean all topics.
// Thread: one at a time.
// Errors: usage errors for a malformed name; those of DescribeTopics;
//   UNKNOWN_TOPIC, UNKNOWN_PARTITION.
#ifndef BARNABAS_TOOLS_CLI_PARTITION_PARTITION_NAMES_H_
#define BARNABAS_TOOLS_CLI_PARTITION_PARTITION_NAMES_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/admin/admin.h"

namespace barnabas::cli {

struct NamedPartition {
  std::string topic = {};
  // -1: all of the topic's.
  int32_t partition = -1;
};

// "orders:3" or "orders".
absl::StatusOr<NamedPartition> ParsePartition(const std::string& text);

// A partition with its topic's name.
struct ListedPartition {
  std::string topic = {};
  v1::PartitionInfo info = {};
};

// Those of the topics named, page after page.
absl::StatusOr<std::vector<ListedPartition>> DescribePartitions(
    client::Admin& admin, const std::vector<std::string>& topics);

}  // namespace barnabas::cli

#endif  // BARNABAS_TOOLS_CLI_PARTITION_PARTITION_NAMES_H_
