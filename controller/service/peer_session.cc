#include "controller/service/peer_session.h"

#include <utility>

#include "client/rpc/status_bridge.h"
#include "controller/service/peer_link.h"
#include "proto/types/error.h"
#include "proto/types/status_macros.h"

namespace barnabas::controller {

void PeerSession::Begin() {
  self_ = shared_from_this();
  Post([this] {
    heard_ = deps_.loop->clock().Monotonic();
    Beat();
  });
  writer_.Read(&incoming_);
}

void PeerSession::OnReadDone(bool ok) {
  if (ok) return Post([this] { Take(); });
  Post([this] { Closed(); });
  writer_.Finish(grpc::Status::OK);
}

void PeerSession::OnCancel() {
  Post([this] { Closed(); });
  writer_.Finish(grpc::Status::CANCELLED);
}

void PeerSession::OnDone() {
  Post([this] { Closed(); });
  // May destroy this.
  const std::shared_ptr<PeerSession> self = std::move(self_);
}

bool PeerSession::Send(internal::v1::PeerFrame frame) {
  if (ended_ || writer_.queued() >= kQueuedMax) return false;
  Write(std::move(frame));
  return true;
}

void PeerSession::Write(internal::v1::PeerFrame frame) {
  internal::v1::PeerResponse response;
  *response.mutable_frame() = std::move(frame);
  writer_.Write(std::move(response));
}

void PeerSession::End(const absl::Status& status) {
  ended_ = true;
  writer_.Finish(rpc::ToGrpc(status));
}

// On the loop: one frame came.
void PeerSession::Take() {
  heard_ = deps_.loop->clock().Monotonic();
  if (ended_) return;
  const absl::Status status = Dispatch();
  if (!status.ok()) return End(status);
  writer_.Read(&incoming_);
}

absl::Status PeerSession::Dispatch() {
  switch (incoming_.frame().frame_case()) {
    case internal::v1::PeerFrame::kHello:
      return Greet();
    case internal::v1::PeerFrame::kMessage:
      if (!peer_.has_value()) {
        return MakeError(ErrorCode::kProtocolError,
                         "a controller spoke before its hello");
      }
      deps_.events->OnSessionMessage(*peer_, incoming_.frame().message());
      return absl::OkStatus();
    case internal::v1::PeerFrame::kPing:
    case internal::v1::PeerFrame::FRAME_NOT_SET:
      break;
  }
  return absl::OkStatus();
}

absl::Status PeerSession::Greet() {
  if (peer_.has_value()) {
    return MakeError(ErrorCode::kProtocolError, "a second hello on a stream");
  }
  ASSIGN_OR_RETURN(peer_, CheckHello(deps_.self, incoming_.frame().hello()));
  RETURN_IF_ERROR(deps_.events->OnSessionOpened(shared_from_this()));
  Write(HelloTo(deps_.self, *peer_));
  return absl::OkStatus();
}

void PeerSession::Beat() {
  if (closed_ || ended_) return;
  const absl::Duration now = deps_.loop->clock().Monotonic();
  if (now - heard_ > PeerLink::kSilenceMax) {
    return End(MakeError(ErrorCode::kRequestTimedOut,
                         "the controller that dialled is silent",
                         "dial again"));
  }
  internal::v1::PeerFrame frame;
  frame.mutable_ping();
  if (writer_.queued() == 0) Write(std::move(frame));
  // Weak: gRPC decides how long a session lives.
  deps_.loop->After(PeerLink::kPing, [weak = weak_from_this()] {
    if (const auto self = weak.lock()) self->Beat();
  });
}

void PeerSession::Closed() {
  ended_ = true;
  if (std::exchange(closed_, true)) return;
  deps_.events->OnSessionClosed(shared_from_this());
}

}  // namespace barnabas::controller
