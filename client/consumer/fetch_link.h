// FetchLink: the client's end of one FetchStream to one broker.
//
// What: speaks the stream's grammar: Open with credit, sessions, heartbeats,
//   GoAway; frames go by FetchRoutes to the inbox. It reopens after the stream
//   ended, when asked to and not before its backoff has passed.
// Units: bytes of payload; session numbers are used once per link.
// Empty case: a new link is closed; adding a session opens it.
// Thread: the loop; events come on the loop, never from inside a method.
// Errors: OnFetchClosed tells why a stream ended: the broker's Failed if there
//   was one, SESSION_EXPIRED when the broker fell silent, else gRPC's status.
// Always true: what the broker may send ahead is bounded by the credit.
#ifndef BARNABAS_CLIENT_CONSUMER_FETCH_LINK_H_
#define BARNABAS_CLIENT_CONSUMER_FETCH_LINK_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "barnabas/v1/consumer.pb.h"
#include "client/consumer/consumer_options.h"
#include "client/consumer/fetch_inbox.h"
#include "client/consumer/fetch_routes.h"
#include "client/rpc/byte_stream.h"
#include "client/rpc/channel_pool.h"
#include "storage/env/event_loop.h"

namespace barnabas::client {

class FetchLink;

class FetchLinkEvents {
 public:
  virtual ~FetchLinkEvents() = default;

  virtual void OnFetchAdded(FetchLink* link, const v1::SessionAdded& added) = 0;
  virtual void OnFetchFailure(FetchLink* link,
                              const v1::SessionFailure& failure) = 0;
  virtual void OnFetchClosed(FetchLink* link, const absl::Status& status) = 0;
};

struct FetchLinkDeps {
  ConsumerOptions options;
  std::shared_ptr<rpc::ChannelPool> channels;
  std::shared_ptr<env::EventLoop> loop;
  uint64_t seed = 0;
  FetchInbox* inbox = nullptr;
  FetchLinkEvents* events = nullptr;
};

class FetchLink final : public rpc::ByteStreamEvents {
 public:
  FetchLink(const FetchLinkDeps* deps, std::string endpoint);
  ~FetchLink() override;

  const std::string& endpoint() const { return endpoint_; }

  // Begins a session whose frames take `route`, and returns its number. Opens
  // the stream with `credit_bytes` if it is closed; sessions asked for before
  // it is ready follow then, and are lost with it.
  uint32_t Add(v1::AddSession add, FetchRoute route, int64_t credit_bytes);
  void Drop(uint32_t session);
  // Half-closes.
  void Close();

 private:
  enum class State { kClosed, kOpening, kReady, kLeaving };

  void OnMessage(grpc::ByteBuffer message) override;
  void OnWritten() override {}
  void OnClosed(const absl::Status& status) override;

  void Open(int64_t credit_bytes);
  void Start();
  void OnReady(const v1::FetchReady& ready);
  void Send(const v1::FetchStreamRequest& request);
  // Ends the stream for a reason of our own.
  void GiveUp(const absl::Status& why);
  void ArmWatch();
  void Watch();
  absl::Duration Now() const { return deps_->loop->clock().Monotonic(); }

  const FetchLinkDeps* const deps_;
  const std::string endpoint_;

  State state_ = State::kClosed;
  std::unique_ptr<rpc::ByteStream> stream_;
  // Of the stream that is open or about to be.
  std::shared_ptr<FetchRoutes> routes_;
  int64_t credit_bytes_ = 0;
  uint32_t next_session_ = 1;
  // Asked for while the stream was not ready.
  std::vector<v1::FetchStreamRequest> early_;
  absl::Duration heartbeat_ = absl::InfiniteDuration();
  absl::Duration last_heard_;
  absl::Duration last_written_;
  absl::Status failure_;
  // Streams in a row that ended without a sign of use.
  int failures_ = 0;
  absl::Duration closed_at_;
  env::TimerId timer_ = 0;
};

}  // namespace barnabas::client

#endif  // BARNABAS_CLIENT_CONSUMER_FETCH_LINK_H_
