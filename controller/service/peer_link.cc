#include "controller/service/peer_link.h"

#include <glog/logging.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "client/rpc/backoff.h"
#include "client/rpc/frame_codec.h"
#include "proto/types/error.h"
#include "proto/types/status_macros.h"

namespace barnabas::controller {
namespace {

constexpr char kMethod[] = "/barnabas.internal.v1.Quorum/Peer";

}  // namespace

PeerLink::PeerLink(const Deps& deps, const raft::Voter& peer)
    : deps_(deps),
      peer_(peer),
      endpoint_(absl::StrCat(peer.host, ":", peer.port)) {
  Dial();
}

PeerLink::~PeerLink() {
  CancelTimers();
  stream_ = nullptr;
}

void PeerLink::CancelTimers() {
  for (env::TimerId* timer : {&beat_timer_, &retry_timer_}) {
    if (*timer != 0) deps_.loop->Cancel(*timer);
    *timer = 0;
  }
}

void PeerLink::Dial() {
  heard_ = deps_.loop->clock().Monotonic();
  stream_ = rpc::ByteStream::Open(deps_.channels->Get(endpoint_), kMethod,
                                  deps_.loop, this);
  Write(HelloTo(deps_.self, peer_.key));
  spoke_ = heard_;
  beat_timer_ = deps_.loop->After(kPing, [this] { Beat(); });
}

void PeerLink::DialNow() {
  if (retry_timer_ == 0) return;
  CancelTimers();
  attempt_ = 0;
  // The channel may be waiting on its own.
  deps_.channels->Forget(endpoint_);
  Dial();
}

void PeerLink::Beat() {
  const absl::Duration now = deps_.loop->clock().Monotonic();
  if (now - heard_ > kSilenceMax) {
    beat_timer_ = 0;
    // OnClosed follows.
    return stream_->Cancel();
  }
  beat_timer_ = deps_.loop->After(kPing, [this] { Beat(); });
  if (!connected_ || now - spoke_ < kPing) return;
  internal::v1::PeerFrame frame;
  frame.mutable_ping();
  Send(frame);
}

bool PeerLink::Send(const internal::v1::PeerFrame& frame) {
  if (!connected_ || stream_->pending_writes() >= kPendingMax) return false;
  Write(frame);
  spoke_ = deps_.loop->clock().Monotonic();
  return true;
}

void PeerLink::Write(internal::v1::PeerFrame frame) {
  internal::v1::PeerRequest request;
  *request.mutable_frame() = std::move(frame);
  stream_->Write(rpc::WriteMessage(request));
}

void PeerLink::OnMessage(grpc::ByteBuffer message) {
  heard_ = deps_.loop->clock().Monotonic();
  internal::v1::PeerResponse response;
  absl::Status status = rpc::ReadMessage(message, &response);
  if (status.ok()) status = Take(response.frame());
  if (status.ok()) return;
  Complain(status);
  stream_->Cancel();
}

absl::Status PeerLink::Take(const internal::v1::PeerFrame& frame) {
  switch (frame.frame_case()) {
    case internal::v1::PeerFrame::kHello:
      return Greet(frame.hello());
    case internal::v1::PeerFrame::kMessage:
      if (!connected_) {
        return MakeError(ErrorCode::kProtocolError,
                         "a controller spoke before its hello");
      }
      deps_.events->OnLinkMessage(peer_.key, frame.message());
      return absl::OkStatus();
    case internal::v1::PeerFrame::kPing:
    case internal::v1::PeerFrame::FRAME_NOT_SET:
      break;
  }
  return absl::OkStatus();
}

absl::Status PeerLink::Greet(const internal::v1::PeerHello& hello) {
  ASSIGN_OR_RETURN(const raft::ReplicaKey from, CheckHello(deps_.self, hello));
  if (from != peer_.key) {
    return MakeError(
        ErrorCode::kWrongIdentity,
        absl::StrCat("controller ", from.id.value(), " on directory ",
                     from.directory.ToString(), " answers at ", endpoint_),
        "barnabas quorum describe");
  }
  features_ = image::RangesFrom(hello.features());
  connected_ = true;
  attempt_ = 0;
  complaint_.clear();
  LOG(INFO) << "Connected with controller " << peer_.key.id << " at "
            << endpoint_ << ".";
  return absl::OkStatus();
}

void PeerLink::Complain(const absl::Status& status) {
  const std::string text(status.message());
  if (text == complaint_) return;
  complaint_ = text;
  LOG(WARNING) << "Controller " << peer_.key.id << " at " << endpoint_
               << " is not reached: " << text;
}

void PeerLink::OnClosed(const absl::Status& closed) {
  CancelTimers();
  const bool was_connected = std::exchange(connected_, false);
  Complain(closed.ok() ? MakeError(ErrorCode::kControllerNotAvailable,
                                   "it ended the stream")
                       : closed);
  const absl::Duration delay =
      rpc::BackoffDelay(rpc::BackoffRange(), attempt_++, deps_.seed);
  retry_timer_ = deps_.loop->After(delay, [this] {
    retry_timer_ = 0;
    Dial();
  });
  // Last: the owner may destroy this link.
  if (was_connected) deps_.events->OnLinkBroken(peer_);
}

}  // namespace barnabas::controller
