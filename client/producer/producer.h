// Producer: sends records to topics, in batches, without loss or doubles.
//
// What: records gather per partition (batch_size, linger), travel as encoded
//   batches on one stream per broker, and are acknowledged by callback. With
//   idempotence (default) a retry never doubles and order per partition holds.
// Units: bytes; absl::Duration; timestamps in wall-clock milliseconds.
// Empty case: a producer that sent nothing flushes and closes at once.
// Thread: all methods may be called from any thread; the destructor by its
//   owner, when no other call runs any more. Callbacks run on the
//   producer's own threads, once for each record, never while Send holds a
//   lock; they must not block. A callback may call Send, which then does not
//   wait: without memory or metadata at hand it fails.
// Errors: Send fails with OVERLOADED when buffer_memory is full for longer
//   than max_block, INVALID_REQUEST after Close, BATCH_TOO_LARGE for a record
//   above max_request_bytes; everything later comes by callback: what the
//   broker said, or REQUEST_TIMED_OUT after delivery_timeout.
// Always true: every accepted record gets exactly one callback; Flush returns
//   OK only when all records accepted before it were acknowledged; Close loses
//   nothing that it does not report.
#ifndef BARNABAS_CLIENT_PRODUCER_PRODUCER_H_
#define BARNABAS_CLIENT_PRODUCER_PRODUCER_H_

#include <cstdint>
#include <future>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "client/producer/delivery.h"
#include "client/producer/producer_options.h"
#include "storage/record/record.h"

namespace barnabas::client {

// What is sent; views are copied by Send.
struct ProducerRecord {
  std::string_view topic;
  std::optional<std::string_view> key;
  std::optional<std::string_view> value;
  // Given, or murmur2 of the key as Kafka's, or sticky without a key.
  std::optional<int32_t> partition;
  // Absent: now.
  std::optional<int64_t> timestamp_ms;
  std::vector<record::HeaderView> headers;
};

class Producer {
 public:
  // Checks options and reaches a broker.
  static absl::StatusOr<std::unique_ptr<Producer>> Create(
      const ProducerOptions& options);

  // Closes, waiting at most delivery_timeout.
  virtual ~Producer() = default;

  // Takes one record. OK means that `callback` will be called.
  virtual absl::Status Send(const ProducerRecord& record,
                            DeliveryCallback callback) = 0;
  // The same without a callback; failures are counted in facts() and the first
  // one is returned by Flush and Close.
  virtual absl::Status Send(const ProducerRecord& record) = 0;
  // The same with a future.
  std::future<absl::StatusOr<Delivery>> SendFuture(
      const ProducerRecord& record);

  // Sends an already encoded batch (base sequence and producer are stamped
  // here when idempotent); for mirrors, connectors and benchmarks.
  virtual absl::Status SendBatch(std::string_view topic, int32_t partition,
                                 std::string batch,
                                 DeliveryCallback callback) = 0;

  // Waits until everything taken so far is acknowledged or failed. The first
  // failure since the last Flush is returned.
  virtual absl::Status Flush(absl::Duration timeout) = 0;

  // Flushes and ends. Later calls are refused. May be called twice.
  virtual absl::Status Close(absl::Duration timeout) = 0;

  struct Facts {
    int64_t records_accepted = 0;
    int64_t records_acknowledged = 0;
    int64_t records_failed = 0;
    int64_t batches_sent = 0;
    int64_t retries = 0;
    int64_t buffered_bytes = 0;
  };
  virtual Facts facts() const = 0;
};

}  // namespace barnabas::client

#endif  // BARNABAS_CLIENT_PRODUCER_PRODUCER_H_
