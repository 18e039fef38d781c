// ProducerOptions: how a producer batches, waits and asks to be acknowledged.
//
// Units: bytes; absl::Duration. Ranges: Producer::Create checks them.
// Empty case: the defaults are safe: acknowledged by all replicas in sync,
//   without doubles. Without acknowledgements there is no idempotence.
// Thread: a plain value. Errors: none here.
#ifndef BARNABAS_CLIENT_PRODUCER_PRODUCER_OPTIONS_H_
#define BARNABAS_CLIENT_PRODUCER_PRODUCER_OPTIONS_H_

#include <cstdint>
#include <optional>

#include "absl/time/time.h"
#include "client/client_options.h"
#include "storage/record/batch_header.h"

namespace barnabas::client {

enum class Acks { kNone, kLeader, kAll };

struct ProducerOptions {
  ClientOptions client;
  Acks acks = Acks::kAll;
  bool idempotence = true;
  // A batch is sent when it is this large,
  int64_t batch_size = 256 * 1024;
  // or this old; zero sends at once when nothing is on its way, else what
  // gathered until the answer came (at most five milliseconds).
  absl::Duration linger = absl::ZeroDuration();
  // Memory for records that wait or are on their way.
  int64_t buffer_memory = 64 * 1024 * 1024;
  // How long Send waits for memory or metadata.
  absl::Duration max_block = absl::Seconds(60);
  int64_t max_request_bytes = 1024 * 1024;
  // From Send to the final answer, retries included.
  absl::Duration delivery_timeout = absl::Minutes(2);
  record::Codec compression = record::Codec::kNone;
  std::optional<int> compression_level;
};

}  // namespace barnabas::client

#endif  // BARNABAS_CLIENT_PRODUCER_PRODUCER_OPTIONS_H_
