// Expiry: what callers hear of records whose delivery_timeout is over.
//
// What: a refusal that lasted is named; else the time that ran out.
// Units: absl::Duration. Empty case: nothing was refused: `refused` is OK.
// Thread: a pure function.
// Errors: REQUEST_TIMED_OUT, or what the broker refused with.
#ifndef BARNABAS_CLIENT_PRODUCER_EXPIRY_H_
#define BARNABAS_CLIENT_PRODUCER_EXPIRY_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"

namespace barnabas::client {

// `refused` is the partition's last refusal; `in_flight` says that batches are
// under way, so that their outcome is open.
absl::Status ExpiryOf(const absl::Status& refused, bool in_flight,
                      absl::Duration age);

// Why what never went out was not stored.
absl::Status NoLeader(const std::string& topic, int32_t partition);

}  // namespace barnabas::client

#endif  // BARNABAS_CLIENT_PRODUCER_EXPIRY_H_
