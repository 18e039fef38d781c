// FetchLink: the client's end of one FetchStream to one broker.
//
// What: speaks the stream's grammar: Open, Ready, sessions, byte credit,
//   heartbeats, GoAway. Sessions that are added before Ready wait for it. When
//   the stream ends all sessions are gone; Open begins anew, not before its
//   backoff has passed.
// Units: bytes of credit; sessions count from 1 on every stream.
// Empty case: a new link is closed.
// Thread: the loop; events come on the loop, never from inside a method.
// Errors: OnLinkClosed tells why: the broker's Failed if there was one,
//   SESSION_EXPIRED when it fell silent, else gRPC's status.
// Always true: credit granted and not used plus bytes held is at most the
//   target, plus one frame that overdrew it.
#ifndef BARNABAS_CLIENT_CONSUMER_FETCH_LINK_H_
#define BARNABAS_CLIENT_CONSUMER_FETCH_LINK_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "barnabas/v1/consumer.pb.h"
#include "client/consumer/consumer.h"
#include "client/rpc/byte_stream.h"
#include "client/rpc/channel_pool.h"
#include "client/rpc/frame_codec.h"
#include "storage/env/event_loop.h"

namespace barnabas::client {

class FetchLink;

class FetchLinkEvents {
 public:
  virtual ~FetchLinkEvents() = default;

  virtual void OnLinkAdded(FetchLink* link, const v1::SessionAdded& added) = 0;
  virtual void OnLinkFetched(FetchLink* link,
                             rpc::Received<rpc::FetchResponseView> frame) = 0;
  virtual void OnLinkFailure(FetchLink* link,
                             const v1::SessionFailure& failure) = 0;
  virtual void OnLinkClosed(FetchLink* link, const absl::Status& status) = 0;
};

struct FetchLinkDeps {
  ConsumerOptions options;
  std::shared_ptr<rpc::ChannelPool> channels;
  std::shared_ptr<env::EventLoop> loop;
  uint64_t seed = 0;
  FetchLinkEvents* events = nullptr;
};

class FetchLink final : public rpc::ByteStreamEvents {
 public:
  FetchLink(const FetchLinkDeps* deps, std::string endpoint);
  ~FetchLink() override;

  const std::string& endpoint() const { return endpoint_; }

  // Adds a session and opens the stream if need be; `add` gets its number,
  // which is returned.
  uint32_t Add(v1::AddSession add);
  void Drop(uint32_t session);

  // How many bytes may be granted or held at once.
  void SetTarget(int64_t bytes);
  // Bytes of frames that were handed out or thrown away.
  void Release(int64_t bytes);

 private:
  enum class State { kClosed, kOpening, kReady, kLeaving };

  void OnMessage(grpc::ByteBuffer message) override;
  void OnWritten() override {}
  void OnClosed(const absl::Status& status) override;

  void Open();
  void Start();
  void OnReady(const v1::FetchReady& ready);
  void Send(const v1::FetchStreamRequest& request);
  void GrantMore();
  void GiveUp(const absl::Status& why);
  void ArmWatch();
  void Watch();
  absl::Duration Now() const { return deps_->loop->clock().Monotonic(); }

  const FetchLinkDeps* const deps_;
  const std::string endpoint_;

  State state_ = State::kClosed;
  std::unique_ptr<rpc::ByteStream> stream_;
  // Added before the stream was ready.
  std::vector<v1::AddSession> waiting_;
  uint32_t next_session_ = 1;
  int64_t target_bytes_ = 0;
  int64_t granted_bytes_ = 0;
  int64_t held_bytes_ = 0;
  absl::Duration heartbeat_ = absl::InfiniteDuration();
  absl::Duration last_heard_;
  absl::Duration last_written_;
  absl::Status failure_;
  int failures_ = 0;
  env::TimerId open_timer_ = 0;
  env::TimerId watch_timer_ = 0;
};

}  // namespace barnabas::client

#endif  // BARNABAS_CLIENT_CONSUMER_FETCH_LINK_H_
