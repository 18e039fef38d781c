// FinalReading: reads every log whole once all is over.
//
// What: asks where the logs end and reads them from start to end as encoded
//   batches, with the leader epoch of each: what the checker takes as the
//   truth.
// Units: offsets. Empty case: an empty log has an end and no readings.
// Thread: one at a time; blocks.
// Errors: what the cluster says; a log that does not give its records within
//   the deadline is REQUEST_TIMED_OUT.
#ifndef BARNABAS_TESTS_CHAOS_FINAL_READING_H_
#define BARNABAS_TESTS_CHAOS_FINAL_READING_H_

#include <grpcpp/channel.h>

#include <cstdint>
#include <map>
#include <memory>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tests/chaos/client_set.h"

namespace barnabas::chaos {

// Where each log starts and ends, by log, once all of it may be read. Nobody
// writes any more.
absl::StatusOr<std::map<int32_t, History::Range>> AskEnds(
    const ClientSet& set, const std::shared_ptr<grpc::Channel>& channel);

// Writes ends and records into the history, as consumer `consumer`.
absl::Status ReadFinally(const ClientSet& set, int32_t consumer,
                         const std::shared_ptr<grpc::Channel>& channel,
                         const std::map<int32_t, History::Range>& ends);

}  // namespace barnabas::chaos

#endif  // BARNABAS_TESTS_CHAOS_FINAL_READING_H_
