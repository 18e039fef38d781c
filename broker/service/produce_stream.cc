#include "broker/service/produce_stream.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/types/error.h"
#include "proto/types/error_proto.h"
#include "proto/types/status_macros.h"

namespace barnabas::broker {
namespace {

// A ticket names a batch: frame sequence, then batch index.
constexpr int kIndexBits = 12;
static_assert(kBatchesPerFrameMax <= 1 << kIndexBits,
              "a ticket must hold every batch index");

uint64_t TicketOf(uint64_t sequence, int32_t index) {
  return sequence << kIndexBits | static_cast<uint64_t>(index);
}
uint64_t SequenceOf(uint64_t ticket) { return ticket >> kIndexBits; }
int32_t IndexOf(uint64_t ticket) {
  return static_cast<int32_t>(ticket & ((1 << kIndexBits) - 1));
}

v1::Acks AcksOr(v1::Acks acks, v1::Acks otherwise) {
  return acks == v1::ACKS_UNSPECIFIED ? otherwise : acks;
}

absl::Status Broken(std::string_view what, std::string_view hint) {
  return MakeError(ErrorCode::kProtocolError, what, hint);
}

}  // namespace

ProduceStream::ProduceStream(const ServiceContext* context,
                             grpc::CallbackServerContext* call)
    : RawStream(context->streams, context->held,
                context->metrics->produce_streams(), call),
      context_(context),
      timers_(context->reading->At(reinterpret_cast<uintptr_t>(this) >> 6)),
      ledger_(kProduceCreditBytes) {}

void ProduceStream::OnMessage(const grpc::ByteBuffer& message) {
  absl::StatusOr<Received> read = rpc::ReadProduceRequest(message);
  if (!read.ok()) {
    Fail(read.status());
    return;
  }
  const absl::Status taken = Take(std::make_shared<Received>(*std::move(read)),
                                  static_cast<int64_t>(message.Length()));
  if (!taken.ok()) {
    Fail(taken);
    return;
  }
  {
    absl::MutexLock lock(&mutex_);
    reading_paused_ = true;
    pulse_.silences = 0;
  }
  GoOn();
}

absl::Status ProduceStream::Take(std::shared_ptr<Received> received,
                                 int64_t bytes) {
  const v1::ProduceStreamRequest& message = received->view.message;
  const bool is_open = message.frame_case() == v1::ProduceStreamRequest::kOpen;
  if (!opened_ && !is_open) {
    return Broken("the first frame of a stream is not Open",
                  "send Open first, then wait for Ready");
  }
  switch (message.frame_case()) {
    case v1::ProduceStreamRequest::kOpen:
      if (opened_) return Broken("Open came twice", "send Open once");
      return TakeOpen(message.open());
    case v1::ProduceStreamRequest::kProduce:
      return TakeFrame(std::move(received), bytes);
    case v1::ProduceStreamRequest::kHeartbeat:
      return absl::OkStatus();
    case v1::ProduceStreamRequest::kClose: {
      absl::MutexLock lock(&mutex_);
      closing_ = true;
      return absl::OkStatus();
    }
    case v1::ProduceStreamRequest::FRAME_NOT_SET:
      break;
  }
  absl::MutexLock lock(&mutex_);
  *control_.emplace_back().mutable_unsupported() = ToProto(MakeError(
      ErrorCode::kUnsupportedFrame, "this broker does not know the frame",
      "send only frames of the version that GetServerInfo tells"));
  return absl::OkStatus();
}

absl::Status ProduceStream::TakeOpen(const v1::ProduceOpen& open) {
  opened_ = true;
  open_ = open;
  open_.set_acks(AcksOr(open.acks(), v1::ACKS_ALL));
  {
    absl::MutexLock lock(&mutex_);
    heartbeat_ = HeartbeatFor(open.heartbeat_ms());
    v1::ProduceReady* ready = control_.emplace_back().mutable_ready();
    ready->set_session_id(
        absl::StrCat(context_->incarnation, "-",
                     absl::Hex(reinterpret_cast<uintptr_t>(this))));
    ready->set_heartbeat_ms(absl::ToInt64Milliseconds(heartbeat_));
    ready->set_credit_bytes(kProduceCreditBytes);
    ready->set_message_bytes_max(kMessageBytesMax);
    ready->set_broker_id(context_->self.value());
    ready->set_metadata_version(context_->table->image().version().value());
  }
  Kick();
  ArmHeartbeat();
  return absl::OkStatus();
}

absl::Status ProduceStream::TakeFrame(std::shared_ptr<Received> received,
                                      int64_t bytes) {
  v1::ProduceFrame* frame = received->view.message.mutable_produce();
  const auto count = static_cast<int32_t>(received->view.batches.size());
  frame->set_acks(AcksOr(frame->acks(), open_.acks()));
  {
    absl::MutexLock lock(&mutex_);
    RETURN_IF_ERROR(ledger_.Open(frame->sequence(), bytes, count));
    ++posting_;
  }
  std::vector<RoutedBatch> routed;
  routed.reserve(count);
  for (int32_t i = 0; i < count; ++i) TakeBatch(received, i, &routed);
  PostBatches(std::move(routed),
              [self = std::static_pointer_cast<ProduceStream>(
                   shared_from_this())] { self->OnPosted(); });
  return absl::OkStatus();
}

void ProduceStream::TakeBatch(const std::shared_ptr<Received>& received,
                              int32_t index, std::vector<RoutedBatch>* routed) {
  rpc::ProduceBatchView& view = received->view.batches[index];
  const v1::ProduceFrame& frame = received->view.message.produce();
  const uint64_t ticket = TicketOf(frame.sequence(), index);
  if (!view.envelope.has_topic()) {
    *view.envelope.mutable_topic() = open_.default_topic();
  }
  Destination destination;
  absl::StatusOr<RoutedBatch> result = context_->intake->Route(
      IncomingBatch{&view.envelope, view.encoded, received}, &destination);
  if (destination.key.has_value()) {
    absl::MutexLock lock(&mutex_);
    ledger_.SetDestination(frame.sequence(), index, *destination.key);
  }
  if (!result.ok()) {
    FailBatch(ticket, destination, result.status());
    return;
  }
  result->batch.sink =
      std::static_pointer_cast<ProduceStream>(shared_from_this());
  result->batch.ticket = ticket;
  result->batch.acks = frame.acks();
  routed->push_back(*std::move(result));
}

void ProduceStream::FailBatch(uint64_t ticket, const Destination& destination,
                              const absl::Status& why) {
  v1::ProduceFailure failure;
  failure.set_topic(destination.topic);
  failure.set_topic_id(destination.topic_id);
  failure.set_partition(destination.partition);
  *failure.mutable_error() = ToProto(why);
  absl::MutexLock lock(&mutex_);
  ledger_.Fail(SequenceOf(ticket), std::move(failure));
}

void ProduceStream::Answer(uint64_t ticket,
                           const absl::StatusOr<ProduceReceipt>& receipt) {
  absl::MutexLock lock(&mutex_);
  if (receipt.ok()) {
    ledger_.Store(SequenceOf(ticket), IndexOf(ticket), *receipt);
    return;
  }
  const TopicPartition key =
      ledger_.DestinationOf(SequenceOf(ticket), IndexOf(ticket));
  v1::ProduceFailure failure;
  failure.set_topic_id(key.topic.ToString());
  failure.set_partition(key.partition.value());
  *failure.mutable_error() = ToProto(receipt.status());
  ledger_.Fail(SequenceOf(ticket), std::move(failure));
}

void ProduceStream::AnswersEnd() {
  {
    absl::MutexLock lock(&mutex_);
    if (posting_ > 0) return;
  }
  GoOn();
}

void ProduceStream::OnPosted() {
  {
    absl::MutexLock lock(&mutex_);
    --posting_;
  }
  GoOn();
}

void ProduceStream::GoOn() {
  bool read = false;
  bool end = false;
  absl::Status status;
  {
    absl::MutexLock lock(&mutex_);
    read = TakeTurnToRead();
    end = closing_ && ledger_.frames() == 0;
    status = end_;
  }
  if (read) ReadNext();
  if (end) {
    End(status);
  } else {
    Kick();
  }
}

bool ProduceStream::TakeTurnToRead() {
  if (!reading_paused_ || closing_) return false;
  if (ledger_.frames() >= kFramesOpenMax) return false;
  // A client that does not read is not read either: garbage of a few bytes
  // would have it answered in many.
  if (ledger_.answers() + control_.size() >= kAnswersMax) return false;
  reading_paused_ = false;
  return true;
}

bool ProduceStream::NextMessage(grpc::ByteBuffer* message) {
  v1::ProduceStreamResponse response;
  bool read = false;
  {
    absl::MutexLock lock(&mutex_);
    if (!control_.empty()) {
      response = std::move(control_.front());
      control_.pop_front();
    } else if (!ledger_.TakeMessage(&response)) {
      return false;
    }
    pulse_.wrote = true;
    read = TakeTurnToRead();
  }
  *message = rpc::WriteMessage(response);
  if (read) ReadNext();
  return true;
}

void ProduceStream::ArmHeartbeat() {
  absl::MutexLock lock(&mutex_);
  timers_->After(heartbeat_, [weak = weak_from_this()] {
    const std::shared_ptr<RawStream> stream = weak.lock();
    if (stream != nullptr) static_cast<ProduceStream*>(stream.get())->Beat();
  });
}

void ProduceStream::Beat() {
  bool failed = false;
  absl::Status silent;
  {
    absl::MutexLock lock(&mutex_);
    failed = failed_;
    if (!closing_ && !reading_paused_ &&
        ++pulse_.silences > kHeartbeatsMissed) {
      silent = SilentFor(heartbeat_);
    }
    const bool idle = !std::exchange(pulse_.wrote, false) && control_.empty();
    if (!failed && silent.ok() && idle) {
      control_.emplace_back().mutable_heartbeat()->set_time_ms(
          context_->clock->WallMs());
    }
  }
  // Told of its end an interval ago, and still not gone.
  if (failed) return Abort();
  ArmHeartbeat();
  if (!silent.ok()) return Fail(silent);
  Kick();
}

void ProduceStream::Fail(const absl::Status& why) {
  {
    absl::MutexLock lock(&mutex_);
    closing_ = true;
    failed_ = true;
    *control_.emplace_back().mutable_failed() = ToProto(why);
    end_ = why;
  }
  // What was taken before goes on, but this stream is not told any more.
  End(why);
}

void ProduceStream::OnHalfClose() {
  {
    absl::MutexLock lock(&mutex_);
    closing_ = true;
  }
  GoOn();
}

void ProduceStream::OnGone() {
  absl::MutexLock lock(&mutex_);
  closing_ = true;
}

void ProduceStream::GoAway() {
  const absl::Status why =
      MakeError(ErrorCode::kShuttingDown, "the broker is stopping",
                "open a new stream to another broker");
  {
    absl::MutexLock lock(&mutex_);
    if (std::exchange(going_away_, true)) return;
    closing_ = true;
    end_ = why;
    v1::GoAway* away = control_.emplace_back().mutable_go_away();
    away->set_reason("the broker is stopping");
    away->set_deadline_ms(0);
  }
  GoOn();
}

}  // namespace barnabas::broker
