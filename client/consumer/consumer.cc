#include "client/consumer/consumer.h"

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "client/consumer/fetch_inbox.h"
#include "client/consumer/fetched_chunk.h"
#include "client/consumer/fetcher.h"
#include "client/rpc/channel_pool.h"
#include "proto/types/error.h"
#include "proto/types/status_macros.h"
#include "storage/env/random.h"
#include "storage/env/system_clock.h"
#include "storage/env/thread_event_loop.h"

namespace barnabas::client {
namespace {

// What one Poll hands out at most, beyond its first chunk: enough to work on,
// little enough for the records to stay in the cache.
constexpr int64_t kPollBytes = 1 << 20;

// Memory of record lists, reused from poll to poll.
class RecordLists {
 public:
  std::vector<record::RecordView> Take() {
    absl::MutexLock lock(&mutex_);
    if (free_.empty()) return {};
    std::vector<record::RecordView> list = std::move(free_.back());
    free_.pop_back();
    return list;
  }

  void Return(std::vector<record::RecordView> list) {
    list.clear();
    absl::MutexLock lock(&mutex_);
    if (free_.size() < kListsMax) free_.push_back(std::move(list));
  }

 private:
  static constexpr size_t kListsMax = 16;

  absl::Mutex mutex_;
  std::vector<std::vector<record::RecordView>> free_ ABSL_GUARDED_BY(mutex_);
};

class HandedOut final : public ConsumedRecords {
 public:
  HandedOut(DueChunk due, std::vector<record::RecordView> records,
            std::shared_ptr<RecordLists> lists)
      : due_(std::move(due)),
        records_(std::move(records)),
        lists_(std::move(lists)) {}
  ~HandedOut() override { lists_->Return(std::move(records_)); }

  const std::string& topic() const override { return due_.partition.topic; }
  int32_t partition() const override { return due_.partition.partition; }
  int32_t leader_epoch() const override { return due_.chunk->leader_epoch(); }
  int64_t high_watermark() const override {
    return due_.chunk->high_watermark();
  }
  absl::Span<const record::RecordView> records() const override {
    return records_;
  }

 private:
  const DueChunk due_;
  std::vector<record::RecordView> records_;
  const std::shared_ptr<RecordLists> lists_;
};

absl::Status NotAssigned(const ConsumerPartition& partition) {
  return MakeError(
      ErrorCode::kInvalidRequest,
      absl::StrCat("partition ", partition.partition, " of topic \"",
                   partition.topic, "\" is not assigned"),
      "Assign it first");
}

class StreamingConsumer final : public Consumer {
 public:
  explicit StreamingConsumer(const ConsumerOptions& options)
      : options_(options),
        inbox_(std::make_shared<FetchInbox>()),
        lists_(std::make_shared<RecordLists>()) {
    env::ThreadEventLoop::Options loop;
    loop.clock = &clock_;
    loop.name = "consumer";
    loop_ = std::make_shared<env::ThreadEventLoop>(loop);
    Fetcher::Deps deps;
    deps.options = options;
    deps.channels =
        std::make_shared<rpc::ChannelPool>(options.client.client_name);
    deps.loop = loop_;
    deps.seed = env::RandomSeed();
    deps.inbox = inbox_;
    OnLoop([this, deps] { fetcher_ = std::make_unique<Fetcher>(deps); });
  }

  ~StreamingConsumer() override {
    // Nothing is owed to anyone; what Close could say is of no more use.
    const absl::Status ignored = Close();
  }

  absl::Status Assign(absl::Span<const ConsumerPartition> partitions,
                      StartAt from) override {
    RETURN_IF_ERROR(RequireOpen());
    inbox_->Clear();
    paused_.clear();
    std::vector<std::pair<ConsumerPartition, uint64_t>> begun;
    for (const ConsumerPartition& partition : partitions) {
      begun.emplace_back(partition, inbox_->Restart(partition, std::nullopt));
    }
    OnLoop([this, &begun, from] {
      fetcher_->StopAll();
      for (const auto& [partition, epoch] : begun) {
        fetcher_->Begin(partition, epoch, from);
      }
      fetcher_->ReleaseBytes();
    });
    return absl::OkStatus();
  }

  absl::Status Seek(const ConsumerPartition& partition, StartAt to) override {
    RETURN_IF_ERROR(RequireAssigned(partition));
    const std::optional<int64_t> position = to.kind == StartAt::Kind::kOffset
                                                ? std::optional(to.value)
                                                : std::nullopt;
    const uint64_t epoch = inbox_->Restart(partition, position);
    const bool paused = paused_.contains(partition);
    if (paused) paused_[partition] = to;
    OnLoop([this, &partition, epoch, to, paused] {
      fetcher_->Stop(partition);
      if (!paused) fetcher_->Begin(partition, epoch, to);
      fetcher_->ReleaseBytes();
    });
    return absl::OkStatus();
  }

  absl::Status Pause(const ConsumerPartition& partition) override {
    RETURN_IF_ERROR(RequireAssigned(partition));
    if (paused_.contains(partition)) return absl::OkStatus();
    // What was prefetched would take memory from the others: it is fetched
    // again after Resume.
    ASSIGN_OR_RETURN(const int64_t position, Position(partition));
    paused_[partition] = StartAt::Offset(position);
    inbox_->Restart(partition, position);
    OnLoop([this, &partition] {
      fetcher_->Stop(partition);
      fetcher_->ReleaseBytes();
    });
    return absl::OkStatus();
  }

  absl::Status Resume(const ConsumerPartition& partition) override {
    RETURN_IF_ERROR(RequireAssigned(partition));
    const auto found = paused_.find(partition);
    if (found == paused_.end()) return absl::OkStatus();
    const StartAt from = found->second;
    paused_.erase(found);
    return Seek(partition, from);
  }

  absl::StatusOr<int64_t> Position(
      const ConsumerPartition& partition) override {
    RETURN_IF_ERROR(RequireAssigned(partition));
    inbox_->WaitForPosition(partition, options_.client.request_timeout);
    const std::optional<int64_t> position = inbox_->position(partition);
    if (position.has_value()) return *position;
    return MakeError(
        ErrorCode::kRequestTimedOut,
        absl::StrCat("the position of partition ", partition.partition,
                     " of topic \"", partition.topic, "\" is not known"),
        "Poll tells of the partition's trouble");
  }

  absl::Status SkipCorrupt(const ConsumerPartition& partition) override {
    RETURN_IF_ERROR(RequireAssigned(partition));
    const std::optional<int64_t> end = inbox_->corrupt_end(partition);
    if (!end.has_value()) {
      return MakeError(ErrorCode::kInvalidRequest,
                       absl::StrCat("partition ", partition.partition,
                                    " of topic \"", partition.topic,
                                    "\" has no corrupt batch at its position"),
                       "Poll reports corrupt batches as CORRUPT_RECORD");
    }
    return Seek(partition, StartAt::Offset(*end));
  }

  absl::StatusOr<PollOutcome> Poll(absl::Duration timeout,
                                   int64_t records_max) override {
    RETURN_IF_ERROR(RequireOpen());
    inbox_->Wait(timeout);
    PollOutcome outcome;
    int64_t bytes = 0;
    int64_t left =
        records_max > 0 ? records_max : std::numeric_limits<int64_t>::max();
    while (left > 0 && bytes < kPollBytes) {
      std::optional<DueChunk> due = inbox_->Take();
      if (!due.has_value()) break;
      bytes += due->chunk->credit_bytes();
      HandOut(*std::move(due), &left, &outcome);
    }
    outcome.troubles = inbox_->TakeTroubles();
    outcome.at_end = inbox_->TakeEnds();
    if (bytes > 0) {
      loop_->PostAlways([this] { fetcher_->ReleaseBytes(); });
    }
    return outcome;
  }

  void Wakeup() override { inbox_->Wakeup(); }

  absl::Status Close() override {
    if (closed_) return absl::OkStatus();
    closed_ = true;
    OnLoop([this] { fetcher_.reset(); });
    loop_->Stop();
    return absl::OkStatus();
  }

 private:
  void HandOut(DueChunk due, int64_t* left, PollOutcome* outcome) {
    std::vector<record::RecordView> records = lists_->Take();
    const absl::Status status = due.chunk->Decode(due.from, *left, &records);
    *left -= static_cast<int64_t>(records.size());
    const bool exhausted = status.ok() && due.chunk->Exhausted();
    int64_t position = due.from;
    if (!records.empty()) position = records.back().offset.value() + 1;
    if (exhausted) position = std::max(position, due.chunk->next_offset());
    inbox_->Advance(due, position, exhausted);
    if (!status.ok()) inbox_->Block(due, status);
    if (records.empty()) {
      lists_->Return(std::move(records));
      return;
    }
    outcome->batches.push_back(std::make_unique<HandedOut>(
        std::move(due), std::move(records), lists_));
  }

  // Runs `work` on the loop and waits for it.
  void OnLoop(env::Task work) {
    absl::Notification done;
    loop_->PostAlways([&work, &done] {
      work();
      done.Notify();
    });
    done.WaitForNotification();
  }

  absl::Status RequireOpen() const {
    if (!closed_) return absl::OkStatus();
    return MakeError(ErrorCode::kInvalidRequest, "the consumer is closed",
                     "create another one");
  }

  absl::Status RequireAssigned(const ConsumerPartition& partition) const {
    RETURN_IF_ERROR(RequireOpen());
    return inbox_->Has(partition) ? absl::OkStatus() : NotAssigned(partition);
  }

  const ConsumerOptions options_;
  const env::SystemClock clock_;
  std::shared_ptr<env::ThreadEventLoop> loop_;
  const std::shared_ptr<FetchInbox> inbox_;
  const std::shared_ptr<RecordLists> lists_;
  // Of the loop.
  std::unique_ptr<Fetcher> fetcher_;
  // Where paused partitions go on.
  std::map<ConsumerPartition, StartAt> paused_;
  bool closed_ = false;
};

absl::Status CheckOptions(const ConsumerOptions& options) {
  if (options.prefetch_bytes < 1 || options.frame_bytes < 1 ||
      options.bytes_min < 0 || options.linger < absl::ZeroDuration()) {
    return MakeError(ErrorCode::kInvalidRequest,
                     "consumer options: prefetch_bytes and frame_bytes must be "
                     "positive, bytes_min and linger not negative");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<Consumer>> Consumer::Create(
    const ConsumerOptions& options) {
  RETURN_IF_ERROR(CheckOptions(options));
  return std::make_unique<StreamingConsumer>(options);
}

}  // namespace barnabas::client
