#include "broker/service/produce_intake.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "broker/replication/record_gathering.h"
#include "broker/service/topic_lookup.h"
#include "proto/types/error.h"
#include "proto/types/limits.h"
#include "proto/types/status_macros.h"
#include "proto/types/units.h"
#include "storage/log/log_config.h"
#include "storage/record/batch_builder.h"
#include "storage/record/batch_check.h"
#include "storage/record/key_check.h"

namespace barnabas::broker {
namespace {

// Structured batches from this size on are stored alone: they are encoded on
// the thread that read them, and gathering would gain nothing.
constexpr int64_t kGatherBytesMax = 64 * kKiB;

absl::Status Invalid(std::string_view what, std::string_view hint) {
  return MakeError(ErrorCode::kInvalidRequest, what, hint);
}

// Appending so much at most takes no longer than waking a loop that could; the
// thread that read it does it then, while more waits for the loop.
constexpr int64_t kAtOnceBytesMax = 16 * kKiB;

bool IsSmall(const std::vector<RoutedBatch>& batches) {
  int64_t bytes = 0;
  for (const RoutedBatch& routed : batches) {
    // These gather on the loop.
    if (routed.batch.records != nullptr) return false;
    bytes += routed.batch.header.SizeBytes();
  }
  return bytes <= kAtOnceBytesMax;
}

// Calls `done` when the last of those who share it is gone.
class PostsEnd {
 public:
  explicit PostsEnd(absl::AnyInvocable<void()> done) : done_(std::move(done)) {}
  PostsEnd(const PostsEnd&) = delete;
  PostsEnd& operator=(const PostsEnd&) = delete;
  ~PostsEnd() {
    if (done_ != nullptr) done_();
  }

 private:
  absl::AnyInvocable<void()> done_;
};

}  // namespace

int32_t PartitionForKey(std::string_view key, int32_t count) {
  constexpr uint32_t kSeed = 0x9747b28c;
  constexpr uint32_t kMix = 0x5bd1e995;
  const auto byte = [key](size_t i) {
    return static_cast<uint32_t>(static_cast<uint8_t>(key[i]));
  };
  uint32_t hash = kSeed ^ static_cast<uint32_t>(key.size());
  size_t i = 0;
  for (; i + 4 <= key.size(); i += 4) {
    uint32_t word =
        byte(i) | byte(i + 1) << 8 | byte(i + 2) << 16 | byte(i + 3) << 24;
    word *= kMix;
    word ^= word >> 24;
    word *= kMix;
    hash *= kMix;
    hash ^= word;
  }
  const size_t left = key.size() - i;
  if (left >= 3) hash ^= byte(i + 2) << 16;
  if (left >= 2) hash ^= byte(i + 1) << 8;
  if (left >= 1) {
    hash ^= byte(i);
    hash *= kMix;
  }
  hash ^= hash >> 13;
  hash *= kMix;
  hash ^= hash >> 15;
  return static_cast<int32_t>((hash & 0x7fffffff) %
                              static_cast<uint32_t>(count));
}

absl::StatusOr<std::shared_ptr<Partition>> ProduceIntake::FindDestination(
    const v1::ProduceBatch& envelope, Destination* destination) {
  const image::ClusterImage image = table_->image();
  destination->topic = envelope.topic().name();
  destination->topic_id = envelope.topic().id();
  if (envelope.has_partition()) destination->partition = envelope.partition();
  ASSIGN_OR_RETURN(const image::TopicState* topic,
                   FindTopic(image, envelope.topic()));
  destination->topic = topic->name;
  destination->topic_id = topic->id.ToString();
  if (!envelope.has_partition()) {
    if (envelope.payload_case() != v1::ProduceBatch::kStructured) {
      return Invalid("an encoded batch names no partition",
                     "set `partition`: only structured records are routed by "
                     "their key");
    }
    const int32_t count = static_cast<int32_t>(topic->partitions.size());
    const auto& records = envelope.structured().records();
    destination->partition =
        !records.empty() && records[0].has_key()
            ? PartitionForKey(records[0].key(), count)
            : static_cast<int32_t>(
                  turn_.fetch_add(1, std::memory_order_relaxed) %
                  static_cast<uint32_t>(count));
  }
  return FindPartition(*table_, image, *topic, destination->partition);
}

absl::StatusOr<RoutedBatch> ProduceIntake::Route(IncomingBatch incoming,
                                                 Destination* destination) {
  const v1::ProduceBatch& envelope = *incoming.envelope;
  RoutedBatch routed;
  ASSIGN_OR_RETURN(routed.partition, FindDestination(envelope, destination));
  destination->key = routed.partition->key();
  routed.batch.arrived = clock_->Monotonic();
  if (envelope.has_leader_epoch()) {
    routed.batch.leader_epoch = LeaderEpoch(envelope.leader_epoch());
  }
  switch (envelope.payload_case()) {
    case v1::ProduceBatch::kEncoded:
      RETURN_IF_ERROR(TakeEncoded(std::move(incoming), &routed));
      return routed;
    case v1::ProduceBatch::kStructured:
      RETURN_IF_ERROR(TakeStructured(incoming.envelope, &routed));
      return routed;
    case v1::ProduceBatch::PAYLOAD_NOT_SET:
      break;
  }
  return Invalid("a batch has no payload", "fill in `structured` or `encoded`");
}

absl::Status ProduceIntake::TakeEncoded(IncomingBatch incoming,
                                        RoutedBatch* routed) const {
  ASSIGN_OR_RETURN(routed->batch.header, record::CheckBatch(incoming.encoded));
  const log::LogConfig config = routed->partition->settings().log;
  RETURN_IF_ERROR(
      record::CheckProduced(routed->batch.header, config.message_bytes_max));
  if (config.compaction.enabled) {
    RETURN_IF_ERROR(record::CheckKeys(routed->batch.header, incoming.encoded));
  }
  routed->batch.slices = std::move(incoming.encoded);
  routed->batch.keeper = std::move(incoming.keeper);
  return absl::OkStatus();
}

absl::Status ProduceIntake::TakeStructured(v1::ProduceBatch* envelope,
                                           RoutedBatch* routed) const {
  const log::LogConfig config = routed->partition->settings().log;
  const int64_t now_ms = clock_->WallMs();
  ASSIGN_OR_RETURN(const int64_t bytes,
                   CheckStructured(envelope->structured(), config, now_ms));
  if (!envelope->has_producer() && bytes < kGatherBytesMax) {
    routed->batch.records.reset(envelope->release_structured());
    return absl::OkStatus();
  }
  record::BatchProducer producer;
  if (envelope->has_producer()) {
    const v1::ProducerState& state = envelope->producer();
    if (state.producer_id() < 0 || state.base_sequence() < 0 ||
        state.producer_epoch() < 0 || state.producer_epoch() > INT16_MAX) {
      return Invalid("producer id, epoch or sequence is out of range",
                     "take id and epoch from InitProducer, count sequences "
                     "from 0");
    }
    producer = {ProducerId(state.producer_id()),
                ProducerEpoch(static_cast<int16_t>(state.producer_epoch())),
                state.base_sequence()};
  }
  record::BatchBuilder builder;
  AppendRecords(envelope->structured(), now_ms, &builder);
  auto bytes_made = std::make_shared<std::string>(builder.Finish(producer));
  const std::string_view view = *bytes_made;
  routed->batch.header = *record::BatchHeader::Parse(view);
  routed->batch.slices = {view};
  routed->batch.keeper = std::move(bytes_made);
  return absl::OkStatus();
}

void PostBatches(std::vector<RoutedBatch> batches,
                 absl::AnyInvocable<void()> done) {
  // Held by every post, also by one that a stopped loop drops.
  const auto end = std::make_shared<PostsEnd>(std::move(done));
  const auto by_loop = [](const RoutedBatch& a, const RoutedBatch& b) {
    return a.partition->loop() < b.partition->loop();
  };
  // Stable: batches of one partition keep their order.
  std::stable_sort(batches.begin(), batches.end(), by_loop);
  while (!batches.empty()) {
    env::EventLoop* loop = batches.back().partition->loop();
    auto begin = batches.end();
    while (begin != batches.begin() &&
           std::prev(begin)->partition->loop() == loop) {
      --begin;
    }
    auto post = std::make_shared<std::vector<RoutedBatch>>(
        std::make_move_iterator(begin), std::make_move_iterator(batches.end()));
    batches.erase(begin, batches.end());
    const bool at_once = IsSmall(*post);
    env::Task produce = [post, end] {
      for (RoutedBatch& routed : *post) {
        routed.partition->Produce(std::move(routed.batch));
      }
    };
    if (at_once && loop->RunNow(produce)) continue;
    if (loop->Post(std::move(produce))) continue;
    const absl::Status full =
        MakeError(ErrorCode::kOverloaded, "the broker has too much to do",
                  "send more slowly, then try again");
    for (const RoutedBatch& routed : *post) {
      routed.batch.sink->Answer(routed.batch.ticket, full);
      routed.batch.sink->AnswersEnd();
    }
  }
}

}  // namespace barnabas::broker
