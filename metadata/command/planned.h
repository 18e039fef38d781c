// Planned: a decision that is not yet true.
//
// What: records to append and the response to give once they are committed. A
//   planner changes nothing; replaying the records does.
// Units: none. Empty case: no records: nothing changes, and the response holds
//   for the image that was planned against.
// Thread: a plain value. Errors: none; a plan that failed is a Status instead.
// Always true: every prefix of `records` replays into a valid image, so a list
//   that is too long for one entry may be cut anywhere.
#ifndef BARNABAS_METADATA_COMMAND_PLANNED_H_
#define BARNABAS_METADATA_COMMAND_PLANNED_H_

#include <vector>

#include "barnabas/internal/v1/cluster_record.pb.h"

namespace barnabas::command {

template <typename Response>
struct Planned {
  std::vector<internal::v1::ClusterRecord> records;
  Response response;
};

}  // namespace barnabas::command

#endif  // BARNABAS_METADATA_COMMAND_PLANNED_H_
