// CeilingClient: the near end of `bench ceiling`.
//
// What: sends prepared messages down a raw stream with a bounded window, or
//   receives and checksums what the server reads from its file; or measures how
//   long one small message takes there and back.
// Units: bytes, absl::Duration, nanoseconds.
// Empty case: zero messages take no time and move nothing.
// Thread: each function blocks its caller until the stream ended.
// Errors: the stream's status; DEADLINE_EXCEEDED after `deadline`.
#ifndef BARNABAS_TOOLS_CLI_CEILING_CEILING_CLIENT_H_
#define BARNABAS_TOOLS_CLI_CEILING_CEILING_CLIENT_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "storage/env/histogram.h"

namespace barnabas::cli {

struct CeilingLoad {
  // "host:port" of the server.
  std::string target;
  int64_t message_bytes = 1024 * 1024;
  // Sent and not yet acknowledged, at most.
  int64_t window_bytes = 4 * 1024 * 1024;
  int64_t total_bytes = 0;
  absl::Duration deadline = absl::Minutes(5);
};

struct CeilingFigure {
  int64_t bytes = 0;
  int64_t messages = 0;
  absl::Duration elapsed;
};

// From the first message sent to the last one acknowledged.
absl::StatusOr<CeilingFigure> MeasureProduceCeiling(const CeilingLoad& load);

// One message at a time: from its write to its acknowledgement, `count` times
// after as many again that warm up and are not counted. Nanoseconds.
absl::StatusOr<env::HistogramSnapshot> MeasureRoundTrip(const CeilingLoad& load,
                                                        int64_t count);

// From the request to the last message checksummed.
absl::StatusOr<CeilingFigure> MeasureFetchCeiling(const CeilingLoad& load);

}  // namespace barnabas::cli

#endif  // BARNABAS_TOOLS_CLI_CEILING_CEILING_CLIENT_H_
