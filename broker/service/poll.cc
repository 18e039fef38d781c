#include "broker/service/poll.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
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

constexpr int64_t kWaitMax = kMinuteMs;
constexpr int64_t kBytesDefault = kMiB;
constexpr int64_t kBytesMin = kKiB;

// One partition of the poll; `reader` is empty when it failed.
struct Place {
  int32_t partition = 0;
  absl::Status error;
  std::optional<PartitionReader> reader;
};

class PollCall : public grpc::ServerUnaryReactor,
                 public DrainableStream,
                 public std::enable_shared_from_this<PollCall> {
 public:
  PollCall(const ServiceContext* context, grpc::CallbackServerContext* call,
           const v1::PollRequest* request, v1::PollResponse* response)
      : context_(context),
        held_(context->held->Open(call->peer())),
        loop_(context->reading->At(reinterpret_cast<uintptr_t>(this) >> 6)),
        request_(*request),
        response_(response) {}

  void Begin() {
    self_ = shared_from_this();
    context_->streams->Add(self_);
    loop_->PostAlways([self = shared_from_this()] { self->Start(); });
  }

  void GoAway() override {
    loop_->PostAlways([self = shared_from_this()] {
      self->Answer(MakeError(ErrorCode::kShuttingDown, "the broker is stopping",
                             "poll another broker"));
    });
  }
  void OnCancel() override {
    loop_->PostAlways([self = shared_from_this()] {
      self->Answer(absl::CancelledError("the caller is gone"));
    });
  }
  void OnDone() override {
    context_->streams->Remove(this);
    const std::shared_ptr<PollCall> self = std::move(self_);
  }

 private:
  void Start() {
    const absl::Status opened = OpenPlaces();
    if (!opened.ok()) return Answer(opened);
    if (ReadAll() || request_.wait_ms() <= 0) return Answer(absl::OkStatus());
    const int64_t wait_ms = std::min(request_.wait_ms(), kWaitMax);
    std::vector<ReadWait::Place> places;
    for (const Place& place : places_) {
      if (!place.reader.has_value()) continue;
      places.emplace_back(place.reader->partition(), place.reader->next());
    }
    wait_ = ReadWait::Begin(loop_, std::move(places),
                            [self = shared_from_this()] { self->Again(); });
    timer_ = loop_->After(absl::Milliseconds(wait_ms),
                          [self = shared_from_this()] { self->Again(); });
  }

  void Again() {
    if (answered_) return;
    response_->clear_partitions();
    ReadAll();
    Answer(absl::OkStatus());
  }

  absl::Status OpenPlaces() {
    if (!request_.group().empty()) {
      return MakeError(ErrorCode::kUnsupportedFeature,
                       "consumer groups come with a later release",
                       "leave `group` empty and name positions");
    }
    const image::ClusterImage image = context_->table->image();
    ASSIGN_OR_RETURN(const image::TopicState* topic,
                     FindTopic(image, request_.topic()));
    if (request_.partitions_size() > kBatchesPerFrameMax) {
      return MakeError(ErrorCode::kLimitExceeded, "too many partitions",
                       "poll fewer partitions at once");
    }
    if (!request_.partitions().empty()) {
      for (const v1::PollPartition& asked : request_.partitions()) {
        OpenPlace(image, *topic, asked.partition(), asked.begin());
      }
      return absl::OkStatus();
    }
    for (size_t i = 0; i < topic->partitions.size(); ++i) {
      OpenPlace(image, *topic, static_cast<int32_t>(i), {});
    }
    return absl::OkStatus();
  }

  void OpenPlace(const image::ClusterImage& image,
                 const image::TopicState& topic, int32_t partition,
                 const v1::Position& from) {
    Place& place = places_.emplace_back();
    place.partition = partition;
    topic_ = topic.name;
    const auto found = FindPartition(*context_->table, image, topic, partition);
    if (!found.ok()) {
      place.error = found.status();
      return;
    }
    const absl::StatusOr<Offset> offset =
        ResolvePosition(**found, from, request_.begin());
    if (!offset.ok()) {
      place.error = offset.status();
      return;
    }
    place.reader.emplace(*found, *offset, std::nullopt);
  }

  // Fills the answer in; true if there are records or errors.
  bool ReadAll() {
    bool something = false;
    const int64_t wanted =
        request_.bytes_max() <= 0
            ? kBytesDefault
            : std::clamp(request_.bytes_max(), kBytesMin, kBatchBytesMax);
    int64_t left = wanted;
    int64_t records_left = request_.records_max();
    for (Place& place : places_) {
      v1::FetchedPartition* part = response_->add_partitions();
      part->set_topic(topic_);
      part->set_partition(place.partition);
      const absl::Status read =
          place.reader.has_value()
              ? ReadOne(&*place.reader, part, &left, &records_left)
              : place.error;
      if (!read.ok()) *part->mutable_error() = ToProto(read);
      something |=
          !read.ok() || part->has_structured() || !part->encoded().empty();
    }
    read_bytes_ = wanted - left;
    return something;
  }

  absl::Status ReadOne(PartitionReader* reader, v1::FetchedPartition* part,
                       int64_t* left, int64_t* records_left) {
    const bool bounded = request_.records_max() > 0;
    if (*left > 0 && (!bounded || *records_left > 0)) {
      context_->metrics->fetch_requests()->Increment();
      if (request_.lane() == v1::LANE_ENCODED) {
        ASSIGN_OR_RETURN(const grpc::Slice slice,
                         reader->ReadEncoded(*left, context_->buffers));
        *left -= static_cast<int64_t>(slice.size());
        if (slice.size() > 0) {
          part->set_encoded(slice.begin(), slice.size());
        }
      } else {
        v1::RecordBatch records;
        ASSIGN_OR_RETURN(
            const int64_t bytes,
            reader->ReadStructured(*left, bounded ? *records_left : 0,
                                   context_->buffers, &records));
        *left -= bytes;
        *records_left -= records.records_size();
        if (!records.records().empty()) {
          *part->mutable_structured() = std::move(records);
        }
      }
    }
    ASSIGN_OR_RETURN(const Partition::Positions now,
                     reader->partition()->Serve(std::nullopt));
    part->set_high_watermark(now.high_watermark.value());
    part->set_log_start(now.log_start.value());
    part->set_leader_epoch(now.epoch.value());
    part->set_next_offset(reader->next().value());
    return absl::OkStatus();
  }

  void Answer(const absl::Status& status) {
    if (std::exchange(answered_, true)) return;
    // The answer, and its bytes for the network.
    held_->Add(2 * read_bytes_);
    if (wait_ != nullptr) wait_->Cancel();
    loop_->Cancel(timer_);
    Finish(rpc::ToGrpc(status));
  }

  const ServiceContext* const context_;
  const std::unique_ptr<rpc::HeldBytes::Share> held_;
  env::EventLoop* const loop_;
  const v1::PollRequest request_;
  v1::PollResponse* const response_;

  std::shared_ptr<PollCall> self_;
  std::string topic_;
  std::vector<Place> places_;
  std::shared_ptr<ReadWait> wait_;
  env::TimerId timer_ = 0;
  int64_t read_bytes_ = 0;
  bool answered_ = false;
};

}  // namespace

grpc::ServerUnaryReactor* StartPoll(const ServiceContext* context,
                                    grpc::CallbackServerContext* call,
                                    const v1::PollRequest* request,
                                    v1::PollResponse* response) {
  auto poll = std::make_shared<PollCall>(context, call, request, response);
  poll->Begin();
  return poll.get();
}

}  // namespace barnabas::broker
