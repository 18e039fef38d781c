#include "broker/service/fetch_stream.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/rpc/frame_codec.h"
#include "proto/types/error.h"
#include "proto/types/error_proto.h"
#include "proto/types/status_macros.h"

namespace barnabas::broker {
namespace {

constexpr int64_t kFrameBytesDefault = kMiB;
constexpr int64_t kFrameBytesMin = 4 * kKiB;
constexpr int64_t kFrameBytesCeiling = 8 * kMiB;

absl::Status Broken(std::string_view what, std::string_view hint) {
  return MakeError(ErrorCode::kProtocolError, what, hint);
}

absl::Status UnknownSession(uint32_t id) {
  return MakeError(ErrorCode::kUnknownSession,
                   absl::StrCat("the stream has no session ", id),
                   "add the session first");
}

}  // namespace

FetchStream::FetchStream(const ServiceContext* context,
                         grpc::CallbackServerContext* call)
    : RawStream(context->streams, context->held,
                context->metrics->fetch_streams(), call),
      context_(context),
      loop_(context->reading->At(reinterpret_cast<uintptr_t>(this) >> 6)) {}

void FetchStream::OnLoop(absl::AnyInvocable<void(FetchStream*)> work) {
  // Not counted: each stream posts one message, one write and one wake-up per
  // session at a time.
  loop_->PostAlways(
      [weak = weak_from_this(), work = std::move(work)]() mutable {
        const std::shared_ptr<RawStream> self = weak.lock();
        if (self != nullptr) work(static_cast<FetchStream*>(self.get()));
      });
}

void FetchStream::OnMessage(const grpc::ByteBuffer& message) {
  auto request = std::make_unique<v1::FetchStreamRequest>();
  const absl::Status read = rpc::ReadMessage(message, request.get());
  OnLoop([read, request = std::move(request)](FetchStream* self) {
    if (self->over_) return;
    self->silences_ = 0;
    const absl::Status taken = read.ok() ? self->Take(*request) : read;
    if (!taken.ok()) {
      self->Fail(taken);
      return;
    }
    self->Pump();
    self->ReadOn();
  });
}

absl::Status FetchStream::Take(const v1::FetchStreamRequest& message) {
  if (!opened_ && message.frame_case() != v1::FetchStreamRequest::kOpen) {
    return Broken("the first frame of a stream is not Open",
                  "send Open first, then wait for Ready");
  }
  switch (message.frame_case()) {
    case v1::FetchStreamRequest::kOpen:
      if (opened_) return Broken("Open came twice", "send Open once");
      return TakeOpen(message.open());
    case v1::FetchStreamRequest::kAdd:
      return TakeAdd(message.add());
    case v1::FetchStreamRequest::kChange:
      return TakeChange(message.change());
    case v1::FetchStreamRequest::kCredit:
      return TakeCredit(message.credit().bytes());
    case v1::FetchStreamRequest::kHeartbeat:
      return absl::OkStatus();
    case v1::FetchStreamRequest::kClose:
      over_ = true;
      End(absl::OkStatus());
      return absl::OkStatus();
    case v1::FetchStreamRequest::FRAME_NOT_SET:
      break;
  }
  v1::FetchStreamResponse response;
  *response.mutable_unsupported() = ToProto(MakeError(
      ErrorCode::kUnsupportedFrame, "this broker does not know the frame",
      "send only frames of the version that GetServerInfo tells"));
  Send(std::move(response));
  return absl::OkStatus();
}

absl::Status FetchStream::TakeOpen(const v1::FetchOpen& open) {
  opened_ = true;
  open_ = open;
  if (open_.lane() == v1::LANE_UNSPECIFIED) open_.set_lane(v1::LANE_ENCODED);
  if (open_.frame_bytes_max() <= 0) {
    open_.set_frame_bytes_max(kFrameBytesDefault);
  }
  open_.set_frame_bytes_max(
      std::clamp(open_.frame_bytes_max(), kFrameBytesMin, kFrameBytesCeiling));
  open_.set_bytes_min(
      std::clamp<int64_t>(open_.bytes_min(), 1, open_.frame_bytes_max()));
  const absl::Duration heartbeat = HeartbeatFor(open.heartbeat_ms());
  v1::FetchStreamResponse response;
  v1::FetchReady* ready = response.mutable_ready();
  ready->set_session_id(
      absl::StrCat(context_->incarnation, "-",
                   absl::Hex(reinterpret_cast<uintptr_t>(this))));
  ready->set_heartbeat_ms(absl::ToInt64Milliseconds(heartbeat));
  ready->set_broker_id(context_->self.value());
  ready->set_metadata_version(context_->table->image().version().value());
  ready->set_credit_bytes_max(kFetchCreditBytesMax);
  Send(std::move(response));
  ArmHeartbeat(heartbeat);
  return TakeCredit(open.credit_bytes());
}

absl::Status FetchStream::TakeCredit(int64_t bytes) {
  if (bytes < 0) return Broken("credit is negative", "credit only grows");
  if (bytes > kFetchCreditBytesMax || credit_ + bytes > kFetchCreditBytesMax) {
    return MakeError(
        ErrorCode::kCreditExceeded,
        absl::StrCat("credit would be ", credit_ + bytes, " bytes, at most ",
                     kFetchCreditBytesMax, " are taken"),
        "grant less at once");
  }
  credit_ += bytes;
  return absl::OkStatus();
}

absl::Status FetchStream::TakeAdd(const v1::AddSession& add) {
  if (add.session() == 0) {
    return Broken("a session has the number 0", "number sessions from 1");
  }
  if (sessions_.contains(add.session())) {
    return Broken(absl::StrCat("session ", add.session(), " came twice"),
                  "drop a session before its number is used again");
  }
  if (sessions_.size() >= static_cast<size_t>(kSessionsPerStreamMax)) {
    FailSession(add.session(),
                MakeError(ErrorCode::kLimitExceeded,
                          absl::StrCat("a stream has at most ",
                                       kSessionsPerStreamMax, " sessions"),
                          "open another stream"));
    return absl::OkStatus();
  }
  absl::StatusOr<std::unique_ptr<FetchSession>> made =
      FetchSession::Open(*context_, add);
  if (!made.ok()) {
    FailSession(add.session(), made.status());
    return absl::OkStatus();
  }
  FetchSession* session = made->get();
  v1::FetchStreamResponse response;
  *response.mutable_added() = session->Describe();
  Send(std::move(response));
  sessions_.emplace(add.session(), *std::move(made));
  Queue(session);
  return absl::OkStatus();
}

absl::Status FetchStream::TakeChange(const v1::ChangeSession& change) {
  const auto found = sessions_.find(change.session());
  if (found == sessions_.end()) {
    // A session that just ended may be named by a change on its way.
    if (!change.drop()) {
      FailSession(change.session(), UnknownSession(change.session()));
    }
    return absl::OkStatus();
  }
  FetchSession* session = found->second.get();
  switch (change.change_case()) {
    case v1::ChangeSession::kPause:
      session->paused = true;
      Unqueue(session);
      return absl::OkStatus();
    case v1::ChangeSession::kResume:
      session->paused = false;
      Queue(session);
      return absl::OkStatus();
    case v1::ChangeSession::kSeek: {
      const absl::Status sought = Seek(change.seek(), session);
      if (!sought.ok()) FailSession(session->id, sought);
      return absl::OkStatus();
    }
    case v1::ChangeSession::kDrop:
      EndSession(session);
      return absl::OkStatus();
    case v1::ChangeSession::CHANGE_NOT_SET:
      break;
  }
  return Broken("a change of a session says nothing",
                "set pause, resume, seek or drop");
}

absl::Status FetchStream::Seek(const v1::Position& position,
                               FetchSession* session) {
  ++session->generation;
  ASSIGN_OR_RETURN(
      const Offset offset,
      ResolvePosition(*session->reader.partition(), position, v1::Position()));
  Unqueue(session);
  session->reader.Seek(offset);
  session->hold_until.reset();
  session->paused = false;
  Queue(session);
  return absl::OkStatus();
}

void FetchStream::Queue(FetchSession* session) {
  if (session->paused || session->queued || session->waiting != nullptr) {
    return;
  }
  session->queued = true;
  queue_.push_back(session->id);
}

void FetchStream::Unqueue(FetchSession* session) {
  if (session->queued) {
    std::erase(queue_, session->id);
    session->queued = false;
  }
  if (session->waiting == nullptr) return;
  session->waiting->Cancel();
  session->waiting.reset();
}

void FetchStream::Pump() {
  while (!over_ && credit_ > 0 && !queue_.empty() && HasRoom()) {
    const uint32_t id = queue_.front();
    queue_.pop_front();
    FetchSession* session = sessions_.at(id).get();
    session->queued = false;
    ReadOne(session);
  }
}

void FetchStream::ReadOne(FetchSession* session) {
  if (session->reader.AtEnd()) {
    v1::FetchStreamResponse response;
    v1::PartitionEnd* end = response.mutable_end();
    end->set_partition(session->reader.partition()->key().partition.value());
    end->set_next_offset(session->reader.next().value());
    end->set_session(session->id);
    Send(std::move(response));
    EndSession(session);
    return;
  }
  const Offset from = session->reader.next();
  grpc::ByteBuffer message;
  const absl::StatusOr<int64_t> bytes =
      session->ReadFrame(*context_, open_.lane(),
                         std::min(open_.frame_bytes_max(), credit_), &message);
  if (!bytes.ok()) {
    FailSession(session->id, bytes.status());
    return;
  }
  if (*bytes == 0) {
    Await(session);
    return;
  }
  if (HoldBack(session, *bytes, from)) return;
  credit_ -= *bytes;
  SendFrame(std::move(message));
  Queue(session);
}

bool FetchStream::HoldBack(FetchSession* session, int64_t bytes, Offset from) {
  const bool enough =
      bytes >= std::min(open_.bytes_min(), credit_) || session->reader.AtEnd();
  const absl::Duration now = context_->clock->Monotonic();
  if (enough || open_.linger_ms() <= 0 ||
      (session->hold_until.has_value() && now >= *session->hold_until)) {
    session->hold_until.reset();
    return false;
  }
  // Read again when more has come or the time is over.
  session->reader.Seek(from);
  if (!session->hold_until.has_value()) {
    session->hold_until = now + absl::Milliseconds(open_.linger_ms());
  }
  const absl::Duration left = *session->hold_until - now;
  const absl::Duration step = std::min(left, absl::Milliseconds(5));
  loop_->After(step, [weak = weak_from_this(), id = session->id] {
    const std::shared_ptr<RawStream> stream = weak.lock();
    if (stream == nullptr) return;
    auto* self = static_cast<FetchStream*>(stream.get());
    const auto found = self->sessions_.find(id);
    if (found == self->sessions_.end()) return;
    self->Queue(found->second.get());
    self->Pump();
  });
  return true;
}

void FetchStream::Await(FetchSession* session) {
  session->waiting = ReadWait::Begin(
      loop_, {{session->reader.partition(), session->reader.next()}},
      [weak = weak_from_this(), id = session->id] {
        const std::shared_ptr<RawStream> stream = weak.lock();
        if (stream == nullptr) return;
        auto* self = static_cast<FetchStream*>(stream.get());
        const auto found = self->sessions_.find(id);
        if (found == self->sessions_.end()) return;
        found->second->waiting.reset();
        self->Queue(found->second.get());
        self->Pump();
      });
}

void FetchStream::FailSession(uint32_t id, const absl::Status& why) {
  const auto found = sessions_.find(id);
  if (found != sessions_.end()) {
    Unqueue(found->second.get());
    found->second->paused = true;
  }
  v1::FetchStreamResponse response;
  response.mutable_failure()->set_session(id);
  *response.mutable_failure()->mutable_error() = ToProto(why);
  Send(std::move(response));
}

void FetchStream::EndSession(FetchSession* session) {
  Unqueue(session);
  const uint32_t id = session->id;
  sessions_.erase(id);
}

void FetchStream::Fail(const absl::Status& why) {
  over_ = true;
  failed_ = true;
  v1::FetchStreamResponse response;
  *response.mutable_failed() = ToProto(why);
  Send(std::move(response));
  End(why);
}

bool FetchStream::HasRoom() const {
  absl::MutexLock lock(&mutex_);
  return outgoing_.size() < kFramesAhead;
}

void FetchStream::ReadOn() {
  {
    absl::MutexLock lock(&mutex_);
    reading_paused_ = outgoing_.size() >= kAnswersMax;
  }
  if (!reading_paused_) ReadNext();
}

void FetchStream::Send(v1::FetchStreamResponse response) {
  SendFrame(rpc::WriteMessage(response));
}

void FetchStream::SendFrame(grpc::ByteBuffer message) {
  Hold(static_cast<int64_t>(message.Length()));
  {
    absl::MutexLock lock(&mutex_);
    outgoing_.push_back(std::move(message));
    full_ = outgoing_.size() >= kFramesAhead;
  }
  Kick();
}

bool FetchStream::NextMessage(grpc::ByteBuffer* message) {
  bool refill = false;
  {
    absl::MutexLock lock(&mutex_);
    if (outgoing_.empty()) return false;
    message->Swap(&outgoing_.front());
    outgoing_.pop_front();
    wrote_ = true;
    // Woken when half is gone, so that reading and writing overlap.
    refill = full_ && outgoing_.size() <= kFramesAhead / 2;
    if (refill) full_ = false;
  }
  Hold(-static_cast<int64_t>(message->Length()));
  if (refill) {
    OnLoop([](FetchStream* self) {
      self->Pump();
      if (self->reading_paused_ && !self->over_) self->ReadOn();
    });
  }
  return true;
}

void FetchStream::ArmHeartbeat(absl::Duration interval) {
  loop_->After(interval, [weak = weak_from_this(), interval] {
    const std::shared_ptr<RawStream> stream = weak.lock();
    if (stream != nullptr) {
      static_cast<FetchStream*>(stream.get())->Beat(interval);
    }
  });
}

void FetchStream::Beat(absl::Duration interval) {
  // Told of its end an interval ago, and still not gone.
  if (failed_) return Abort();
  if (over_) return;
  ArmHeartbeat(interval);
  if (++silences_ > kHeartbeatsMissed) return Fail(SilentFor(interval));
  {
    absl::MutexLock lock(&mutex_);
    if (std::exchange(wrote_, false) || !outgoing_.empty()) return;
  }
  v1::FetchStreamResponse response;
  response.mutable_heartbeat()->set_time_ms(context_->clock->WallMs());
  Send(std::move(response));
}

void FetchStream::OnHalfClose() {
  OnLoop([](FetchStream* self) {
    self->over_ = true;
    self->End(absl::OkStatus());
  });
}

void FetchStream::OnGone() {
  OnLoop([](FetchStream* self) {
    self->over_ = true;
    for (const auto& [id, session] : self->sessions_) {
      self->Unqueue(session.get());
    }
    self->sessions_.clear();
    self->queue_.clear();
  });
}

void FetchStream::GoAway() {
  OnLoop([](FetchStream* self) {
    if (std::exchange(self->over_, true)) return;
    v1::FetchStreamResponse response;
    response.mutable_go_away()->set_reason("the broker is stopping");
    self->Send(std::move(response));
    self->End(MakeError(ErrorCode::kShuttingDown, "the broker is stopping",
                        "open a new stream to another broker"));
  });
}

}  // namespace barnabas::broker
