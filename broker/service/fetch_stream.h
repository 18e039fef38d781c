// FetchStream: one client's stream of records of many partitions.
//
// What: keeps sessions, reads for those that have records and credit, round
//   robin, and writes frames without copying payloads. The grammar is that of
//   consumer.proto.
// Units: bytes of payload count against the credit; offsets.
// Empty case: without sessions only heartbeats are written.
// Thread: everything but the outgoing queue belongs to one reading loop, which
//   messages from gRPC's threads are posted to one at a time.
// Errors: PROTOCOL_ERROR and, for a client that sends not even heartbeats,
//   SESSION_EXPIRED end the stream (Failed, then a status of the same meaning);
//   trouble of a session pauses it and is told by SessionFailure.
// Always true: the credit is overdrawn by one batch at most; a session's
//   frames come in the order of offsets; at most kFramesAhead frames are
//   prepared; at most kSessionsPerStreamMax sessions are open; a client that
//   does not read the answers to what it says is not read either.
#ifndef BARNABAS_BROKER_SERVICE_FETCH_STREAM_H_
#define BARNABAS_BROKER_SERVICE_FETCH_STREAM_H_

#include <cstdint>
#include <deque>
#include <memory>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "barnabas/v1/consumer.pb.h"
#include "broker/service/fetch_session.h"
#include "broker/service/raw_stream.h"
#include "broker/service/service_context.h"
#include "proto/types/limits.h"

namespace barnabas::broker {

class FetchStream final : public RawStream {
 public:
  // Frames that wait for the one that is being written.
  static constexpr int kFramesAhead = 3;
  // Answers that may wait beside them: all sessions may be added at once.
  static constexpr size_t kAnswersMax = kSessionsPerStreamMax;

  FetchStream(const ServiceContext* context, grpc::CallbackServerContext* call);

  void GoAway() override;

 private:
  void OnMessage(const grpc::ByteBuffer& message) override;
  void OnHalfClose() override;
  void OnGone() override;
  bool NextMessage(grpc::ByteBuffer* message) override;

  // All below on the loop.
  absl::Status Take(const v1::FetchStreamRequest& message);
  absl::Status TakeOpen(const v1::FetchOpen& open);
  absl::Status TakeAdd(const v1::AddSession& add);
  absl::Status TakeChange(const v1::ChangeSession& change);
  absl::Status TakeCredit(int64_t bytes);
  absl::Status Seek(const v1::Position& position, FetchSession* session);

  void Queue(FetchSession* session);
  void Unqueue(FetchSession* session);
  // Reads for queued sessions while credit and room last.
  void Pump();
  // Reads one frame, or sees to it that the session is woken.
  void ReadOne(FetchSession* session);
  // True if so little is there that it is held back for now.
  bool HoldBack(FetchSession* session, int64_t bytes, Offset from);
  void Await(FetchSession* session);
  void FailSession(uint32_t id, const absl::Status& why);
  void EndSession(FetchSession* session);

  void Fail(const absl::Status& why);
  void Send(v1::FetchStreamResponse response);
  void SendFrame(grpc::ByteBuffer message);
  bool HasRoom() const;
  // Reads the next message, unless too much waits to be written.
  void ReadOn();
  void ArmHeartbeat(absl::Duration interval);
  // One interval has passed: says that we live, and asks whether they do.
  void Beat(absl::Duration interval);
  // Runs `work` on the loop if the stream still lives then.
  void OnLoop(absl::AnyInvocable<void(FetchStream*)> work);

  const ServiceContext* const context_;
  env::EventLoop* const loop_;

  // Of the loop.
  v1::FetchOpen open_;
  bool opened_ = false;
  bool over_ = false;
  bool failed_ = false;
  // Intervals in which the client said nothing.
  int silences_ = 0;
  int64_t credit_ = 0;
  bool reading_paused_ = false;
  absl::flat_hash_map<uint32_t, std::unique_ptr<FetchSession>> sessions_;
  std::deque<uint32_t> queue_;

  mutable absl::Mutex mutex_;
  std::deque<grpc::ByteBuffer> outgoing_ ABSL_GUARDED_BY(mutex_);
  bool full_ ABSL_GUARDED_BY(mutex_) = false;
  bool wrote_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace barnabas::broker

#endif  // BARNABAS_BROKER_SERVICE_FETCH_STREAM_H_
