// ProduceLink: the client's end of one ProduceStream to one broker.
//
// What: speaks the stream's grammar: Open, Ready, frames within the broker's
//   byte credit, heartbeats, GoAway. It reopens after the stream ended, when
//   asked to and not before its backoff has passed. What the batches mean is
//   the sender's business.
// Units: bytes of messages; frames count from 1 on every stream.
// Empty case: a new link is closed; Room() is 0.
// Thread: the loop; events come on the loop, never from inside a method.
// Errors: OnLinkClosed tells why a stream ended: the broker's Failed if there
//   was one, SESSION_EXPIRED when the broker fell silent or left a frame
//   unanswered, else gRPC's status.
// Always true: frames on their way take at most the credit, or there is only
//   one; at most kWritesMax writes wait, so that later frames gather.
#ifndef BARNABAS_CLIENT_PRODUCER_PRODUCE_LINK_H_
#define BARNABAS_CLIENT_PRODUCER_PRODUCE_LINK_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "barnabas/v1/producer.pb.h"
#include "client/client_options.h"
#include "client/rpc/byte_stream.h"
#include "client/rpc/channel_pool.h"
#include "client/rpc/frame_codec.h"
#include "storage/env/event_loop.h"

namespace barnabas::client {

class ProduceLink;
struct Lane;

class ProduceLinkEvents {
 public:
  virtual ~ProduceLinkEvents() = default;

  // There may be room now.
  virtual void OnLinkWritable(ProduceLink* link) = 0;
  virtual void OnLinkStored(ProduceLink* link, const v1::PartitionAck& ack) = 0;
  virtual void OnLinkRefused(ProduceLink* link,
                             const v1::ProduceFailure& failure) = 0;
  // The frame left for the network (told in order; of use without acks).
  virtual void OnLinkSent(ProduceLink* link, uint64_t frame) = 0;
  virtual void OnLinkClosed(ProduceLink* link, const absl::Status& status) = 0;
};

struct ProduceLinkDeps {
  ClientOptions options;
  v1::Acks acks = v1::ACKS_ALL;
  std::shared_ptr<rpc::ChannelPool> channels;
  std::shared_ptr<env::EventLoop> loop;
  uint64_t seed = 0;
  ProduceLinkEvents* events = nullptr;
};

class ProduceLink final : public rpc::ByteStreamEvents {
 public:
  ProduceLink(const ProduceLinkDeps* deps, std::string endpoint);
  ~ProduceLink() override;

  // Opens a stream unless one is open, now or when the backoff has passed.
  void Open();
  // Half-closes; what is on its way is still answered.
  void Close();

  const std::string& endpoint() const { return endpoint_; }
  // Bytes that the next frame may take; 0 when none may go.
  int64_t Room() const;
  // No frame waits for its outcome.
  bool IsIdle() const { return session_.frames.empty(); }
  // Streams in a row that ended without a sign of use.
  int failures() const { return failures_; }

  // Sends a frame and returns its sequence.
  uint64_t Write(const std::vector<rpc::OutgoingBatch>& batches);
  // A batch of `frame` has its outcome.
  void Resolve(uint64_t frame);

  // Lanes that wait to be served, each once; the sender's list.
  std::deque<Lane*> ready_lanes;
  // Lanes that wait for the link to be idle, each once; the sender's, too.
  std::vector<Lane*> gathering_lanes;

 private:
  enum class State { kClosed, kOpening, kReady, kLeaving };
  struct Frame {
    uint64_t sequence = 0;
    size_t unresolved = 0;
    absl::Duration sent;
  };
  // What belongs to one stream and begins anew with the next.
  struct Session {
    uint64_t next_sequence = 1;
    int64_t credit_total = 0;
    int64_t credit_left = 0;
    absl::Duration heartbeat = absl::InfiniteDuration();
    absl::Duration last_heard;
    absl::Duration last_written;
    // After GoAway: when it is enough.
    absl::Duration leave_by = absl::InfiniteDuration();
    // Frames without outcome, oldest first.
    std::deque<Frame> frames;
    // Sequences of queued writes; 0 for other messages.
    std::deque<uint64_t> writing;
    absl::Status failure;
  };

  void OnMessage(grpc::ByteBuffer message) override;
  void OnWritten() override;
  void OnClosed(const absl::Status& status) override;

  void Start();
  void OnReady(const v1::ProduceReady& ready);
  void OnAck(const v1::ProduceAck& ack);
  void ReturnCredit(int64_t bytes);
  void Send(grpc::ByteBuffer message, uint64_t sequence);
  // Ends the stream for a reason of our own.
  void GiveUp(const absl::Status& why);
  void ArmWatch();
  void Watch();
  absl::Duration Now() const { return deps_->loop->clock().Monotonic(); }

  const ProduceLinkDeps* const deps_;
  const std::string endpoint_;

  State state_ = State::kClosed;
  Session session_;
  std::unique_ptr<rpc::ByteStream> stream_;
  int failures_ = 0;
  absl::Duration closed_at_ = -absl::InfiniteDuration();
  env::TimerId open_timer_ = 0;
  env::TimerId watch_timer_ = 0;
};

}  // namespace barnabas::client

#endif  // BARNABAS_CLIENT_PRODUCER_PRODUCE_LINK_H_
