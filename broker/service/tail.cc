#include "broker/service/tail.h"

#include <algorithm>
#include <deque>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "broker/service/partition_reader.h"
#include "broker/service/read_wait.h"
#include "broker/service/topic_lookup.h"
#include "client/rpc/status_bridge.h"
#include "proto/types/error.h"
#include "proto/types/error_proto.h"
#include "proto/types/limits.h"
#include "proto/types/status_macros.h"

namespace barnabas::broker {
namespace {

// One message; structured records grow by about as much again.
constexpr int64_t kBytesPerMessage = 256 * kKiB;

class TailCall : public grpc::ServerWriteReactor<v1::TailResponse>,
                 public DrainableStream,
                 public std::enable_shared_from_this<TailCall> {
 public:
  TailCall(const ServiceContext* context, const v1::TailRequest& request)
      : context_(context),
        loop_(context->reading->At(reinterpret_cast<uintptr_t>(this) >> 6)),
        request_(request) {}

  void Begin() {
    self_ = shared_from_this();
    context_->streams->Add(self_);
    StartSendInitialMetadata();
    loop_->PostAlways([self = shared_from_this()] { self->Start(); });
  }

  void OnWriteDone(bool ok) override {
    loop_->PostAlways([self = shared_from_this(), ok] {
      self->writing_ = false;
      if (!ok) self->ending_.over = true;
      self->GoOn();
    });
  }
  void GoAway() override {
    Stop(MakeError(ErrorCode::kShuttingDown, "the broker is stopping",
                   "tail from another broker, after the last record seen"));
  }
  void OnCancel() override { Stop(absl::CancelledError("the caller is gone")); }
  void OnDone() override {
    context_->streams->Remove(this);
    const std::shared_ptr<TailCall> self = std::move(self_);
  }

 private:
  // How far the call's end has come.
  struct Ending {
    bool over = false;
    bool finished = false;
    absl::Status status;
  };

  void Stop(const absl::Status& why) {
    loop_->PostAlways([self = shared_from_this(), why] {
      if (!self->ending_.over) self->ending_.status = why;
      self->ending_.over = true;
      self->GoOn();
    });
  }

  void Start() {
    const absl::Status opened = OpenReaders();
    if (!opened.ok() && !ending_.over) {
      ending_.status = opened;
      ending_.over = true;
    }
    ArmHeartbeat();
    GoOn();
  }

  absl::Status OpenReaders() {
    const image::ClusterImage image = context_->table->image();
    ASSIGN_OR_RETURN(const image::TopicState* topic,
                     FindTopic(image, request_.topic()));
    topic_ = topic->name;
    ASSIGN_OR_RETURN(std::vector<int32_t> partitions,
                     NamedPartitions(request_.partitions(), *topic));
    std::sort(partitions.begin(), partitions.end());
    partitions.erase(std::unique(partitions.begin(), partitions.end()),
                     partitions.end());
    v1::Position end;
    end.set_end(true);
    for (const int32_t partition : partitions) {
      ASSIGN_OR_RETURN(
          std::shared_ptr<Partition> found,
          FindPartition(*context_->table, image, *topic, partition));
      ASSIGN_OR_RETURN(const Offset from,
                       ResolvePosition(*found, request_.begin(), end));
      ASSIGN_OR_RETURN(const std::optional<Offset> until,
                       ResolveStop(*found, request_.until()));
      readers_.emplace_back(std::move(found), from, until);
    }
    return absl::OkStatus();
  }

  // Writes the next message, waits, or ends.
  void GoOn() {
    if (ending_.finished || writing_) return;
    if (!ending_.over && (waiting_ == nullptr || beat_)) Fill();
    if (response_.frame_case() != v1::TailResponse::FRAME_NOT_SET) {
      writing_ = true;
      outgoing_.Clear();
      std::swap(outgoing_, response_);
      StartWrite(&outgoing_);
      return;
    }
    if (!ending_.over) return;
    ending_.finished = true;
    if (waiting_ != nullptr) waiting_->Cancel();
    loop_->Cancel(timer_);
    Finish(rpc::ToGrpc(ending_.status));
  }

  // Puts the next message into response_, if there is one.
  void Fill() {
    if (std::exchange(beat_, false)) {
      response_.mutable_heartbeat()->set_time_ms(context_->clock->WallMs());
      return;
    }
    for (size_t tried = 0; tried < readers_.size(); ++tried) {
      PartitionReader reader = std::move(readers_.front());
      readers_.pop_front();
      if (reader.AtEnd()) {
        v1::PartitionEnd* end = response_.mutable_end();
        end->set_partition(reader.partition()->key().partition.value());
        end->set_next_offset(reader.next().value());
        return;
      }
      const absl::Status read = ReadOne(&reader);
      if (!read.ok()) {
        response_.mutable_records()->set_topic(topic_);
        response_.mutable_records()->set_partition(
            reader.partition()->key().partition.value());
        *response_.mutable_records()->mutable_error() = ToProto(read);
        return;
      }
      readers_.push_back(std::move(reader));
      if (response_.frame_case() != v1::TailResponse::FRAME_NOT_SET) return;
    }
    const bool enough =
        request_.records_max() > 0 && sent_ >= request_.records_max();
    if (readers_.empty() || enough) {
      ending_.over = true;
      return;
    }
    Await();
  }

  absl::Status ReadOne(PartitionReader* reader) {
    const Offset from = reader->next();
    v1::FetchedPartition part;
    int64_t left = 0;
    if (request_.records_max() > 0) {
      left = request_.records_max() - sent_;
      if (left <= 0) return absl::OkStatus();
    }
    context_->metrics->fetch_requests()->Increment();
    if (request_.lane() == v1::LANE_ENCODED) {
      ASSIGN_OR_RETURN(
          const grpc::Slice slice,
          reader->ReadEncoded(kBytesPerMessage, context_->buffers));
      if (slice.size() > 0) part.set_encoded(slice.begin(), slice.size());
      sent_ += Distance(from, reader->next());
    } else {
      RETURN_IF_ERROR(reader
                          ->ReadStructured(kBytesPerMessage, left,
                                           context_->buffers,
                                           part.mutable_structured())
                          .status());
      sent_ += part.structured().records_size();
    }
    if (reader->next() == from) return absl::OkStatus();
    ASSIGN_OR_RETURN(const Partition::Positions now,
                     reader->partition()->Serve(std::nullopt));
    part.set_topic(topic_);
    part.set_partition(reader->partition()->key().partition.value());
    part.set_high_watermark(now.high_watermark.value());
    part.set_log_start(now.log_start.value());
    part.set_leader_epoch(now.epoch.value());
    part.set_next_offset(reader->next().value());
    *response_.mutable_records() = std::move(part);
    return absl::OkStatus();
  }

  void Await() {
    std::vector<ReadWait::Place> places;
    for (const PartitionReader& reader : readers_) {
      places.emplace_back(reader.partition(), reader.next());
    }
    waiting_ =
        ReadWait::Begin(loop_, std::move(places), [self = shared_from_this()] {
          self->waiting_.reset();
          self->GoOn();
        });
  }

  void ArmHeartbeat() {
    timer_ = loop_->After(kHeartbeat, [weak = weak_from_this()] {
      const std::shared_ptr<TailCall> self = weak.lock();
      if (self == nullptr || self->ending_.finished) return;
      self->ArmHeartbeat();
      if (self->writing_ || self->waiting_ == nullptr) return;
      self->beat_ = true;
      self->GoOn();
    });
  }

  const ServiceContext* const context_;
  env::EventLoop* const loop_;
  const v1::TailRequest request_;

  std::shared_ptr<TailCall> self_;
  std::string topic_;
  // The front one is read next.
  std::deque<PartitionReader> readers_;
  std::shared_ptr<ReadWait> waiting_;
  env::TimerId timer_ = 0;
  // Being made, and being written.
  v1::TailResponse response_;
  v1::TailResponse outgoing_;
  int64_t sent_ = 0;
  bool beat_ = false;
  bool writing_ = false;
  Ending ending_;
};

}  // namespace

grpc::ServerWriteReactor<v1::TailResponse>* StartTail(
    const ServiceContext* context, const v1::TailRequest* request) {
  auto call = std::make_shared<TailCall>(context, *request);
  call->Begin();
  return call.get();
}

}  // namespace barnabas::broker
