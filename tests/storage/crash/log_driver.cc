#include "tests/storage/crash/log_driver.h"

#include <glog/logging.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "tests/storage/log/log_fixture.h"
#include "tests/support/batches.h"

namespace barnabas::crash {
namespace {

constexpr int64_t kProducers = 4;
constexpr record::Codec kCodecs[] = {record::Codec::kNone, record::Codec::kGzip,
                                     record::Codec::kSnappy,
                                     record::Codec::kLz4, record::Codec::kZstd};

}  // namespace

int64_t LogDriver::Draw(int64_t below) {
  return static_cast<int64_t>((*random_)() % static_cast<uint64_t>(below));
}

void LogDriver::Attach(std::unique_ptr<log::PartitionLog> log) {
  log_ = std::move(log);
  epoch_ = std::max(epoch_, log_->facts().last_epoch.value());
  sequences_.clear();
}

void LogDriver::Drop() {
  job_.reset();
  log_.reset();
}

record::BatchProducer LogDriver::DrawProducer() {
  record::BatchProducer producer;
  if (Draw(2) == 0) return producer;
  producer.id = ProducerId(1 + Draw(kProducers));
  const auto [sequence, fresh] = sequences_.try_emplace(producer.id, 0);
  if (fresh) ++producer_epochs_[producer.id];
  producer.epoch = ProducerEpoch(producer_epochs_[producer.id]);
  producer.base_sequence = sequence->second;
  return producer;
}

absl::Status LogDriver::Append() {
  const record::BatchProducer producer = DrawProducer();
  const int count = static_cast<int>(1 + Draw(5));
  const int64_t time_ms = 1000 + Draw(500);
  std::vector<int64_t> times_ms;
  for (int i = 0; i < count; ++i) times_ms.push_back(time_ms + i);
  return Store(support::SimpleBatch(count, time_ms, producer),
               std::move(times_ms), producer);
}

absl::Status LogDriver::AppendLarge() {
  const record::BatchProducer producer = DrawProducer();
  std::vector<support::TestRecord> records;
  std::vector<int64_t> times_ms;
  const int64_t count = 1 + Draw(6);
  for (int64_t i = 0; i < count; ++i) {
    support::TestRecord& record = records.emplace_back();
    record.timestamp_ms = 1000 + Draw(500);
    if (Draw(3) != 0) record.key = std::to_string(Draw(20));
    std::string value(static_cast<size_t>(Draw(280)), '\0');
    for (char& byte : value) byte = static_cast<char>(Draw(256));
    if (Draw(5) != 0) record.value = std::move(value);
    if (Draw(3) == 0) record.headers.emplace_back("h", "x");
    times_ms.push_back(record.timestamp_ms);
  }
  const record::Codec codec = kCodecs[Draw(std::size(kCodecs))];
  return Store(support::BatchOf(records, codec, producer), std::move(times_ms),
               producer);
}

absl::Status LogDriver::Store(std::string sent, std::vector<int64_t> times_ms,
                              const record::BatchProducer& producer) {
  if (log_->facts().failed) {
    return log::AppendTo(log_.get(), sent, epoch_).status();
  }
  const Offset base = log_->facts().log_end;
  std::string stored = support::Stored(sent, base, LeaderEpoch(epoch_));
  const record::BatchHeader header = support::HeaderOf(stored);
  const int32_t records = static_cast<int32_t>(times_ms.size());
  model_->Appending({header, std::move(stored), sent, std::move(times_ms)});
  const absl::Status status = log::AppendTo(log_.get(), sent, epoch_).status();
  if (status.ok() && producer.id != kNoProducer) {
    sequences_[producer.id] += records;
  }
  return Told(status);
}

absl::Status LogDriver::Told(const absl::Status& status) {
  const log::PartitionLog::Facts facts = log_->facts();
  if (status.ok()) {
    model_->Done(facts);
  } else {
    model_->Refused(facts);
  }
  return status;
}

void LogDriver::StartFlush() {
  if (job_ == nullptr) job_ = log_->StartFlush();
}

absl::Status LogDriver::RunFlush() {
  StartFlush();
  if (job_ == nullptr) return absl::OkStatus();
  const log::PartitionLog::Facts before = log_->facts();
  const std::unique_ptr<log::FlushJob> job = std::move(job_);
  const absl::Status status = job->Run();
  log_->FinishFlush(*job, status);
  if (before.failed) {
    CHECK_EQ(before.durable_end, log_->facts().durable_end)
        << "S6: a failed log became more durable";
  } else if (status.ok()) {
    model_->Done(log_->facts());
  }
  return status;
}

absl::Status LogDriver::Truncate(int64_t records_max) {
  const log::PartitionLog::Facts facts = log_->facts();
  const int64_t held = Distance(facts.log_start, facts.log_end);
  if (facts.failed) return log_->TruncateSuffix(facts.log_start);
  if (held == 0) return absl::OkStatus();
  const Offset at = facts.log_end.Plus(-1 - Draw(std::min(held, records_max)));
  Offset end = facts.log_start;
  for (const ModelBatch& batch : model_->batches()) {
    if (batch.base() <= at) end = std::max(end, batch.base());
  }
  model_->Truncating(end);
  sequences_.clear();
  return Told(log_->TruncateSuffix(at));
}

absl::Status LogDriver::MoveStart() {
  const log::PartitionLog::Facts facts = log_->facts();
  const int64_t held = Distance(facts.log_start, facts.log_end);
  return MoveStartTo(facts.log_start.Plus(Draw(held + 1)));
}

absl::Status LogDriver::BeginBeyondEnd() {
  sequences_.clear();
  return MoveStartTo(log_->facts().log_end.Plus(1 + Draw(50)));
}

absl::Status LogDriver::MoveStartTo(Offset start) {
  if (log_->facts().failed) return log_->AdvanceStart(start);
  if (start == log_->facts().log_start) return absl::OkStatus();
  model_->Advancing(start);
  return Told(log_->AdvanceStart(start));
}

absl::Status LogDriver::Retain() {
  const log::PartitionLog::Facts facts = log_->facts();
  log::KeptRange kept;
  if (Draw(2) == 0) kept.oldest_ms = 1000 + Draw(600);
  if (!kept.oldest_ms || Draw(2) == 0) kept.bytes_max = Draw(6000);
  const Offset limit = facts.durable_end;
  if (facts.failed) return log_->AdvanceStart(kept, limit);
  model_->Retaining(limit);
  return Told(log_->AdvanceStart(kept, limit));
}

absl::Status LogDriver::Close() {
  job_.reset();
  const absl::Status status = log_->Close();
  if (status.ok()) model_->Done(log_->facts());
  return status;
}

}  // namespace barnabas::crash
