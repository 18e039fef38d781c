// Leader choice: which replica leads a partition next.
//
// What: the present leader if it still may, else the first replica in order of
//   the assignment that is in sync and may lead. A replica outside the ISR is
//   never chosen: it could lack acknowledged records.
// Units: none. Empty case: kNoBroker if nobody may lead.
// Thread: pure function. Errors: none.
#ifndef BARNABAS_METADATA_PLACEMENT_LEADER_CHOICE_H_
#define BARNABAS_METADATA_PLACEMENT_LEADER_CHOICE_H_

#include "absl/functional/function_ref.h"
#include "metadata/image/topic_state.h"
#include "proto/types/ids.h"

namespace barnabas::placement {

// `may_lead` tells whether a broker is live and not stopping.
BrokerId ChooseLeader(const image::PartitionState& partition,
                      absl::FunctionRef<bool(BrokerId)> may_lead);

}  // namespace barnabas::placement

#endif  // BARNABAS_METADATA_PLACEMENT_LEADER_CHOICE_H_
