#include "client/consumer/consumer.h"

#include <algorithm>
#include <deque>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/consumer/fetch_inbox.h"
#include "client/consumer/fetcher.h"
#include "client/consumer/frame_cursor.h"
#include "client/contact_signal.h"
#include "proto/types/error.h"
#include "proto/types/limits.h"
#include "proto/types/status_macros.h"
#include "storage/env/random.h"
#include "storage/env/system_clock.h"
#include "storage/env/thread_event_loop.h"

namespace barnabas::client {
namespace {

// What one Poll hands out unless asked otherwise. Few enough to stay in a
// core's cache between decoding and use, many enough that a Poll costs nothing.
constexpr int64_t kRecordsAtOnce = 2048;

absl::Status NotAssigned(const ConsumerPartition& partition) {
  return MakeError(ErrorCode::kInvalidRequest,
                   absl::StrCat("partition ", partition.partition, " of ",
                                partition.topic, " is not assigned"),
                   "assign it first");
}

// Records and everything that their views lie in.
class FrameRecords final : public ConsumedRecords {
 public:
  FrameRecords(const ConsumerPartition& partition,
               std::shared_ptr<ReceivedFetch> frame, RecordChunk chunk)
      : partition_(partition),
        frame_(std::move(frame)),
        chunk_(std::move(chunk)) {}

  const std::string& topic() const override { return partition_.topic; }
  int32_t partition() const override { return partition_.partition; }
  int32_t leader_epoch() const override {
    return frame_->view.message.fetch().leader_epoch();
  }
  int64_t high_watermark() const override {
    return frame_->view.message.fetch().high_watermark();
  }
  absl::Span<const record::RecordView> records() const override {
    return chunk_.records;
  }

 private:
  const ConsumerPartition partition_;
  const std::shared_ptr<ReceivedFetch> frame_;
  const RecordChunk chunk_;
};

// One assigned partition, as the polling thread sees it.
struct Place {
  // Events with another token are stale.
  uint64_t token = 0;
  StartAt start;
  std::optional<int64_t> position;
  int64_t high_watermark = -1;
  // Position at which the end was told.
  std::optional<int64_t> end_told;
  std::deque<FetchEvent> frames;
  // On the first of `frames`.
  std::unique_ptr<FrameCursor> cursor;
  bool paused = false;
  // Trouble was told; nothing more until Seek.
  absl::Status stalled;
};

class AssignedConsumer final : public Consumer {
 public:
  explicit AssignedConsumer(const ConsumerOptions& options)
      : options_(options),
        loop_(std::make_shared<env::ThreadEventLoop>(
            env::ThreadEventLoop::Options{&clock_, "consumer"})) {}
  ~AssignedConsumer() override { Close().IgnoreError(); }

  absl::Status Start();

  absl::Status Assign(absl::Span<const ConsumerPartition> partitions,
                      StartAt from) override;
  absl::Status Seek(const ConsumerPartition& partition, StartAt to) override;
  absl::Status Pause(const ConsumerPartition& partition) override;
  absl::Status Resume(const ConsumerPartition& partition) override;
  absl::StatusOr<int64_t> Position(const ConsumerPartition& partition) override;
  absl::Status SkipCorrupt(const ConsumerPartition& partition) override;
  absl::StatusOr<PollOutcome> Poll(absl::Duration timeout,
                                   int64_t records_max) override;
  void Wakeup() override { inbox_.Wake(); }
  absl::Status Close() override;

 private:
  absl::StatusOr<Place*> Find(const ConsumerPartition& partition);
  void Begin(const ConsumerPartition& partition, StartAt from, Place* place);
  void End(const ConsumerPartition& partition, Place* place);
  // Sorts news to their places; the first wait is at most `timeout`.
  bool TakeNews(absl::Duration timeout);
  void TakeEvent(FetchEvent event);
  void Collect(int64_t records_max, PollOutcome* outcome);
  // Records of one frame of `place`, if there are any.
  void ReadPlace(const ConsumerPartition& partition, int64_t records_max,
                 Place* place, PollOutcome* outcome);
  void FinishFrame(Place* place);
  void Stall(const ConsumerPartition& partition, const absl::Status& why,
             Place* place);
  static void DropFrames(Place* place);

  const ConsumerOptions options_;
  const env::SystemClock clock_;
  ContactSignal contact_;
  FetchInbox inbox_;
  const std::shared_ptr<env::ThreadEventLoop> loop_;
  // Of the loop.
  std::unique_ptr<Fetcher> fetcher_;

  // Of the polling thread.
  std::map<ConsumerPartition, Place> places_;
  std::vector<PartitionTrouble> troubles_;
  uint64_t last_token_ = 0;
  // Whose turn is first in the next Poll.
  ConsumerPartition turn_;
  bool closed_ = false;
};

absl::Status AssignedConsumer::Start() {
  Fetcher::Deps deps;
  deps.options = options_;
  deps.channels =
      std::make_shared<rpc::ChannelPool>(options_.client.client_name);
  deps.loop = loop_;
  deps.seed = env::RandomSeed();
  deps.inbox = &inbox_;
  deps.on_contact = [this](const absl::Status& status) {
    contact_.Tell(status);
  };
  RunOnLoop(loop_.get(), [&] {
    fetcher_ = std::make_unique<Fetcher>(std::move(deps));
    fetcher_->Start();
  });
  return contact_.Wait(options_.client.request_timeout, clock_);
}

absl::StatusOr<Place*> AssignedConsumer::Find(
    const ConsumerPartition& partition) {
  const auto found = places_.find(partition);
  if (found == places_.end()) return NotAssigned(partition);
  return &found->second;
}

void AssignedConsumer::DropFrames(Place* place) {
  place->cursor.reset();
  for (const FetchEvent& event : place->frames) {
    event.credit->Return(event.frame->view.message.fetch().credit_bytes());
  }
  place->frames.clear();
}

void AssignedConsumer::Begin(const ConsumerPartition& partition, StartAt from,
                             Place* place) {
  DropFrames(place);
  *place = Place();
  place->token = ++last_token_;
  place->start = from;
  if (from.kind == StartAt::Kind::kOffset) place->position = from.value;
  loop_->PostAlways([this, partition, from, token = place->token] {
    fetcher_->Begin(partition, token, from);
  });
}

void AssignedConsumer::End(const ConsumerPartition& partition, Place* place) {
  DropFrames(place);
  // What is on its way is stale.
  place->token = ++last_token_;
  loop_->PostAlways([this, partition] { fetcher_->End(partition); });
}

absl::Status AssignedConsumer::Assign(
    absl::Span<const ConsumerPartition> partitions, StartAt from) {
  if (closed_) {
    return MakeError(ErrorCode::kInvalidRequest, "the consumer is closed");
  }
  std::map<ConsumerPartition, Place> before;
  before.swap(places_);
  for (const ConsumerPartition& partition : partitions) {
    if (places_.contains(partition)) continue;
    const auto kept = before.find(partition);
    if (kept != before.end()) {
      places_[partition] = std::move(kept->second);
      before.erase(kept);
    } else {
      Begin(partition, from, &places_[partition]);
    }
  }
  for (auto& [partition, place] : before) End(partition, &place);
  return absl::OkStatus();
}

absl::Status AssignedConsumer::Seek(const ConsumerPartition& partition,
                                    StartAt to) {
  ASSIGN_OR_RETURN(Place * place, Find(partition));
  const bool paused = place->paused;
  Begin(partition, to, place);
  if (paused) return Pause(partition);
  return absl::OkStatus();
}

absl::Status AssignedConsumer::Pause(const ConsumerPartition& partition) {
  ASSIGN_OR_RETURN(Place * place, Find(partition));
  if (std::exchange(place->paused, true)) return absl::OkStatus();
  // Prefetched records would hold credit that others need.
  End(partition, place);
  return absl::OkStatus();
}

absl::Status AssignedConsumer::Resume(const ConsumerPartition& partition) {
  ASSIGN_OR_RETURN(Place * place, Find(partition));
  if (!std::exchange(place->paused, false)) return absl::OkStatus();
  if (!place->stalled.ok()) return absl::OkStatus();
  const std::optional<int64_t> end_told = place->end_told;
  Begin(partition,
        place->position.has_value() ? StartAt::Offset(*place->position)
                                    : place->start,
        place);
  place->end_told = end_told;
  return absl::OkStatus();
}

absl::Status AssignedConsumer::SkipCorrupt(const ConsumerPartition& partition) {
  ASSIGN_OR_RETURN(Place * place, Find(partition));
  const std::optional<OffsetRange> range = OffsetRangeOf(place->stalled);
  if (CodeOf(place->stalled) != ErrorCode::kCorruptRecord ||
      !range.has_value()) {
    return MakeError(ErrorCode::kInvalidRequest,
                     "the partition did not stop at a corrupt batch");
  }
  return Seek(partition,
              StartAt::Offset(std::max(range->end.value(),
                                       place->position.value_or(0) + 1)));
}

absl::StatusOr<int64_t> AssignedConsumer::Position(
    const ConsumerPartition& partition) {
  const absl::Duration until =
      clock_.Monotonic() + options_.client.request_timeout;
  while (true) {
    ASSIGN_OR_RETURN(Place * place, Find(partition));
    if (place->position.has_value()) return *place->position;
    if (!place->stalled.ok()) return place->stalled;
    const absl::Duration left = until - clock_.Monotonic();
    if (left <= absl::ZeroDuration() || place->paused) break;
    if (TakeNews(left)) inbox_.Wake();
    for (const PartitionTrouble& trouble : troubles_) {
      if (trouble.partition == partition) return trouble.status;
    }
  }
  return MakeError(ErrorCode::kRequestTimedOut,
                   "no broker said where reading begins",
                   "see whether the partition has a leader: barnabas topic "
                   "describe");
}

bool AssignedConsumer::TakeNews(absl::Duration timeout) {
  bool woken = false;
  for (FetchEvent& event : inbox_.Take(timeout, &woken)) {
    TakeEvent(std::move(event));
  }
  return woken;
}

void AssignedConsumer::TakeEvent(FetchEvent event) {
  const auto found = places_.find(event.partition);
  if (found == places_.end() || found->second.token != event.token) {
    if (event.frame != nullptr) {
      event.credit->Return(event.frame->view.message.fetch().credit_bytes());
    }
    return;
  }
  Place& place = found->second;
  place.high_watermark = std::max(place.high_watermark, event.high_watermark);
  if (event.started_at.has_value() && !place.position.has_value()) {
    place.position = event.started_at;
  }
  if (!event.trouble.ok()) {
    // A topic that is not there may still come; the fetcher goes on trying.
    const bool may_come = CodeOf(event.trouble) == ErrorCode::kUnknownTopic ||
                          CodeOf(event.trouble) == ErrorCode::kUnknownPartition;
    if (may_come) {
      troubles_.push_back({event.partition, event.trouble});
    } else {
      Stall(event.partition, event.trouble, &place);
    }
  }
  if (event.frame != nullptr) place.frames.push_back(std::move(event));
}

void AssignedConsumer::Stall(const ConsumerPartition& partition,
                             const absl::Status& why, Place* place) {
  // Frames fetched before the trouble are whole: hand them out first.
  place->stalled = why;
  if (place->frames.empty()) troubles_.push_back({partition, why});
}

void AssignedConsumer::FinishFrame(Place* place) {
  const FetchEvent& event = place->frames.front();
  const v1::FetchFrame& frame = event.frame->view.message.fetch();
  place->position = std::max(place->position.value_or(0), frame.next_offset());
  event.credit->Return(frame.credit_bytes());
  place->cursor.reset();
  place->frames.pop_front();
}

void AssignedConsumer::ReadPlace(const ConsumerPartition& partition,
                                 int64_t records_max, Place* place,
                                 PollOutcome* outcome) {
  RecordChunk chunk;
  std::shared_ptr<ReceivedFetch> frame;
  absl::Status status;
  while (chunk.records.empty() && status.ok() && !place->frames.empty()) {
    frame = place->frames.front().frame;
    if (!place->position.has_value()) place->position = 0;
    if (place->cursor == nullptr) {
      place->cursor = std::make_unique<FrameCursor>(frame->view.encoded,
                                                    options_.check_crc);
    }
    status = place->cursor->Read(records_max, &*place->position, &chunk);
    if (status.ok() && place->cursor->AtEnd()) {
      FinishFrame(place);
      if (place->frames.empty() && !place->stalled.ok()) {
        troubles_.push_back({partition, place->stalled});
      }
    }
  }
  if (!chunk.records.empty()) {
    outcome->batches.push_back(std::make_unique<FrameRecords>(
        partition, std::move(frame), std::move(chunk)));
  }
  if (status.ok()) return;
  End(partition, place);
  Stall(partition, status, place);
}

void AssignedConsumer::Collect(int64_t records_max, PollOutcome* outcome) {
  int64_t left = records_max > 0 ? records_max : kRecordsAtOnce;
  auto at = places_.find(turn_);
  // A frame that was begun is finished first: its batch is at hand.
  if (at == places_.end() || at->second.cursor == nullptr) {
    at = places_.upper_bound(turn_);
  }
  for (size_t turns = places_.size(); turns > 0 && left > 0; --turns, ++at) {
    if (at == places_.end()) at = places_.begin();
    auto& [partition, place] = *at;
    const size_t before = outcome->batches.size();
    ReadPlace(partition, left, &place, outcome);
    if (outcome->batches.size() > before) {
      turn_ = partition;
      left -= static_cast<int64_t>(outcome->batches.back()->records().size());
    }
    const bool at_end = place.frames.empty() && place.stalled.ok() &&
                        place.position.has_value() && !place.paused &&
                        place.high_watermark >= 0 &&
                        *place.position >= place.high_watermark;
    if (at_end && place.end_told != place.position) {
      place.end_told = place.position;
      outcome->at_end.push_back(partition);
    }
  }
}

absl::StatusOr<PollOutcome> AssignedConsumer::Poll(absl::Duration timeout,
                                                   int64_t records_max) {
  if (closed_) {
    return MakeError(ErrorCode::kInvalidRequest, "the consumer is closed");
  }
  PollOutcome outcome;
  if (places_.empty()) return outcome;
  const absl::Duration until = clock_.Monotonic() + timeout;
  bool woken = TakeNews(absl::ZeroDuration());
  while (true) {
    Collect(records_max, &outcome);
    outcome.troubles = std::exchange(troubles_, {});
    const absl::Duration left = until - clock_.Monotonic();
    if (!outcome.Empty() || !outcome.at_end.empty() || woken ||
        left <= absl::ZeroDuration()) {
      return outcome;
    }
    woken = TakeNews(left);
  }
}

absl::Status AssignedConsumer::Close() {
  if (std::exchange(closed_, true)) return absl::OkStatus();
  if (fetcher_ != nullptr) {
    RunOnLoop(loop_.get(), [this] { fetcher_->Stop(); });
  }
  // No task runs any more that could know the fetcher.
  loop_->Stop();
  fetcher_.reset();
  places_.clear();
  return absl::OkStatus();
}

absl::Status Check(const ConsumerOptions& options) {
  const auto wrong = [](std::string_view what) {
    return MakeError(ErrorCode::kInvalidRequest, what);
  };
  if (options.prefetch_bytes <= 0 ||
      options.prefetch_bytes > kFetchCreditBytesMax) {
    return wrong("prefetch_bytes must lie between 1 and 256 MiB");
  }
  if (options.frame_bytes <= 0 || options.frame_bytes > kBatchBytesMax) {
    return wrong("frame_bytes must lie between 1 and 32 MiB");
  }
  if (options.bytes_min < 0 || options.linger < absl::ZeroDuration() ||
      options.client.request_timeout <= absl::ZeroDuration()) {
    return wrong("bytes_min and times must not be below zero");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<std::unique_ptr<Consumer>> Consumer::Create(
    const ConsumerOptions& options) {
  RETURN_IF_ERROR(Check(options));
  auto consumer = std::make_unique<AssignedConsumer>(options);
  RETURN_IF_ERROR(consumer->Start());
  return consumer;
}

}  // namespace barnabas::client
