// PartitionReader: one reader's place in one partition.
//
// What: reads on from an offset, in either lane, and tells where to go on. It
//   knows where to stop, if it was told.
// Units: offsets, bytes, wall-clock milliseconds.
// Empty case: at the high watermark a read gives nothing and moves nothing.
// Thread: one at a time; reads may touch the disk, so not on gRPC's threads
//   and not on partitions' loops.
// Errors: OFFSET_OUT_OF_RANGE with the range, NOT_LEADER with a hint, and
//   whatever the log says; a batch whose inside lies is CORRUPT_RECORD with its
//   offsets (structured lane only). The place is unchanged then.
// Always true: offsets given out rise; a structured read gives no record twice
//   and none outside [from, until).
#ifndef BARNABAS_BROKER_SERVICE_PARTITION_READER_H_
#define BARNABAS_BROKER_SERVICE_PARTITION_READER_H_

#include <grpcpp/support/slice.h>

#include <cstdint>
#include <memory>
#include <optional>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "barnabas/v1/common.pb.h"
#include "barnabas/v1/record.pb.h"
#include "broker/replication/partition.h"
#include "broker/service/buffer_pool.h"
#include "proto/types/offsets.h"
#include "storage/log/partition_log.h"
#include "storage/record/batch_reader.h"

namespace barnabas::broker {

// The offset that `position` means in `partition` now. `otherwise` is taken
// when the position says nothing; if that says nothing either, the start.
absl::StatusOr<Offset> ResolvePosition(const Partition& partition,
                                       const v1::Position& position,
                                       const v1::Position& otherwise);

// Where `until` stops a reader now; nothing if it says nothing. An offset may
// lie beyond what there is.
absl::StatusOr<std::optional<Offset>> ResolveStop(const Partition& partition,
                                                  const v1::Position& until);

class PartitionReader {
 public:
  PartitionReader(std::shared_ptr<Partition> partition, Offset from,
                  std::optional<Offset> until);

  const std::shared_ptr<Partition>& partition() const { return partition_; }
  Offset next() const { return next_; }
  // The stop position is reached.
  bool AtEnd() const { return until_.has_value() && next_ >= *until_; }

  void Seek(Offset offset);

  // Whole batches, about `bytes_max` of them; an empty slice if there is
  // nothing now.
  absl::StatusOr<grpc::Slice> ReadEncoded(int64_t bytes_max,
                                          BufferPool* buffers);

  // Adds records to `records`, at most `records_max` (0: no bound); the number
  // of encoded bytes that were read. At least one record if there is any.
  absl::StatusOr<int64_t> ReadStructured(int64_t bytes_max, int64_t records_max,
                                         BufferPool* buffers,
                                         v1::RecordBatch* records);

 private:
  absl::Status Decode(const record::BatchView& batch, int64_t records_max,
                      v1::RecordBatch* records);

  std::shared_ptr<Partition> partition_;
  Offset next_;
  std::optional<Offset> until_;
  log::ReadCursor cursor_;
  record::RecordReader decoder_;
};

}  // namespace barnabas::broker

#endif  // BARNABAS_BROKER_SERVICE_PARTITION_READER_H_
