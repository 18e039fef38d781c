#include "broker/replication/partition_acks.h"

#include <utility>

namespace barnabas::broker {
namespace {

v1::Durability DurabilityOf(bool leader_only, bool durable) {
  if (leader_only) {
    return durable ? v1::DURABILITY_LEADER_DISK : v1::DURABILITY_LEADER_MEMORY;
  }
  return durable ? v1::DURABILITY_REPLICAS_DISK
                 : v1::DURABILITY_REPLICAS_MEMORY;
}

}  // namespace

void PartitionAcks::Add(const ProducedBatch& batch, OffsetRange range,
                        LeaderEpoch epoch, const log::AppendOutcome& outcome) {
  const ProduceReceipt receipt{
      .base_offset = range.begin,
      .end_offset = range.end,
      .leader_epoch = epoch,
      .append_time_ms = outcome.append_time_ms,
      .duplicate = outcome.duplicate,
  };
  metrics_->stored()->Increment();
  if (batch.acks == v1::ACKS_NONE) {
    NoteLatency(batch.acks, batch.arrived, clock_->Monotonic());
    batch.sink->Answer(batch.ticket, receipt);
    batch.sink->AnswersEnd();
    return;
  }
  // With one replica the high watermark is the leader's own position, so
  // acks=leader and acks=all wait for the same.
  waiting_.Push(range.end, Pending{batch.sink, batch.ticket, batch.acks,
                                   batch.arrived, receipt});
}

void PartitionAcks::NoteLatency(v1::Acks acks, absl::Duration arrived,
                                absl::Duration now) {
  metrics_->ProduceLatency(acks)->Record(
      absl::ToInt64Nanoseconds(now - arrived));
}

void PartitionAcks::Release(Offset high_watermark, Offset durable_end) {
  std::shared_ptr<ProduceSink> last;
  const absl::Duration now = clock_->Monotonic();
  waiting_.Release(high_watermark, [&](Pending ack) {
    ack.receipt.durability =
        DurabilityOf(leader_alone_ || ack.acks == v1::ACKS_LEADER,
                     ack.receipt.end_offset <= durable_end);
    NoteLatency(ack.acks, ack.arrived, now);
    if (last != nullptr && last != ack.sink) last->AnswersEnd();
    ack.sink->Answer(ack.ticket, ack.receipt);
    last = std::move(ack.sink);
  });
  if (last != nullptr) last->AnswersEnd();
}

void PartitionAcks::Refuse(const ProducedBatch& batch,
                           const absl::Status& why) {
  metrics_->refused()->Increment();
  batch.sink->Answer(batch.ticket, why);
  batch.sink->AnswersEnd();
}

void PartitionAcks::RefuseAll(const absl::Status& why) {
  waiting_.ReleaseAll([&why](Pending ack) {
    ack.sink->Answer(ack.ticket, why);
    ack.sink->AnswersEnd();
  });
}

}  // namespace barnabas::broker
