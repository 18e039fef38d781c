// PeerSession: a stream that another controller dialled to this one.
//
// What: checks its hello and answers with the own one, passes frames to the
//   owner, writes what the owner sends back, pings when silent.
// Place: QuorumPeers takes them in.
// Units: frames. Empty case: before the hello it has no peer.
// Thread: Begin and gRPC's reactions on gRPC's threads; everything else, and
//   the owner's calls, on the loop.
// Errors: a stream that breaks the protocol ends with the error.
// Always true: Closed is told once to the owner, also when no hello came; the
//   next frame is read when the last one was dealt with; at most kQueuedMax
//   frames wait to be written.
#ifndef BARNABAS_CONTROLLER_SERVICE_PEER_SESSION_H_
#define BARNABAS_CONTROLLER_SERVICE_PEER_SESSION_H_

#include <grpcpp/support/server_callback.h>

#include <cstdint>
#include <memory>
#include <optional>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "barnabas/internal/v1/raft.pb.h"
#include "controller/service/peer_hello.h"
#include "controller/service/stream_writer.h"
#include "metadata/raft/voter_set.h"
#include "storage/env/event_loop.h"

namespace barnabas::controller {

class PeerSession;

class PeerSessionEvents {
 public:
  virtual ~PeerSessionEvents() = default;

  // Its hello was good: peer() is known. An error ends it.
  virtual absl::Status OnSessionOpened(
      const std::shared_ptr<PeerSession>& session) = 0;
  virtual void OnSessionMessage(const raft::ReplicaKey& peer,
                                const internal::v1::RaftMessage& message) = 0;
  virtual void OnSessionClosed(const std::shared_ptr<PeerSession>& session) = 0;
};

using PeerReactor = grpc::ServerBidiReactor<internal::v1::PeerRequest,
                                            internal::v1::PeerResponse>;

class PeerSession final : public PeerReactor,
                          public std::enable_shared_from_this<PeerSession> {
 public:
  static constexpr size_t kQueuedMax = 1024;

  struct Deps {
    std::shared_ptr<env::EventLoop> loop;
    PeerIdentity self;
    PeerSessionEvents* events = nullptr;
  };

  explicit PeerSession(const Deps& deps) : deps_(deps), writer_(this) {}

  void Begin();

  const std::optional<raft::ReplicaKey>& peer() const { return peer_; }
  // False if it was dropped.
  bool Send(internal::v1::PeerFrame frame);
  void End(const absl::Status& status);

  void OnReadDone(bool ok) override;
  void OnWriteDone(bool ok) override { writer_.OnWriteDone(ok); }
  void OnCancel() override;
  void OnDone() override;

 private:
  template <typename Work>
  void Post(Work work) {
    deps_.loop->PostAlways([self = shared_from_this(), work] { work(); });
  }

  void Write(internal::v1::PeerFrame frame);
  void Take();
  absl::Status Dispatch();
  absl::Status Greet();
  void Beat();
  void Closed();

  const Deps deps_;
  StreamWriter<PeerReactor, internal::v1::PeerResponse> writer_;
  // Until gRPC is done.
  std::shared_ptr<PeerSession> self_;
  internal::v1::PeerRequest incoming_;

  // Of the loop.
  std::optional<raft::ReplicaKey> peer_;
  absl::Duration heard_;
  bool ended_ = false;
  bool closed_ = false;
};

}  // namespace barnabas::controller

#endif  // BARNABAS_CONTROLLER_SERVICE_PEER_SESSION_H_
