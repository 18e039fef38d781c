#include "client/producer/producer.h"

#include <algorithm>
#include <atomic>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "client/contact_signal.h"
#include "client/producer/flush_ledger.h"
#include "client/producer/memory_budget.h"
#include "client/producer/sender.h"
#include "client/producer/topic_table.h"
#include "proto/types/error.h"
#include "proto/types/limits.h"
#include "proto/types/status_macros.h"
#include "storage/env/random.h"
#include "storage/env/system_clock.h"
#include "storage/env/thread_event_loop.h"
#include "storage/record/batch_check.h"

namespace barnabas::client {
namespace {

// Without idempotence nothing but the broker's credit needs a bound.
constexpr size_t kInFlightUnnumbered = 64;

// Memory goes to a partition's queue in such pieces, so that most records find
// it there; of a small buffer in smaller ones, lest it be all given away.
constexpr int64_t kGrantBytes = 4 * kKiB;
constexpr int64_t kGrantsOfBuffer = 16 * 1024;

absl::Status Closed() {
  return MakeError(ErrorCode::kInvalidRequest, "the producer is closed",
                   "make another one");
}

absl::Status Overloaded(int64_t limit) {
  return MakeError(ErrorCode::kOverloaded,
                   absl::StrCat("buffer_memory of ", limit, " bytes is full"),
                   "send slower, or give the producer more buffer_memory");
}

absl::Status TooLarge(int64_t bytes, int64_t limit) {
  return WithSize(
      MakeError(ErrorCode::kBatchTooLarge,
                absl::StrCat("the record takes ", bytes,
                             " bytes, max_request_bytes is ", limit),
                "raise max_request_bytes, or send less in one record"),
      {bytes, limit});
}

class StreamProducer final : public Producer {
 public:
  explicit StreamProducer(const ProducerOptions& options)
      : options_(options),
        memory_(options.buffer_memory),
        loop_(std::make_shared<env::ThreadEventLoop>(
            env::ThreadEventLoop::Options{.clock = &clock_,
                                          .name = "producer"})),
        topics_(TopicOptions()) {}

  ~StreamProducer() override { Close(options_.delivery_timeout).IgnoreError(); }

  absl::Status Start();

  absl::Status Send(const ProducerRecord& record,
                    DeliveryCallback callback) override;
  absl::Status Send(const ProducerRecord& record) override {
    return Send(record, nullptr);
  }
  absl::Status SendBatch(std::string_view topic, int32_t partition,
                         std::string batch, DeliveryCallback callback) override;
  absl::Status Flush(absl::Duration timeout) override;
  absl::Status Close(absl::Duration timeout) override;
  Facts facts() const override;

 private:
  TopicTable::Options TopicOptions();
  bool Idempotent() const {
    return options_.idempotence && options_.acks != Acks::kNone;
  }
  // A callback must not wait for what only its own thread can bring.
  absl::Duration BlockAtMost() const {
    return loop_->IsOnLoop() ? absl::ZeroDuration() : options_.max_block;
  }
  absl::StatusOr<TopicTable::Topic*> Find(std::string_view topic);
  absl::Status TakeMemory(int64_t bytes);
  // At least `bytes`; more if that is to be had at once. How much.
  absl::StatusOr<int64_t> TakeGrant(int64_t bytes);
  // Acts on what the lane's queue said about `bytes` that were taken for it
  // just now.
  absl::Status Settle(Lane* lane, int64_t bytes,
                      PartitionQueue::Appended appended);

  const ProducerOptions options_;
  const env::SystemClock clock_;
  FlushLedger ledger_;
  MemoryBudget memory_;
  SenderCounts counts_;
  ContactSignal contact_;
  const std::shared_ptr<env::ThreadEventLoop> loop_;
  TopicTable topics_;
  // Of the loop.
  std::unique_ptr<Sender> sender_;

  std::atomic<bool> closed_ = false;
  absl::Mutex close_mutex_;
  bool ended_ ABSL_GUARDED_BY(close_mutex_) = false;
};

TopicTable::Options StreamProducer::TopicOptions() {
  TopicTable::Options options;
  options.queue.accumulator = {options_.batch_size, options_.compression,
                               options_.compression_level};
  options.queue.clock = &clock_;
  options.queue.ledger = &ledger_;
  options.in_flight_max = Idempotent()
                              ? static_cast<size_t>(kBatchesPerProducer)
                              : kInFlightUnnumbered;
  options.seed = env::RandomSeed();
  options.ask = [this](const std::string& topic) {
    loop_->PostAlways([this, topic] { sender_->WatchTopic(topic); });
  };
  return options;
}

absl::Status StreamProducer::Start() {
  Sender::Deps deps;
  deps.options = options_;
  deps.channels =
      std::make_shared<rpc::ChannelPool>(options_.client.client_name);
  deps.loop = loop_;
  deps.seed = env::RandomSeed();
  deps.topics = &topics_;
  deps.memory = &memory_;
  deps.ledger = &ledger_;
  deps.counts = &counts_;
  deps.on_contact = [this](const absl::Status& status) {
    contact_.Tell(status);
  };
  RunOnLoop(loop_.get(), [&] {
    sender_ = std::make_unique<Sender>(std::move(deps));
    sender_->Start();
  });
  return contact_.Wait(
      std::min(options_.max_block, options_.client.request_timeout), clock_);
}

absl::StatusOr<TopicTable::Topic*> StreamProducer::Find(
    std::string_view topic) {
  TopicTable::Topic* const known = topics_.Find(topic);
  if (known != nullptr) return known;
  return topics_.Get(topic, BlockAtMost());
}

absl::StatusOr<int64_t> StreamProducer::TakeGrant(int64_t bytes) {
  const int64_t grant = std::max(
      bytes, std::min(kGrantBytes, options_.buffer_memory / kGrantsOfBuffer));
  if (memory_.Take(grant, absl::ZeroDuration())) return grant;
  RETURN_IF_ERROR(TakeMemory(bytes));
  return bytes;
}

absl::Status StreamProducer::TakeMemory(int64_t bytes) {
  if (memory_.Take(bytes, BlockAtMost())) return absl::OkStatus();
  return closed_.load() ? Closed() : Overloaded(options_.buffer_memory);
}

absl::Status StreamProducer::Settle(Lane* lane, int64_t bytes,
                                    PartitionQueue::Appended appended) {
  switch (appended) {
    case PartitionQueue::Appended::kTaken:
      return absl::OkStatus();
    case PartitionQueue::Appended::kTakenTell:
      // An idle producer's record leaves without waking another thread.
      loop_->RunOrPost([this, lane] { sender_->OnQueued(lane); });
      return absl::OkStatus();
    case PartitionQueue::Appended::kShut:
    case PartitionQueue::Appended::kNoMemory:
      break;
  }
  memory_.GiveBack(bytes);
  return Closed();
}

absl::Status StreamProducer::Send(const ProducerRecord& record,
                                  DeliveryCallback callback) {
  if (closed_.load(std::memory_order_relaxed)) return Closed();
  const auto bytes = static_cast<int64_t>(record::BatchBuilder::RecordBytesMax(
      record.key, record.value, record.headers));
  if (bytes > options_.max_request_bytes) {
    return TooLarge(bytes, options_.max_request_bytes);
  }
  ASSIGN_OR_RETURN(TopicTable::Topic * topic, Find(record.topic));
  ASSIGN_OR_RETURN(Lane * lane,
                   topics_.Choose(topic, record.partition, record.key, bytes));
  const GatheredRecord gathered{.key = record.key,
                                .value = record.value,
                                .headers = record.headers,
                                .timestamp_ms = record.timestamp_ms.has_value()
                                                    ? *record.timestamp_ms
                                                    : clock_.WallMs(),
                                .bytes = bytes};
  int64_t grant = 0;
  PartitionQueue::Appended appended =
      lane->queue.Append(gathered, grant, std::move(callback));
  if (appended == PartitionQueue::Appended::kNoMemory) {
    ASSIGN_OR_RETURN(grant, TakeGrant(bytes));
    appended = lane->queue.Append(gathered, grant, std::move(callback));
  }
  return Settle(lane, grant, appended);
}

absl::Status StreamProducer::SendBatch(std::string_view topic,
                                       int32_t partition, std::string batch,
                                       DeliveryCallback callback) {
  if (closed_.load(std::memory_order_relaxed)) return Closed();
  const std::string_view slices[] = {std::string_view(batch)};
  ASSIGN_OR_RETURN(const record::BatchHeader header,
                   record::CheckBatch(slices));
  RETURN_IF_ERROR(record::CheckProduced(header, kBatchBytesMax));
  const auto bytes = static_cast<int64_t>(batch.size());
  if (bytes > options_.buffer_memory) {
    return TooLarge(bytes, options_.buffer_memory);
  }
  ASSIGN_OR_RETURN(TopicTable::Topic * known, Find(topic));
  ASSIGN_OR_RETURN(Lane * lane, topics_.Choose(known, partition, {}, bytes));
  RETURN_IF_ERROR(TakeMemory(bytes));
  auto pending = std::make_unique<PendingBatch>();
  pending->bytes = std::make_shared<std::string>(std::move(batch));
  pending->records = header.record_count;
  pending->reserved_bytes = bytes;
  if (callback != nullptr) {
    pending->callbacks.push_back({0, std::move(callback)});
  }
  return Settle(lane, bytes, lane->queue.AppendReadyMade(std::move(pending)));
}

absl::Status StreamProducer::Flush(absl::Duration timeout) {
  if (loop_->IsOnLoop()) {
    return MakeError(ErrorCode::kInvalidRequest,
                     "a callback must not wait for Flush");
  }
  // Lingering batches go now. Other Flush calls may end first and put linger
  // back; then the linger, which is short, is waited out.
  loop_->PostAlways([this] { sender_->SetUrgent(true); });
  const absl::Status status = ledger_.Wait(timeout);
  loop_->PostAlways([this] { sender_->SetUrgent(false); });
  return status;
}

absl::Status StreamProducer::Close(absl::Duration timeout) {
  if (loop_->IsOnLoop()) {
    return MakeError(ErrorCode::kInvalidRequest,
                     "a callback must not wait for Close");
  }
  absl::MutexLock lock(&close_mutex_);
  if (std::exchange(ended_, true)) return absl::OkStatus();
  closed_ = true;
  // What was accepted lies in the queues from now on; nothing is added.
  topics_.Shut();
  memory_.Shut();
  if (sender_ == nullptr) return absl::OkStatus();
  absl::Status status = Flush(timeout);
  RunOnLoop(loop_.get(), [&] { sender_->Stop(Closed()); });
  // What Stop failed is a failure, too.
  const absl::Status rest = ledger_.Wait(absl::ZeroDuration());
  if (status.ok()) status = rest;
  // No task runs any more that could know the sender.
  loop_->Stop();
  sender_.reset();
  return status;
}

Producer::Facts StreamProducer::facts() const {
  Facts facts;
  facts.records_accepted = topics_.accepted();
  facts.records_acknowledged = ledger_.acknowledged();
  facts.records_failed = ledger_.failed();
  facts.batches_sent = counts_.batches_sent.load();
  facts.retries = counts_.retries.load();
  facts.buffered_bytes = memory_.taken_bytes();
  return facts;
}

absl::Status Check(const ProducerOptions& options) {
  const auto wrong = [](std::string_view what) {
    return MakeError(ErrorCode::kInvalidRequest, what);
  };
  if (options.batch_size <= 0 || options.batch_size > kBatchBytesMax) {
    return wrong("batch_size must lie between 1 and 32 MiB");
  }
  if (options.max_request_bytes <= 0 ||
      options.max_request_bytes > kBatchBytesMax) {
    return wrong("max_request_bytes must lie between 1 and 32 MiB");
  }
  if (options.buffer_memory < options.max_request_bytes) {
    return wrong("buffer_memory must be at least max_request_bytes");
  }
  if (options.linger < absl::ZeroDuration() ||
      options.max_block < absl::ZeroDuration() ||
      options.delivery_timeout <= options.linger ||
      options.client.request_timeout <= absl::ZeroDuration()) {
    return wrong(
        "delivery_timeout must exceed linger; no time may be below "
        "zero");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<Producer>> Producer::Create(
    const ProducerOptions& options) {
  RETURN_IF_ERROR(Check(options));
  auto producer = std::make_unique<StreamProducer>(options);
  const absl::Status status = producer->Start();
  if (!status.ok()) {
    producer->Close(absl::ZeroDuration()).IgnoreError();
    return status;
  }
  return producer;
}

std::future<absl::StatusOr<Delivery>> Producer::SendFuture(
    const ProducerRecord& record) {
  auto promise = std::make_shared<std::promise<absl::StatusOr<Delivery>>>();
  std::future<absl::StatusOr<Delivery>> future = promise->get_future();
  const absl::Status status =
      Send(record, [promise](const absl::StatusOr<Delivery>& outcome) {
        promise->set_value(outcome);
      });
  if (!status.ok()) promise->set_value(status);
  return future;
}

}  // namespace barnabas::client
