// CutIntoEntries: a plan's records as entries of the metadata log.
//
// What: one entry, so that the plan is atomic, unless it is larger than an
//   entry may be; then several, in the order of the records, whose prefixes
//   planners make hold by themselves.
// Units: bytes of the serialised entry, Unix milliseconds.
// Empty case: no records, no entries.
// Thread: pure function. Errors: none; a record that is larger than an entry
//   may be stands alone, and the quorum refuses it.
#ifndef BARNABAS_CONTROLLER_ACTIVE_ENTRY_CUT_H_
#define BARNABAS_CONTROLLER_ACTIVE_ENTRY_CUT_H_

#include <cstdint>
#include <vector>

#include "barnabas/internal/v1/cluster_record.pb.h"

namespace barnabas::active {

std::vector<internal::v1::MetadataEntry> CutIntoEntries(
    std::vector<internal::v1::ClusterRecord> records, int64_t bytes_max,
    int64_t time_ms);

}  // namespace barnabas::active

#endif  // BARNABAS_CONTROLLER_ACTIVE_ENTRY_CUT_H_
