// What a partition lacks, in words.
//
// Units: broker ids. Empty case: a partition whose replicas are all in sync
//   lacks nothing. Thread: pure functions. Errors: none.
#ifndef BARNABAS_TOOLS_CLI_PARTITION_PARTITION_STATE_H_
#define BARNABAS_TOOLS_CLI_PARTITION_PARTITION_STATE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "barnabas/v1/discovery.pb.h"

namespace barnabas::cli {

// Replicas outside the ISR.
std::vector<int32_t> OutOfSync(const v1::PartitionInfo& partition);

// "OK", "UNDER-REPLICATED", "UNAVAILABLE".
std::string PartitionState(const v1::PartitionInfo& partition);

// The leader, or "none".
std::string LeaderText(const v1::PartitionInfo& partition);

// "broker 101 alone was in sync; start it" for one without a leader.
std::string AwaitedText(const v1::PartitionInfo& partition);

}  // namespace barnabas::cli

#endif  // BARNABAS_TOOLS_CLI_PARTITION_PARTITION_STATE_H_
