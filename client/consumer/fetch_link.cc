#include "client/consumer/fetch_link.h"

#include <glog/logging.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/consumer/fetch_credit.h"
#include "client/rpc/backoff.h"
#include "client/rpc/frame_codec.h"
#include "proto/types/error.h"
#include "proto/types/error_proto.h"

namespace barnabas::client {
namespace {

constexpr char kMethod[] = "/barnabas.v1.Consumer/FetchStream";
// A stream that is not Ready by then is given up.
constexpr absl::Duration kReadyTimeout = absl::Seconds(10);
// Silence of this many heartbeats means that the broker is gone.
constexpr int kHeartbeatsMissed = 3;
// How often deadlines are looked at before a heartbeat is agreed on.
constexpr absl::Duration kWatchGap = absl::Seconds(1);
// Credit goes back in steps of this share.
constexpr int64_t kCreditSteps = 8;

}  // namespace

FetchLink::FetchLink(const FetchLinkDeps* deps, std::string endpoint)
    : deps_(deps), endpoint_(std::move(endpoint)) {}

FetchLink::~FetchLink() {
  if (routes_ != nullptr) routes_->Detach();
  deps_->loop->Cancel(timer_);
}

uint32_t FetchLink::Add(v1::AddSession add, FetchRoute route,
                        int64_t credit_bytes) {
  const uint32_t session = next_session_++;
  add.set_session(session);
  v1::FetchStreamRequest request;
  *request.mutable_add() = std::move(add);
  if (state_ == State::kClosed) Open(credit_bytes);
  routes_->Add(session, std::move(route));
  if (state_ == State::kReady) {
    Send(request);
  } else {
    early_.push_back(std::move(request));
  }
  return session;
}

void FetchLink::Drop(uint32_t session) {
  if (routes_ != nullptr) routes_->Remove(session);
  std::erase_if(early_, [session](const v1::FetchStreamRequest& request) {
    return request.add().session() == session;
  });
  if (state_ != State::kReady) return;
  v1::FetchStreamRequest request;
  request.mutable_change()->set_session(session);
  request.mutable_change()->set_drop(true);
  Send(request);
}

void FetchLink::Open(int64_t credit_bytes) {
  state_ = State::kOpening;
  credit_bytes_ = credit_bytes;
  auto credit = std::make_shared<FetchCredit>(
      deps_->loop, std::max<int64_t>(1, credit_bytes_ / kCreditSteps),
      [this](int64_t bytes) {
        v1::FetchStreamRequest request;
        request.mutable_credit()->set_bytes(bytes);
        Send(request);
      });
  routes_ = std::make_shared<FetchRoutes>(deps_->inbox, std::move(credit));
  absl::Duration wait = absl::ZeroDuration();
  if (failures_ > 0) {
    const rpc::BackoffRange range{deps_->options.client.backoff_first,
                                  deps_->options.client.backoff_max};
    wait = closed_at_ + rpc::BackoffDelay(range, failures_ - 1, deps_->seed) -
           Now();
  }
  if (wait <= absl::ZeroDuration()) return Start();
  timer_ = deps_->loop->After(wait, [this] {
    timer_ = 0;
    Start();
  });
}

void FetchLink::Start() {
  const ConsumerOptions& options = deps_->options;
  failure_ = absl::OkStatus();
  heartbeat_ = absl::InfiniteDuration();
  last_heard_ = Now();
  stream_ = rpc::ByteStream::Open(deps_->channels->Get(endpoint_), kMethod,
                                  deps_->loop, this, routes_);
  v1::FetchStreamRequest request;
  v1::FetchOpen* open = request.mutable_open();
  open->set_client_name(options.client.client_name);
  open->set_lane(v1::LANE_ENCODED);
  open->set_credit_bytes(credit_bytes_);
  open->set_frame_bytes_max(options.frame_bytes);
  open->set_bytes_min(options.bytes_min);
  open->set_linger_ms(absl::ToInt64Milliseconds(options.linger));
  Send(request);
  ArmWatch();
}

void FetchLink::Close() {
  if (stream_ == nullptr) return;
  state_ = State::kLeaving;
  stream_->CloseWrites();
}

void FetchLink::Send(const v1::FetchStreamRequest& request) {
  last_written_ = Now();
  stream_->Write(rpc::WriteMessage(request));
}

void FetchLink::OnMessage(grpc::ByteBuffer message) {
  last_heard_ = Now();
  v1::FetchStreamResponse response;
  const absl::Status read = rpc::ReadMessage(message, &response);
  if (!read.ok()) return GiveUp(read);
  switch (response.frame_case()) {
    case v1::FetchStreamResponse::kReady:
      return OnReady(response.ready());
    case v1::FetchStreamResponse::kAdded:
      failures_ = 0;
      deps_->events->OnFetchAdded(this, response.added());
      return;
    case v1::FetchStreamResponse::kFailure:
      deps_->events->OnFetchFailure(this, response.failure());
      return;
    case v1::FetchStreamResponse::kGoAway:
      VLOG(1) << "broker " << endpoint_
              << " goes away: " << response.go_away().reason();
      // Nothing is owed to a reader: whoever leads next goes on.
      return GiveUp(
          MakeError(ErrorCode::kShuttingDown,
                    absl::StrCat("broker ", endpoint_, " goes away")));
    case v1::FetchStreamResponse::kFailed:
      failure_ = FromProto(response.failed());
      return;
    case v1::FetchStreamResponse::kUnsupported:
      LOG(WARNING) << "broker " << endpoint_ << " does not know a frame: "
                   << response.unsupported().message();
      return;
    case v1::FetchStreamResponse::kEnd:
    case v1::FetchStreamResponse::kHeartbeat:
    case v1::FetchStreamResponse::kFetch:
    case v1::FetchStreamResponse::FRAME_NOT_SET:
      return;
  }
}

void FetchLink::OnReady(const v1::FetchReady& ready) {
  if (state_ != State::kOpening) return;
  state_ = State::kReady;
  if (ready.heartbeat_ms() > 0) {
    heartbeat_ = absl::Milliseconds(ready.heartbeat_ms());
  }
  for (const v1::FetchStreamRequest& request : early_) Send(request);
  early_.clear();
  ArmWatch();
}

void FetchLink::GiveUp(const absl::Status& why) {
  if (failure_.ok()) failure_ = why;
  stream_->Cancel();
}

void FetchLink::OnClosed(const absl::Status& status) {
  deps_->loop->Cancel(std::exchange(timer_, 0));
  state_ = State::kClosed;
  if (routes_->TakeHeard()) failures_ = 0;
  routes_->Detach();
  routes_.reset();
  stream_.reset();
  early_.clear();
  ++failures_;
  closed_at_ = Now();
  deps_->events->OnFetchClosed(this, failure_.ok() ? status : failure_);
}

void FetchLink::ArmWatch() {
  deps_->loop->Cancel(timer_);
  timer_ = deps_->loop->After(std::min(kWatchGap, heartbeat_), [this] {
    timer_ = 0;
    Watch();
  });
}

void FetchLink::Watch() {
  const absl::Duration now = Now();
  if (routes_->TakeHeard()) {
    last_heard_ = now;
    failures_ = 0;
  }
  const absl::Duration patience = state_ == State::kOpening
                                      ? kReadyTimeout
                                      : kHeartbeatsMissed * heartbeat_;
  if (now - last_heard_ > patience) {
    GiveUp(MakeError(ErrorCode::kSessionExpired,
                     absl::StrCat("broker ", endpoint_, " was silent for ",
                                  absl::FormatDuration(now - last_heard_))));
    return;
  }
  if (state_ == State::kReady && now - last_written_ >= heartbeat_) {
    v1::FetchStreamRequest request;
    request.mutable_heartbeat();
    Send(request);
  }
  ArmWatch();
}

}  // namespace barnabas::client
