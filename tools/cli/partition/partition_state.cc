#include "tools/cli/partition/partition_state.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace barnabas::cli {

std::vector<int32_t> OutOfSync(const v1::PartitionInfo& partition) {
  std::vector<int32_t> out;
  for (const int32_t id : partition.replicas()) {
    const auto& isr = partition.isr();
    if (std::find(isr.begin(), isr.end(), id) == isr.end()) out.push_back(id);
  }
  return out;
}

std::string PartitionState(const v1::PartitionInfo& partition) {
  if (!partition.has_leader()) return "UNAVAILABLE";
  return OutOfSync(partition).empty() ? "OK" : "UNDER-REPLICATED";
}

std::string LeaderText(const v1::PartitionInfo& partition) {
  return partition.has_leader() ? absl::StrCat(partition.leader()) : "none";
}

std::string AwaitedText(const v1::PartitionInfo& partition) {
  const bool one = partition.isr_size() == 1;
  return absl::StrCat(one ? "broker " : "brokers ",
                      absl::StrJoin(partition.isr(), ", "),
                      one ? ", alone in sync, is down; start it"
                          : ", alone in sync, are down; start one of them");
}

}  // namespace barnabas::cli
