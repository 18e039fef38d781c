#include "broker/replication/partition.h"

#include <glog/logging.h>

#include <algorithm>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/types/span.h"
#include "proto/types/limits.h"
#include "proto/types/status_macros.h"
#include "proto/types/text.h"

namespace barnabas::broker {
namespace {

// Readers that one partition lets wait: far above any sane number of
// consumers, far below what would hurt.
constexpr size_t kReadersMax = 100 * 1000;

// How long a flush waits for a place in a full worker pool.
constexpr absl::Duration kFlushRetry = absl::Milliseconds(5);

replica::FlushMode ModeOf(log::FlushPolicy policy) {
  switch (policy) {
    case log::FlushPolicy::kDisk:
      return replica::FlushMode::kDisk;
    case log::FlushPolicy::kOs:
      return replica::FlushMode::kOs;
  }
  return replica::FlushMode::kDisk;
}

}  // namespace

absl::Status NotLedHere(const Leadership& leadership, PartitionIndex partition,
                        std::string_view topic) {
  if (leadership.leader.broker != kNoBroker) {
    return WithLeader(
        MakeError(ErrorCode::kNotLeader,
                  absl::StrCat("this broker does not lead partition ",
                               partition.value(), " of ", AsAbsl(topic)),
                  "go to the broker that the detail names"),
        leadership.leader);
  }
  const bool one = leadership.awaited.size() == 1;
  const std::string who =
      absl::StrCat(one ? "broker " : "brokers ",
                   absl::StrJoin(leadership.awaited, ", ",
                                 [](std::string* text, BrokerId id) {
                                   absl::StrAppend(text, id.value());
                                 }));
  return WithLeader(
      MakeError(ErrorCode::kLeaderNotAvailable,
                absl::StrCat("partition ", partition.value(), " of ",
                             AsAbsl(topic), " is unavailable: ", who,
                             one ? ", alone in sync, is down"
                                 : ", alone in sync, are down"),
                absl::StrCat("start ", who, " with its data directory")),
      leadership.leader);
}

Partition::Partition(const Deps& deps, const TopicPartition& key,
                     std::string topic, const PartitionSettings& settings)
    : deps_(deps),
      key_(key),
      topic_(std::move(topic)),
      counters_(deps.metrics->ForTopic(topic_)),
      readers_(kReadersMax),
      acks_(deps.metrics, &deps.loop->clock()) {
  absl::MutexLock lock(&mutex_);
  published_.settings = settings;
  published_.closed =
      MakeError(ErrorCode::kBrokerNotAvailable,
                absl::StrCat("partition ", key_.partition.value(), " of ",
                             topic_, " is being opened on this broker"),
                "try again in a moment");
}

Partition::Published Partition::Snapshot() const {
  absl::MutexLock lock(&mutex_);
  return published_;
}

PartitionSettings Partition::settings() const {
  absl::MutexLock lock(&mutex_);
  return published_.settings;
}

absl::Status Partition::CheckServed(const Published& now,
                                    std::optional<LeaderEpoch> epoch) const {
  RETURN_IF_ERROR(now.closed);
  const Leadership& leadership = now.leadership;
  if (!leadership.leading) {
    return NotLedHere(leadership, key_.partition, topic_);
  }
  return replica::CheckLeaderEpoch(leadership.epoch, epoch);
}

absl::StatusOr<Partition::Positions> Partition::Serve(
    std::optional<LeaderEpoch> epoch) const {
  const Published now = Snapshot();
  RETURN_IF_ERROR(CheckServed(now, epoch));
  const log::PartitionLog::Facts facts = now.log->facts();
  return Positions{
      .log_start = facts.log_start,
      .high_watermark = Offset(high_watermark_.load(std::memory_order_acquire)),
      .log_end = facts.log_end,
      .durable_end = facts.durable_end,
      .epoch = now.leadership.epoch,
      .size_bytes = facts.size_bytes,
  };
}

absl::StatusOr<log::ReadOutcome> Partition::Read(
    Offset from, int64_t bytes_max, log::ReadCursor* cursor,
    absl::FunctionRef<char*(size_t)> allocate) const {
  const Published now = Snapshot();
  RETURN_IF_ERROR(CheckServed(now, std::nullopt));
  const Offset end(high_watermark_.load(std::memory_order_acquire));
  // Readers may stand above the high watermark (after the log end was told to
  // them) but not beyond the log end; the log checks both sides.
  if (from >= end) {
    const log::PartitionLog::Facts facts = now.log->facts();
    if (from > facts.log_end) {
      return WithOffsetRange(
          MakeError(ErrorCode::kOffsetOutOfRange,
                    absl::StrCat("offset ", from.value(),
                                 " lies beyond the "
                                 "log end ",
                                 facts.log_end.value()),
                    "seek to an offset in the range, or to start or end"),
          {facts.log_start, facts.log_end});
    }
    return log::ReadOutcome{.bytes = {}, .next_offset = from};
  }
  absl::StatusOr<log::ReadOutcome> outcome =
      now.log->Read(from, end, bytes_max, cursor, allocate);
  if (outcome.ok()) {
    counters_.fetched_bytes->Add(static_cast<int64_t>(outcome->bytes.size()));
  } else if (CodeOf(outcome.status()) == ErrorCode::kCorruptRecord) {
    deps_.metrics->corruptions()->Increment();
  }
  return outcome;
}

absl::StatusOr<std::shared_ptr<const log::PartitionLog>> Partition::Log()
    const {
  const Published now = Snapshot();
  RETURN_IF_ERROR(now.closed);
  return std::shared_ptr<const log::PartitionLog>(now.log);
}

void Partition::Open(absl::StatusOr<std::unique_ptr<log::PartitionLog>> log) {
  if (closing_ != nullptr) {
    // Deleted while it was being opened.
    if (log.ok()) {
      absl::MutexLock lock(&mutex_);
      published_.log = *std::move(log);
    }
    CloseLog();
    return;
  }
  Leadership leadership;
  {
    absl::MutexLock lock(&mutex_);
    if (log.ok()) {
      published_.log = *std::move(log);
      published_.closed = absl::OkStatus();
    } else {
      published_.closed = log.status();
    }
    leadership = published_.leadership;
  }
  if (log.ok()) Lead(leadership);
}

void Partition::Lead(const Leadership& leadership) {
  std::shared_ptr<log::PartitionLog> log;
  PartitionSettings settings;
  {
    absl::MutexLock lock(&mutex_);
    published_.leadership = leadership;
    if (published_.closed.ok()) log = published_.log;
    settings = published_.settings;
  }
  acks_.SetLeaderAlone(leadership.in_sync == 1 && leadership.replicas > 1);
  if (log == nullptr) return;
  if (leadership.leading && state_.has_value()) {
    state_->SetEpoch(leadership.epoch);
    return;
  }
  if (leadership.leading) {
    const log::PartitionLog::Facts facts = log->facts();
    state_.emplace(replica::LeaderState::Options{
        .epoch = leadership.epoch,
        .durable_end = facts.durable_end,
        .log_end = facts.log_end,
        .flush = ModeOf(settings.log.flush),
        .background_bytes = settings.flush_interval_bytes,
    });
    Publish(state_->high_watermark());
    // What recovery left above the durable point is synced now.
    Carry(state_->OnAppended(facts.log_end, facts.unsynced_bytes));
    return;
  }
  state_.reset();
  RefuseWaiting(CheckServed(Snapshot(), std::nullopt));
  readers_.Close();
}

void Partition::Configure(const PartitionSettings& settings) {
  std::shared_ptr<log::PartitionLog> log;
  {
    absl::MutexLock lock(&mutex_);
    published_.settings = settings;
    if (published_.closed.ok()) log = published_.log;
  }
  if (log == nullptr) return;
  log->SetConfig(settings.log);
  if (!state_.has_value()) return;
  Carry(state_->SetFlush(ModeOf(settings.log.flush),
                         settings.flush_interval_bytes));
}

absl::Status Partition::CheckProduce(const ProducedBatch& batch) const {
  absl::MutexLock lock(&mutex_);
  RETURN_IF_ERROR(CheckServed(published_, batch.leader_epoch));
  RETURN_IF_ERROR(state_->CheckUsable());
  if (deps_.disk != nullptr) RETURN_IF_ERROR(deps_.disk->Check());
  const int32_t needed = published_.settings.min_insync_replicas;
  if (batch.acks == v1::ACKS_ALL && published_.leadership.in_sync < needed) {
    return MakeError(
        ErrorCode::kNotEnoughReplicas,
        absl::StrCat(published_.leadership.in_sync, " replicas of partition ",
                     key_.partition.value(), " of ", topic_,
                     " are in sync, min.insync.replicas asks for ", needed),
        "wait for replicas to catch up, or lower min.insync.replicas");
  }
  return absl::OkStatus();
}

void Partition::Produce(ProducedBatch batch) {
  const absl::Status checked = CheckProduce(batch);
  if (!checked.ok()) {
    acks_.Refuse(batch, checked);
    return;
  }
  if (batch.records != nullptr) {
    Gather(std::move(batch));
    return;
  }
  // A sender's order: what gathered came first.
  if (!gathering_.Empty()) DrainGathered();
  AppendOne(std::move(batch));
}

void Partition::Gather(ProducedBatch batch) {
  log::LogConfig config;
  {
    absl::MutexLock lock(&mutex_);
    config = published_.settings.log;
  }
  const absl::Status added =
      gathering_.Add(&batch, config, deps_.loop->clock().WallMs());
  if (!added.ok()) {
    acks_.Refuse(batch, added);
    return;
  }
  if (gathering_.bytes() >= config.message_bytes_max) {
    DrainGathered();
    return;
  }
  // While a sync that acks wait for is under way, what gathers belongs to the
  // next round anyway.
  if (flushing_ && config.flush == log::FlushPolicy::kDisk) return;
  if (drain_posted_) return;
  drain_posted_ = true;
  deps_.loop->PostAlways([self = shared_from_this()] {
    self->drain_posted_ = false;
    if (!self->gathering_.Empty()) self->DrainGathered();
  });
}

void Partition::DrainGathered() {
  const Published now = Snapshot();
  std::vector<GatheredBatch> drained =
      gathering_.Drain(now.settings.log.message_bytes_max);
  for (GatheredBatch& gathered : drained) {
    AppendGathered(std::move(gathered));
  }
}

void Partition::AppendOne(ProducedBatch batch) {
  const std::shared_ptr<log::PartitionLog> log = Snapshot().log;
  absl::StatusOr<log::AppendOutcome> outcome = log->AppendAsLeader(
      {.header = batch.header, .slices = batch.slices}, state_->epoch());
  if (!outcome.ok()) {
    acks_.Refuse(batch, outcome.status());
    return;
  }
  counters_.produced_records->Add(batch.header.record_count);
  counters_.produced_bytes->Add(batch.header.SizeBytes());
  acks_.Add(batch, {outcome->base_offset, outcome->next_offset},
            state_->epoch(), *outcome);
  AfterAppend(*outcome, batch.header.SizeBytes());
}

void Partition::AppendGathered(GatheredBatch gathered) {
  const std::shared_ptr<log::PartitionLog> log = Snapshot().log;
  const std::string_view bytes = gathered.bytes;
  const std::optional<record::BatchHeader> header =
      record::BatchHeader::Parse(bytes);
  CHECK(header.has_value()) << "a finished batch has a header";
  CHECK(state_.has_value()) << "only a leader drains what gathered";
  const absl::StatusOr<log::AppendOutcome> outcome = log->AppendAsLeader(
      {.header = *header, .slices = absl::MakeConstSpan(&bytes, 1)},
      state_->epoch());
  if (!outcome.ok()) {
    for (const GatheredBatch::Part& part : gathered.parts) {
      acks_.Refuse(part.from, outcome.status());
    }
    return;
  }
  counters_.produced_records->Add(header->record_count);
  counters_.produced_bytes->Add(header->SizeBytes());
  for (const GatheredBatch::Part& part : gathered.parts) {
    const Offset begin = outcome->base_offset.Plus(part.first);
    acks_.Add(part.from, {begin, begin.Plus(part.count)}, state_->epoch(),
              *outcome);
  }
  AfterAppend(*outcome, header->SizeBytes());
}

void Partition::AfterAppend(const log::AppendOutcome& outcome, int64_t bytes) {
  if (deps_.disk != nullptr && !outcome.duplicate) deps_.disk->Wrote(bytes);
  const log::PartitionLog::Facts facts = Snapshot().log->facts();
  Carry(state_->OnAppended(facts.log_end, facts.unsynced_bytes));
  // A duplicate moves nothing, but may have been passed already.
  if (outcome.duplicate) {
    acks_.Release(state_->high_watermark(), state_->durable_end());
  }
}

void Partition::RefuseWaiting(const absl::Status& why) {
  if (!gathering_.Empty()) {
    for (const GatheredBatch& gathered : gathering_.Drain(kBatchBytesMax)) {
      for (const GatheredBatch::Part& part : gathered.parts) {
        acks_.Refuse(part.from, why);
      }
    }
  }
  acks_.RefuseAll(why);
}

void Partition::Carry(const replica::Step& step) {
  if (step.start_flush) StartFlush();
  if (step.arm_timer) {
    const int64_t interval_ms = settings().flush_interval_ms;
    deps_.loop->After(absl::Milliseconds(interval_ms),
                      [weak = weak_from_this()] {
                        const std::shared_ptr<Partition> self = weak.lock();
                        if (self == nullptr || !self->state_) return;
                        self->Carry(self->state_->OnFlushDue());
                      });
  }
  if (!step.advanced) return;
  Publish(state_->high_watermark());
  acks_.Release(state_->high_watermark(), state_->durable_end());
}

void Partition::Publish(Offset high_watermark) {
  high_watermark_.store(high_watermark.value(), std::memory_order_release);
  // Before acks are written: a reader then begins while they are.
  readers_.Advance(high_watermark);
}

void Partition::StartFlush() {
  // One of an earlier leadership may still be under way; its end asks again.
  if (flushing_) return;
  std::unique_ptr<log::FlushJob> job = Snapshot().log->StartFlush();
  flushing_ = true;
  if (job == nullptr) {
    // Became durable by other means, such as rolling a segment.
    deps_.loop->PostAlways(
        [self = shared_from_this()] { self->Flushed(absl::OkStatus()); });
    return;
  }
  RunFlush(std::move(job));
}

void Partition::RunFlush(std::shared_ptr<log::FlushJob> job) {
  const bool taken = deps_.workers->Run([self = shared_from_this(), job] {
    const env::Clock& clock = self->deps_.loop->clock();
    const absl::Duration begin = clock.Monotonic();
    const absl::Status result = job->Run();
    self->deps_.metrics->sync_nanoseconds()->Record(
        absl::ToInt64Nanoseconds(clock.Monotonic() - begin));
    self->deps_.loop->PostAlways([self, job, result] {
      self->Snapshot().log->FinishFlush(*job, result);
      self->Flushed(result);
    });
  });
  if (taken) return;
  deps_.loop->After(kFlushRetry,
                    [self = shared_from_this(), job] { self->RunFlush(job); });
}

void Partition::Flushed(const absl::Status& result) {
  flushing_ = false;
  if (state_.has_value() && !result.ok()) {
    LOG(ERROR) << "Partition " << key_ << " (" << topic_
               << ") takes nothing more, its sync failed: " << result;
    state_->OnFlushFailed();
    RefuseWaiting(WithHint(result, "look at the disk, restart the broker"));
  } else if (state_.has_value()) {
    if (!gathering_.Empty()) DrainGathered();
    Carry(state_->OnFlushed(Snapshot().log->facts().durable_end));
  }
  // What was accepted is acknowledged before the log closes.
  if (closing_ != nullptr && !flushing_) CloseLog();
}

absl::Status Partition::RunOnLog(LogWork work) {
  const Published now = Snapshot();
  RETURN_IF_ERROR(CheckServed(now, std::nullopt));
  return work(now.settings, Offset(high_watermark_.load()), now.log.get());
}

void Partition::Close(const absl::Status& reason, env::Task done) {
  bool opening = false;
  {
    absl::MutexLock lock(&mutex_);
    opening = published_.log == nullptr &&
              CodeOf(published_.closed) == ErrorCode::kBrokerNotAvailable;
    published_.closed = reason;
  }
  if (!gathering_.Empty() && state_.has_value()) DrainGathered();
  closing_ = std::move(done);
  if (!flushing_ && !opening) CloseLog();
}

void Partition::CloseLog() {
  state_.reset();
  std::shared_ptr<log::PartitionLog> log;
  absl::Status reason;
  {
    absl::MutexLock lock(&mutex_);
    log = published_.log;
    reason = published_.closed;
  }
  RefuseWaiting(reason);
  readers_.Close();
  auto work = [self = shared_from_this(), log,
               done = std::move(closing_)]() mutable {
    if (log != nullptr) {
      const absl::Status closed = log->Close();
      LOG_IF(WARNING, !closed.ok())
          << "Closing the log of " << self->key_ << " failed: " << closed;
    }
    done();
  };
  closing_ = nullptr;
  if (!deps_.workers->Run(std::move(work))) {
    LOG(WARNING) << "The log of " << key_
                 << " is left unclosed: the workers have stopped";
  }
}

}  // namespace barnabas::broker
