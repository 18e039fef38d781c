// AckLedger: what a produce stream owes its client.
//
// What: remembers the frames that are on their way, takes answers batch by
//   batch, joins them into range acks, and counts the credit that comes back.
// Units: bytes of frames; sequences count frames from 1.
// Empty case: nothing owed: TakeMessage gives nothing.
// Thread: none; the stream guards it by its mutex.
// Errors: PROTOCOL_ERROR for a wrong sequence, CREDIT_EXCEEDED; both end the
//   stream.
// Always true: a range holds only batches that lie in the log one after the
//   other, and no frame in it carried a batch of the partition that is not
//   covered; each frame's bytes come back once, when its last batch was
//   answered.
#ifndef BARNABAS_BROKER_SERVICE_ACK_LEDGER_H_
#define BARNABAS_BROKER_SERVICE_ACK_LEDGER_H_

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "barnabas/v1/producer.pb.h"
#include "broker/replication/produced_batch.h"
#include "proto/types/topic_partition.h"

namespace barnabas::broker {

class AckLedger {
 public:
  explicit AckLedger(int64_t credit_bytes) : credit_bytes_(credit_bytes) {}

  // A frame of `batches` batches came.
  absl::Status Open(uint64_t sequence, int64_t bytes, int32_t batches);
  // Where a batch of the newest frame goes; said before it is answered,
  // whether it is stored or refused.
  void SetDestination(uint64_t sequence, int32_t batch,
                      const TopicPartition& key);

  TopicPartition DestinationOf(uint64_t sequence, int32_t batch) const;

  // A receipt without durability (acks none) only gives credit back.
  void Store(uint64_t sequence, int32_t batch, const ProduceReceipt& receipt);
  void Fail(uint64_t sequence, v1::ProduceFailure failure);

  // The next message owed: a failure, then acks, then bare credit.
  bool TakeMessage(v1::ProduceStreamResponse* message);

  // Frames with unanswered batches.
  size_t frames() const { return open_frames_; }
  // Failures and ranges of acks that nobody has taken yet.
  size_t answers() const { return failures_.size() + ranges_.size(); }

 private:
  struct Batch {
    TopicPartition key;
    // The stream's frame before this one with a batch for the same partition.
    uint64_t previous = 0;
  };
  struct Frame {
    int64_t bytes = 0;
    int32_t left = 0;
    absl::InlinedVector<Batch, 1> batches;
  };

  const Frame& At(uint64_t sequence) const;
  Frame& At(uint64_t sequence);
  // One batch less to wait for.
  void CloseOne(uint64_t sequence);

  const int64_t credit_bytes_;

  // Of sequence first_, first_ + 1, ...
  std::deque<Frame> frames_;
  uint64_t first_ = 1;
  size_t open_frames_ = 0;
  int64_t outstanding_bytes_ = 0;
  absl::flat_hash_map<TopicPartition, uint64_t> last_frame_;

  int64_t returned_bytes_ = 0;
  std::deque<v1::ProduceFailure> failures_;
  // Ranges that may still grow, by partition: index into ranges_.
  std::vector<v1::PartitionAck> ranges_;
  absl::flat_hash_map<TopicPartition, size_t> growing_;
};

}  // namespace barnabas::broker

#endif  // BARNABAS_BROKER_SERVICE_ACK_LEDGER_H_
