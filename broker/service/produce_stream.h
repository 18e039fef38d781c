// ProduceStream: one client's stream of produce frames.
//
// What: reads frames, checks and routes their batches to partitions' loops,
//   and writes range acks, failures, credit and heartbeats. The grammar is
//   that of producer.proto.
// Units: bytes; sequences count frames from 1.
// Empty case: a stream without Open is refused with PROTOCOL_ERROR at its first
//   message.
// Thread: messages on gRPC's threads one at a time, answers on partitions'
//   loops; the ledger lies under a mutex.
// Errors: PROTOCOL_ERROR and CREDIT_EXCEEDED end the stream (Failed, then a
//   status of the same meaning); trouble of a batch is a ProduceFailure.
// Always true: every batch of every frame read is acknowledged or failed once,
//   unless the call broke; at most kFramesOpenMax frames wait; answers that
//   the client does not read stop the reading, so they do not pile up; a
//   stopping broker answers what it read before it ends the stream.
#ifndef BARNABAS_BROKER_SERVICE_PRODUCE_STREAM_H_
#define BARNABAS_BROKER_SERVICE_PRODUCE_STREAM_H_

#include <cstddef>
#include <deque>
#include <memory>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "barnabas/v1/producer.pb.h"
#include "broker/replication/produced_batch.h"
#include "broker/service/ack_ledger.h"
#include "broker/service/raw_stream.h"
#include "broker/service/service_context.h"
#include "client/rpc/frame_codec.h"
#include "proto/types/limits.h"

namespace barnabas::broker {

class ProduceStream final : public RawStream, public ProduceSink {
 public:
  // Frames with unanswered batches; beyond that the stream is not read.
  static constexpr size_t kFramesOpenMax = 4096;
  // Answers that wait to be written; beyond that too. One more frame may add
  // as many again.
  static constexpr size_t kAnswersMax = kBatchesPerFrameMax;

  ProduceStream(const ServiceContext* context,
                grpc::CallbackServerContext* call);

  void Answer(uint64_t ticket,
              const absl::StatusOr<ProduceReceipt>& receipt) override;
  void AnswersEnd() override;
  void GoAway() override;

 private:
  // Signs of life since the last heartbeat.
  struct Pulse {
    bool wrote = false;
    // Heartbeats in which a message was waited for and none came.
    int silences = 0;
  };
  using Received = rpc::Received<rpc::ProduceRequestView>;

  void OnMessage(const grpc::ByteBuffer& message) override;
  void OnHalfClose() override;
  void OnGone() override;
  bool NextMessage(grpc::ByteBuffer* message) override;

  absl::Status Take(std::shared_ptr<Received> received, int64_t bytes);
  absl::Status TakeOpen(const v1::ProduceOpen& open);
  absl::Status TakeFrame(std::shared_ptr<Received> received, int64_t bytes);
  // Routes batch `index` of a frame; a refused one is failed at once.
  void TakeBatch(const std::shared_ptr<Received>& received, int32_t index,
                 std::vector<RoutedBatch>* routed);
  void FailBatch(uint64_t ticket, const Destination& destination,
                 const absl::Status& why);
  void Fail(const absl::Status& why);
  void ArmHeartbeat();
  // All batches of one frame are with their partitions.
  void OnPosted();
  // One interval has passed: says that we live, and asks whether they do.
  void Beat();
  // Reads on unless too much waits; ends a stream that has nothing more.
  void GoOn();
  // True if the next message is to be read, by whoever asked.
  bool TakeTurnToRead() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const ServiceContext* const context_;
  env::EventLoop* const timers_;

  // Of the reading thread.
  v1::ProduceOpen open_;
  bool opened_ = false;

  absl::Mutex mutex_;
  AckLedger ledger_ ABSL_GUARDED_BY(mutex_);
  // Ready, unsupported, heartbeats, GoAway, Failed: written before the rest.
  std::deque<v1::ProduceStreamResponse> control_ ABSL_GUARDED_BY(mutex_);
  // Frames whose batches are being appended: their answers are written
  // together, at the end of one of them.
  int32_t posting_ ABSL_GUARDED_BY(mutex_) = 0;
  // No message is being read or taken.
  bool reading_paused_ ABSL_GUARDED_BY(mutex_) = false;
  // Nothing more will be read: half-closed, failed, or the broker stops.
  bool closing_ ABSL_GUARDED_BY(mutex_) = false;
  bool going_away_ ABSL_GUARDED_BY(mutex_) = false;
  bool failed_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Duration heartbeat_ ABSL_GUARDED_BY(mutex_) = kHeartbeat;
  Pulse pulse_ ABSL_GUARDED_BY(mutex_);
  absl::Status end_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace barnabas::broker

#endif  // BARNABAS_BROKER_SERVICE_PRODUCE_STREAM_H_
