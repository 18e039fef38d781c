// Consumer: reads records of partitions assigned by hand.
//
// What: keeps one fetch stream per broker, prefetches up to a bound, and hands
//   out records as views on the fetched batches, in offset order per
//   partition. Groups come with a later release.
// Units: offsets; absl::Duration; bytes.
// Empty case: without an assignment Poll answers nothing at once.
// Thread: one at a time, but for Wakeup, which any thread may call.
// Errors: partition trouble comes with Poll as PartitionTrouble and leaves the
//   others alone: OFFSET_OUT_OF_RANGE, UNKNOWN_TOPIC, CORRUPT_RECORD with the
//   offsets that it spans (SkipCorrupt goes past them). Lost connections and
//   moved leaders are retried inside. Control batches are never handed out.
// Always true: a record is handed out once per seek; Position is the offset of
//   the next record to hand out; prefetched bytes stay below prefetch_bytes
//   plus one frame.
#ifndef BARNABAS_CLIENT_CONSUMER_CONSUMER_H_
#define BARNABAS_CLIENT_CONSUMER_CONSUMER_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "absl/types/span.h"
#include "client/consumer/consumer_options.h"
#include "storage/record/record.h"

namespace barnabas::client {

// Records of one partition, in order. Owns the bytes that the views lie in.
class ConsumedRecords {
 public:
  virtual ~ConsumedRecords() = default;
  virtual const std::string& topic() const = 0;
  virtual int32_t partition() const = 0;
  virtual int32_t leader_epoch() const = 0;
  virtual int64_t high_watermark() const = 0;
  virtual absl::Span<const record::RecordView> records() const = 0;
};

struct PartitionTrouble {
  ConsumerPartition partition;
  absl::Status status;
};

struct PollOutcome {
  std::vector<std::unique_ptr<ConsumedRecords>> batches;
  std::vector<PartitionTrouble> troubles;
  // Partitions whose end (high watermark) was reached with this poll.
  std::vector<ConsumerPartition> at_end;

  bool Empty() const { return batches.empty() && troubles.empty(); }
};

class Consumer {
 public:
  static absl::StatusOr<std::unique_ptr<Consumer>> Create(
      const ConsumerOptions& options);

  virtual ~Consumer() = default;

  // Replaces the assignment; new partitions begin at `from`.
  virtual absl::Status Assign(absl::Span<const ConsumerPartition> partitions,
                              StartAt from) = 0;
  virtual absl::Status Seek(const ConsumerPartition& partition, StartAt to) = 0;
  virtual absl::Status Pause(const ConsumerPartition& partition) = 0;
  virtual absl::Status Resume(const ConsumerPartition& partition) = 0;
  // The offset of the next record to hand out; asks the broker where it is
  // not known yet.
  virtual absl::StatusOr<int64_t> Position(
      const ConsumerPartition& partition) = 0;
  // Goes past a corrupt batch that Poll reported.
  virtual absl::Status SkipCorrupt(const ConsumerPartition& partition) = 0;

  // Waits at most `timeout` for records, troubles or reached ends. Gives at
  // most `records_max` records; 0 means as many as are handled well at once,
  // some thousands.
  virtual absl::StatusOr<PollOutcome> Poll(absl::Duration timeout,
                                           int64_t records_max = 0) = 0;
  // Makes a waiting Poll, or the next one, return at once.
  virtual void Wakeup() = 0;

  virtual absl::Status Close() = 0;
};

}  // namespace barnabas::client

#endif  // BARNABAS_CLIENT_CONSUMER_CONSUMER_H_
