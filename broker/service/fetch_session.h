// FetchSession: one partition of a fetch stream.
//
// What: a reader's place and what the client asked of it.
// Units: offsets, bytes of payload; generation counts seeks.
// Empty case: ReadFrame gives 0 bytes at the high watermark.
// Thread: the stream's loop.
// Errors: Open: those of topic_lookup.h, the epoch's, OFFSET_OUT_OF_RANGE;
//   ReadFrame: those of partition_reader.h.
// Always true: a session is in at most one of: queued to be read, waiting for
//   records, paused.
#ifndef BARNABAS_BROKER_SERVICE_FETCH_SESSION_H_
#define BARNABAS_BROKER_SERVICE_FETCH_SESSION_H_

#include <grpcpp/support/byte_buffer.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "barnabas/v1/consumer.pb.h"
#include "broker/service/partition_reader.h"
#include "broker/service/read_wait.h"
#include "broker/service/service_context.h"

namespace barnabas::broker {

struct FetchSession {
  static absl::StatusOr<std::unique_ptr<FetchSession>> Open(
      const ServiceContext& context, const v1::AddSession& add);

  FetchSession(uint32_t session_id, PartitionReader place)
      : id(session_id), reader(std::move(place)) {}

  // What the client is told when the session begins.
  v1::SessionAdded Describe() const;

  // Reads on and makes a whole FetchStreamResponse; the bytes that it takes
  // off the credit, 0 if there is nothing now.
  absl::StatusOr<int64_t> ReadFrame(const ServiceContext& context,
                                    v1::Lane lane, int64_t bytes_max,
                                    grpc::ByteBuffer* message);

  const uint32_t id;
  PartitionReader reader;
  uint32_t generation = 0;
  bool paused = false;
  bool queued = false;
  // While the session waits for records.
  std::shared_ptr<ReadWait> waiting;
  // Until when few bytes are held back (linger); none while nothing is.
  std::optional<absl::Duration> hold_until;
};

}  // namespace barnabas::broker

#endif  // BARNABAS_BROKER_SERVICE_FETCH_SESSION_H_
