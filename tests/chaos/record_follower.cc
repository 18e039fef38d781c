#include "tests/chaos/record_follower.h"

#include <glog/logging.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "proto/types/error.h"
#include "tests/chaos/record_text.h"

namespace barnabas::chaos {
namespace {

constexpr absl::Duration kPoll = absl::Milliseconds(200);
// How far a jump goes back at most.
constexpr uint64_t kJumpMax = 500;

}  // namespace

ReadRecord ReadRecordOf(const record::RecordView& record) {
  ReadRecord read;
  read.offset = record.offset.value();
  read.timestamp_ms = record.timestamp_ms;
  const auto whose =
      record.value.has_value() ? ParseRecordText(*record.value) : std::nullopt;
  if (whose.has_value()) std::tie(read.producer, read.number) = *whose;
  return read;
}

RecordFollower::RecordFollower(const ClientSet* set, const FollowerPlan& plan)
    : set_(set), plan_(plan), positions_(set->logs.size(), 0) {
  client::ConsumerOptions options;
  options.client = set->options;
  options.prefetch_bytes = 256 * 1024;
  options.frame_bytes = 16 * 1024;
  auto made = client::Consumer::Create(options);
  CHECK(made.ok()) << made.status();
  consumer_ = *std::move(made);
  set_->file->Add(ConsumerLine(plan_.id, {false, !plan_.jumps}));
  std::vector<client::ConsumerPartition> partitions;
  for (size_t log = 0; log < set_->logs.size(); ++log) {
    partitions.push_back(PartitionOf(static_cast<int32_t>(log)));
    Begin(static_cast<int32_t>(log), 0);
  }
  const absl::Status assigned =
      consumer_->Assign(partitions, client::StartAt::Offset(0));
  CHECK(assigned.ok()) << assigned;
  thread_ = std::thread([this] { Run(); });
}

RecordFollower::~RecordFollower() { Stop(); }

void RecordFollower::Stop() {
  if (!thread_.joinable()) return;
  stopped_ = true;
  consumer_->Wakeup();
  thread_.join();
  consumer_->Close().IgnoreError();
}

client::ConsumerPartition RecordFollower::PartitionOf(int32_t log) const {
  return {set_->logs[log].topic, set_->logs[log].partition};
}

int32_t RecordFollower::LogOf(
    const client::ConsumerPartition& partition) const {
  for (size_t log = 0; log < set_->logs.size(); ++log) {
    if (PartitionOf(static_cast<int32_t>(log)) == partition) {
      return static_cast<int32_t>(log);
    }
  }
  LOG(FATAL) << "nobody asked for " << partition.topic;
}

void RecordFollower::Begin(int32_t log, int64_t offset) {
  Reading begin;
  begin.kind = Reading::Kind::kBegin;
  begin.consumer = plan_.id;
  begin.log = log;
  begin.at_ns = set_->NowNs();
  begin.offset = offset;
  set_->file->Add(ReadingLine(begin));
  absl::MutexLock lock(&mutex_);
  positions_[log] = offset;
}

void RecordFollower::Run() {
  while (!stopped_) {
    if (jump_.exchange(false)) JumpNow();
    const auto polled = consumer_->Poll(kPoll);
    CHECK(polled.ok()) << polled.status();
    for (const auto& records : polled->batches) TakeRecords(*records);
    for (const auto& trouble : polled->troubles) TakeTrouble(trouble);
  }
}

void RecordFollower::JumpNow() {
  for (size_t i = 0; i < set_->logs.size(); ++i) {
    const int32_t log = static_cast<int32_t>(i);
    int64_t back = static_cast<int64_t>(Mix(plan_.seed + ++jumps_) % kJumpMax);
    {
      absl::MutexLock lock(&mutex_);
      back = std::min(back, positions_[log]);
      back = positions_[log] - back;
    }
    const absl::Status sought =
        consumer_->Seek(PartitionOf(log), client::StartAt::Offset(back));
    CHECK(sought.ok()) << sought;
    Begin(log, back);
  }
}

void RecordFollower::TakeRecords(const client::ConsumedRecords& records) {
  Reading reading;
  reading.consumer = plan_.id;
  reading.log = LogOf({records.topic(), records.partition()});
  reading.at_ns = set_->NowNs();
  reading.epoch = records.leader_epoch();
  reading.high_watermark = records.high_watermark();
  for (const record::RecordView& record : records.records()) {
    reading.records.push_back(ReadRecordOf(record));
  }
  if (reading.records.empty()) return;
  set_->file->Add(ReadingLine(reading));
  absl::MutexLock lock(&mutex_);
  positions_[reading.log] = reading.records.back().offset + 1;
}

void RecordFollower::TakeTrouble(const client::PartitionTrouble& trouble) {
  Reading told;
  told.kind = Reading::Kind::kTrouble;
  told.consumer = plan_.id;
  told.log = LogOf(trouble.partition);
  told.at_ns = set_->NowNs();
  told.text = trouble.status.ToString();
  set_->file->Add(ReadingLine(told));
  const std::optional<OffsetRange> range = OffsetRangeOf(trouble.status);
  if (CodeOf(trouble.status) != ErrorCode::kOffsetOutOfRange || !range) return;
  const int64_t end = range->end.value();
  const absl::Status sought =
      consumer_->Seek(trouble.partition, client::StartAt::Offset(end));
  CHECK(sought.ok()) << sought;
  Begin(told.log, end);
}

bool RecordFollower::AwaitPositions(
    const std::map<int32_t, History::Range>& ends,
    absl::Duration patience) const {
  absl::MutexLock lock(&mutex_);
  const auto reached = [&] {
    mutex_.AssertReaderHeld();
    return std::all_of(ends.begin(), ends.end(), [this](const auto& end) {
      mutex_.AssertReaderHeld();
      return positions_[end.first] >= end.second.end;
    });
  };
  return mutex_.AwaitWithTimeout(absl::Condition(&reached), patience);
}

}  // namespace barnabas::chaos
