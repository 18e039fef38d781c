// ConsumePlan: which partitions are read, from where, and until where.
//
// What: turns topics, -p and -o into partitions with a first and an exclusive
//   last offset, by asking the cluster.
// Units: offsets. Empty case: no stop means "for ever".
// Thread: one at a time.
// Errors: UNKNOWN_TOPIC, UNKNOWN_PARTITION, and those of the calls.
#ifndef BARNABAS_TOOLS_CLI_DATA_CONSUME_PLAN_H_
#define BARNABAS_TOOLS_CLI_DATA_CONSUME_PLAN_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/admin/admin.h"
#include "client/consumer/consumer.h"
#include "tools/cli/formats/offset_spec.h"

namespace barnabas::cli {

struct ConsumeWish {
  std::vector<std::string> topics = {};
  // Empty: all.
  std::vector<int32_t> partitions = {};
  OffsetSpec offsets = {};
  // Stop where the logs end now.
  bool until_end = false;
};

struct PlannedPartition {
  client::ConsumerPartition partition;
  client::StartAt from;
  // One past the last offset wanted; nullopt: none.
  std::optional<int64_t> until = {};
};

absl::StatusOr<std::vector<PlannedPartition>> PlanConsume(
    client::Admin& admin, const ConsumeWish& wish);

}  // namespace barnabas::cli

#endif  // BARNABAS_TOOLS_CLI_DATA_CONSUME_PLAN_H_
