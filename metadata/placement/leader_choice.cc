#include "metadata/placement/leader_choice.h"

#include <algorithm>

namespace barnabas::placement {

BrokerId ChooseLeader(const image::PartitionState& partition,
                      absl::FunctionRef<bool(BrokerId)> may_lead) {
  const auto fits = [&](BrokerId id) {
    return std::find(partition.isr.begin(), partition.isr.end(), id) !=
               partition.isr.end() &&
           may_lead(id);
  };
  if (partition.HasLeader() && fits(partition.leader)) return partition.leader;
  for (BrokerId id : partition.replicas) {
    if (fits(id)) return id;
  }
  return kNoBroker;
}

}  // namespace barnabas::placement
