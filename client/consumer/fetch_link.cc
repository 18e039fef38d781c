#include "client/consumer/fetch_link.h"

#include <glog/logging.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/rpc/backoff.h"
#include "proto/types/error.h"
#include "proto/types/error_proto.h"
#include "proto/types/limits.h"

namespace barnabas::client {
namespace {

constexpr char kMethod[] = "/barnabas.v1.Consumer/FetchStream";
// A stream that is not Ready by then is given up.
constexpr absl::Duration kReadyTimeout = absl::Seconds(10);
// Silence of this many heartbeats means that the broker is gone.
constexpr int kHeartbeatsMissed = 3;
// How often deadlines are looked at before a heartbeat is agreed on.
constexpr absl::Duration kWatchGap = absl::Seconds(1);
// Credit is granted when this part of the target is free, so that grants are
// few and the broker never runs dry.
constexpr int64_t kGrantPart = 4;

}  // namespace

FetchLink::FetchLink(const FetchLinkDeps* deps, std::string endpoint)
    : deps_(deps), endpoint_(std::move(endpoint)) {}

FetchLink::~FetchLink() {
  deps_->loop->Cancel(open_timer_);
  deps_->loop->Cancel(watch_timer_);
}

uint32_t FetchLink::Add(v1::AddSession add) {
  const uint32_t session = next_session_++;
  add.set_session(session);
  if (state_ == State::kReady) {
    v1::FetchStreamRequest request;
    *request.mutable_add() = std::move(add);
    Send(request);
  } else {
    waiting_.push_back(std::move(add));
    Open();
  }
  return session;
}

void FetchLink::Drop(uint32_t session) {
  std::erase_if(waiting_, [session](const v1::AddSession& add) {
    return add.session() == session;
  });
  if (state_ != State::kReady) return;
  v1::FetchStreamRequest request;
  request.mutable_change()->set_session(session);
  request.mutable_change()->set_drop(true);
  Send(request);
}

void FetchLink::SetTarget(int64_t bytes) {
  target_bytes_ = std::min<int64_t>(bytes, kFetchCreditBytesMax);
  GrantMore();
}

void FetchLink::Release(int64_t bytes) {
  held_bytes_ = std::max<int64_t>(0, held_bytes_ - bytes);
  GrantMore();
}

void FetchLink::GrantMore() {
  if (state_ != State::kReady) return;
  const int64_t free = target_bytes_ - granted_bytes_ - held_bytes_;
  if (free <= 0 || free < target_bytes_ / kGrantPart) return;
  granted_bytes_ += free;
  v1::FetchStreamRequest request;
  request.mutable_credit()->set_bytes(free);
  Send(request);
}

void FetchLink::Open() {
  if (state_ != State::kClosed || open_timer_ != 0) return;
  if (failures_ == 0) return Start();
  const rpc::BackoffRange range{deps_->options.client.backoff_first,
                                deps_->options.client.backoff_max};
  open_timer_ = deps_->loop->After(
      rpc::BackoffDelay(range, failures_ - 1, deps_->seed), [this] {
        open_timer_ = 0;
        Start();
      });
}

void FetchLink::Start() {
  state_ = State::kOpening;
  heartbeat_ = absl::InfiniteDuration();
  last_heard_ = Now();
  failure_ = absl::OkStatus();
  granted_bytes_ = std::max<int64_t>(0, target_bytes_ - held_bytes_);
  stream_ = rpc::ByteStream::Open(deps_->channels->Get(endpoint_), kMethod,
                                  deps_->loop, this);
  v1::FetchStreamRequest request;
  v1::FetchOpen* open = request.mutable_open();
  open->set_client_name(deps_->options.client.client_name);
  open->set_lane(v1::LANE_ENCODED);
  open->set_credit_bytes(granted_bytes_);
  open->set_frame_bytes_max(deps_->options.frame_bytes);
  open->set_bytes_min(deps_->options.bytes_min);
  open->set_linger_ms(absl::ToInt64Milliseconds(deps_->options.linger));
  Send(request);
  ArmWatch();
}

void FetchLink::Send(const v1::FetchStreamRequest& request) {
  last_written_ = Now();
  stream_->Write(rpc::WriteMessage(request));
}

void FetchLink::OnReady(const v1::FetchReady& ready) {
  if (state_ != State::kOpening) return;
  state_ = State::kReady;
  if (ready.heartbeat_ms() > 0) {
    heartbeat_ = absl::Milliseconds(ready.heartbeat_ms());
  }
  ArmWatch();
  for (v1::AddSession& add : std::exchange(waiting_, {})) {
    v1::FetchStreamRequest request;
    *request.mutable_add() = std::move(add);
    Send(request);
  }
  GrantMore();
}

void FetchLink::OnMessage(grpc::ByteBuffer message) {
  last_heard_ = Now();
  auto received = rpc::ReadFetchResponse(message);
  if (!received.ok()) return GiveUp(received.status());
  const v1::FetchStreamResponse& response = received->view.message;
  switch (response.frame_case()) {
    case v1::FetchStreamResponse::kFetch:
      failures_ = 0;
      granted_bytes_ -= response.fetch().credit_bytes();
      held_bytes_ += response.fetch().credit_bytes();
      deps_->events->OnLinkFetched(this, *std::move(received));
      return;
    case v1::FetchStreamResponse::kReady:
      return OnReady(response.ready());
    case v1::FetchStreamResponse::kAdded:
      failures_ = 0;
      deps_->events->OnLinkAdded(this, response.added());
      return;
    case v1::FetchStreamResponse::kFailure:
      deps_->events->OnLinkFailure(this, response.failure());
      return;
    case v1::FetchStreamResponse::kGoAway:
      LOG(INFO) << "broker " << endpoint_
                << " goes away: " << response.go_away().reason();
      // Nothing is owed to the broker: go elsewhere at once.
      return GiveUp(MakeError(ErrorCode::kShuttingDown,
                              absl::StrCat("broker ", endpoint_, " stops: ",
                                           response.go_away().reason())));
    case v1::FetchStreamResponse::kFailed:
      failure_ = FromProto(response.failed());
      return;
    case v1::FetchStreamResponse::kUnsupported:
      LOG(WARNING) << "broker " << endpoint_ << " does not know a frame: "
                   << response.unsupported().message();
      return;
    case v1::FetchStreamResponse::kEnd:
    case v1::FetchStreamResponse::kHeartbeat:
    case v1::FetchStreamResponse::FRAME_NOT_SET:
      return;
  }
}

void FetchLink::GiveUp(const absl::Status& why) {
  if (failure_.ok()) failure_ = why;
  state_ = State::kLeaving;
  stream_->Cancel();
}

void FetchLink::OnClosed(const absl::Status& status) {
  deps_->loop->Cancel(std::exchange(watch_timer_, 0));
  state_ = State::kClosed;
  stream_.reset();
  waiting_.clear();
  granted_bytes_ = 0;
  ++failures_;
  deps_->events->OnLinkClosed(this, failure_.ok() ? status : failure_);
}

void FetchLink::ArmWatch() {
  deps_->loop->Cancel(watch_timer_);
  watch_timer_ = deps_->loop->After(std::min(kWatchGap, heartbeat_), [this] {
    watch_timer_ = 0;
    Watch();
  });
}

void FetchLink::Watch() {
  const absl::Duration now = Now();
  const absl::Duration patience = state_ == State::kOpening
                                      ? kReadyTimeout
                                      : kHeartbeatsMissed * heartbeat_;
  if (now - last_heard_ > patience) {
    return GiveUp(
        MakeError(ErrorCode::kSessionExpired,
                  absl::StrCat("broker ", endpoint_, " was silent for ",
                               absl::FormatDuration(now - last_heard_))));
  }
  if (state_ == State::kReady && now - last_written_ >= heartbeat_) {
    v1::FetchStreamRequest request;
    request.mutable_heartbeat();
    Send(request);
  }
  ArmWatch();
}

}  // namespace barnabas::client
