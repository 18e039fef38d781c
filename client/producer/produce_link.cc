#include "client/producer/produce_link.h"

#include <glog/logging.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/rpc/backoff.h"
#include "proto/types/error.h"
#include "proto/types/error_proto.h"

namespace barnabas::client {
namespace {

constexpr char kMethod[] = "/barnabas.v1.Producer/ProduceStream";
// One is written while the next one waits; what comes later gathers.
constexpr size_t kWritesMax = 2;
// A stream that is not Ready by then is given up.
constexpr absl::Duration kReadyTimeout = absl::Seconds(10);
// A broker that goes away has at least this long to answer what it has.
constexpr absl::Duration kLeaveTimeout = absl::Seconds(10);
// Silence of this many heartbeats means that the broker is gone.
constexpr int kHeartbeatsMissed = 3;
// How often deadlines are looked at before a heartbeat is agreed on.
constexpr absl::Duration kWatchGap = absl::Seconds(1);

}  // namespace

ProduceLink::ProduceLink(const ProduceLinkDeps* deps, std::string endpoint)
    : deps_(deps), endpoint_(std::move(endpoint)) {}

ProduceLink::~ProduceLink() {
  deps_->loop->Cancel(open_timer_);
  deps_->loop->Cancel(watch_timer_);
}

void ProduceLink::Open() {
  if (state_ != State::kClosed || open_timer_ != 0) return;
  absl::Duration wait = absl::ZeroDuration();
  if (failures_ > 0) {
    const rpc::BackoffRange range{deps_->options.backoff_first,
                                  deps_->options.backoff_max};
    wait = closed_at_ + rpc::BackoffDelay(range, failures_ - 1, deps_->seed) -
           Now();
  }
  if (wait <= absl::ZeroDuration()) return Start();
  open_timer_ = deps_->loop->After(wait, [this] {
    open_timer_ = 0;
    Start();
  });
}

void ProduceLink::Start() {
  state_ = State::kOpening;
  session_ = Session();
  session_.last_heard = Now();
  stream_ = rpc::ByteStream::Open(deps_->channels->Get(endpoint_), kMethod,
                                  deps_->loop, this);
  v1::ProduceStreamRequest request;
  v1::ProduceOpen* open = request.mutable_open();
  open->set_client_name(deps_->options.client_name);
  open->set_acks(deps_->acks);
  Send(rpc::WriteMessage(request), 0);
  ArmWatch();
}

void ProduceLink::Close() {
  if (state_ == State::kClosed) return;
  if (state_ == State::kReady) {
    v1::ProduceStreamRequest request;
    request.mutable_close();
    Send(rpc::WriteMessage(request), 0);
  }
  state_ = State::kLeaving;
  stream_->CloseWrites();
}

int64_t ProduceLink::Room() const {
  if (state_ != State::kReady || stream_->pending_writes() >= kWritesMax) {
    return 0;
  }
  // Whatever the credit, one frame may always be on its way.
  if (session_.credit_left >= session_.credit_total) {
    return std::numeric_limits<int64_t>::max();
  }
  return std::max<int64_t>(0, session_.credit_left);
}

uint64_t ProduceLink::Write(const std::vector<rpc::OutgoingBatch>& batches) {
  const uint64_t sequence = session_.next_sequence++;
  grpc::ByteBuffer message =
      rpc::WriteProduceRequest(sequence, v1::ACKS_UNSPECIFIED, batches);
  session_.credit_left -= static_cast<int64_t>(message.Length());
  session_.frames.push_back({sequence, batches.size(), Now()});
  Send(std::move(message), sequence);
  return sequence;
}

void ProduceLink::Send(grpc::ByteBuffer message, uint64_t sequence) {
  session_.last_written = Now();
  session_.writing.push_back(sequence);
  stream_->Write(std::move(message));
}

void ProduceLink::Resolve(uint64_t frame) {
  std::deque<Frame>& frames = session_.frames;
  if (frames.empty() || frame < frames.front().sequence) return;
  const uint64_t index = frame - frames.front().sequence;
  if (index >= frames.size() || frames[index].unresolved == 0) return;
  --frames[index].unresolved;
  while (!frames.empty() && frames.front().unresolved == 0) frames.pop_front();
}

void ProduceLink::OnMessage(grpc::ByteBuffer message) {
  session_.last_heard = Now();
  v1::ProduceStreamResponse response;
  const absl::Status status = rpc::ReadMessage(message, &response);
  if (!status.ok()) return GiveUp(status);
  switch (response.frame_case()) {
    case v1::ProduceStreamResponse::kReady:
      return OnReady(response.ready());
    case v1::ProduceStreamResponse::kAck:
      return OnAck(response.ack());
    case v1::ProduceStreamResponse::kFailure:
      ReturnCredit(response.failure().returned_bytes());
      deps_->events->OnLinkRefused(this, response.failure());
      return;
    case v1::ProduceStreamResponse::kCredit:
      ReturnCredit(response.credit().bytes());
      deps_->events->OnLinkWritable(this);
      return;
    case v1::ProduceStreamResponse::kGoAway:
      // It answers what it has; no more goes there.
      VLOG(1) << "broker " << endpoint_
              << " goes away: " << response.go_away().reason();
      Close();
      session_.leave_by =
          Now() +
          std::max(kLeaveTimeout,
                   absl::Milliseconds(response.go_away().deadline_ms()));
      return;
    case v1::ProduceStreamResponse::kFailed:
      session_.failure = FromProto(response.failed());
      return;
    case v1::ProduceStreamResponse::kUnsupported:
      LOG(WARNING) << "broker " << endpoint_ << " does not know a frame: "
                   << response.unsupported().message();
      return;
    case v1::ProduceStreamResponse::kHeartbeat:
    case v1::ProduceStreamResponse::FRAME_NOT_SET:
      return;
  }
}

void ProduceLink::OnReady(const v1::ProduceReady& ready) {
  if (state_ != State::kOpening) return;
  state_ = State::kReady;
  session_.credit_total = std::max<int64_t>(1, ready.credit_bytes());
  session_.credit_left = session_.credit_total;
  if (ready.heartbeat_ms() > 0) {
    session_.heartbeat = absl::Milliseconds(ready.heartbeat_ms());
  }
  ArmWatch();
  deps_->events->OnLinkWritable(this);
}

void ProduceLink::OnAck(const v1::ProduceAck& ack) {
  failures_ = 0;
  ReturnCredit(ack.returned_bytes());
  for (const v1::PartitionAck& partition : ack.partitions()) {
    deps_->events->OnLinkStored(this, partition);
  }
  deps_->events->OnLinkWritable(this);
}

void ProduceLink::ReturnCredit(int64_t bytes) {
  session_.credit_left =
      std::min(session_.credit_total,
               session_.credit_left + std::max<int64_t>(0, bytes));
}

void ProduceLink::OnWritten() {
  const uint64_t sequence = session_.writing.front();
  session_.writing.pop_front();
  if (sequence != 0) deps_->events->OnLinkSent(this, sequence);
  deps_->events->OnLinkWritable(this);
}

void ProduceLink::GiveUp(const absl::Status& why) {
  if (session_.failure.ok()) session_.failure = why;
  stream_->Cancel();
}

void ProduceLink::OnClosed(const absl::Status& status) {
  deps_->loop->Cancel(std::exchange(watch_timer_, 0));
  const absl::Status why = session_.failure.ok() ? status : session_.failure;
  state_ = State::kClosed;
  session_ = Session();
  stream_.reset();
  ++failures_;
  closed_at_ = Now();
  deps_->events->OnLinkClosed(this, why);
}

void ProduceLink::ArmWatch() {
  deps_->loop->Cancel(watch_timer_);
  watch_timer_ =
      deps_->loop->After(std::min(kWatchGap, session_.heartbeat), [this] {
        watch_timer_ = 0;
        Watch();
      });
}

void ProduceLink::Watch() {
  const absl::Duration now = Now();
  const absl::Duration patience = state_ == State::kOpening
                                      ? kReadyTimeout
                                      : kHeartbeatsMissed * session_.heartbeat;
  if (now - session_.last_heard > patience) {
    return GiveUp(MakeError(
        ErrorCode::kSessionExpired,
        absl::StrCat("broker ", endpoint_, " was silent for ",
                     absl::FormatDuration(now - session_.last_heard))));
  }
  if (now > session_.leave_by) {
    return GiveUp(MakeError(
        ErrorCode::kShuttingDown,
        absl::StrCat("broker ", endpoint_, " went away without an end")));
  }
  const absl::Duration answer_by = deps_->options.request_timeout;
  if (!session_.frames.empty() &&
      now - session_.frames.front().sent > answer_by) {
    return GiveUp(MakeError(
        ErrorCode::kSessionExpired,
        absl::StrCat("broker ", endpoint_, " left a frame unanswered for ",
                     absl::FormatDuration(answer_by))));
  }
  if (state_ == State::kReady &&
      now - session_.last_written >= session_.heartbeat) {
    v1::ProduceStreamRequest request;
    request.mutable_heartbeat();
    Send(rpc::WriteMessage(request), 0);
  }
  ArmWatch();
}

}  // namespace barnabas::client
