#include "tests/chaos/record_sender.h"

#include <glog/logging.h>

#include <string>
#include <utility>

#include "tests/chaos/record_text.h"

namespace barnabas::chaos {
namespace {

constexpr absl::Duration kBurstGap = absl::Milliseconds(20);
// Records of one burst that go to one log.
constexpr int64_t kStretch = 7;
// Timestamps lie so much around the wall clock, so that they do not just rise.
constexpr int64_t kJitterMs = 40;

client::ProducerOptions OptionsOf(const ClientSet& set,
                                  const SenderPlan& plan) {
  client::ProducerOptions options;
  options.client = set.options;
  options.acks =
      plan.facts.acks_all ? client::Acks::kAll : client::Acks::kLeader;
  options.idempotence = plan.facts.idempotent;
  options.compression = plan.compression;
  options.batch_size = 4 * 1024;
  options.max_request_bytes = 16 * 1024;
  options.buffer_memory = 256 * 1024;
  options.delivery_timeout = absl::Minutes(5);
  options.max_block = absl::Minutes(5);
  return options;
}

}  // namespace

RecordSender::RecordSender(const ClientSet* set, const SenderPlan& plan)
    : set_(set), plan_(plan) {
  auto made = client::Producer::Create(OptionsOf(*set, plan));
  CHECK(made.ok()) << made.status();
  producer_ = *std::move(made);
  set_->file->Add(ProducerLine(plan_.id, plan_.facts));
  thread_ = std::thread([this] { Run(); });
}

RecordSender::~RecordSender() {
  if (!thread_.joinable()) return;
  stop_.Ring();
  // A Send that waits for memory ends with the producer.
  producer_->Close(absl::ZeroDuration()).IgnoreError();
  thread_.join();
}

void RecordSender::Run() {
  const int64_t burst = plan_.records_per_second * kBurstGap / absl::Seconds(1);
  int64_t number = 0;
  while (!stop_.Await(kBurstGap)) {
    for (int64_t i = 0; i < burst && !stop_.Rung(); ++i) SendOne(number++);
  }
}

void RecordSender::SendOne(int64_t number) {
  const uint64_t bits = Mix(plan_.seed + Mix(static_cast<uint64_t>(number)));
  Sent sent;
  sent.log = static_cast<int32_t>((number / kStretch + plan_.id) %
                                  static_cast<int64_t>(set_->logs.size()));
  sent.timestamp_ms = set_->clock->WallMs() +
                      static_cast<int64_t>(bits % (2 * kJitterMs)) - kJitterMs;
  sent.at_ns = set_->NowNs();
  set_->file->Add(SendLine(plan_.id, number, sent));
  const std::string value = RecordText(plan_.id, number);
  client::ProducerRecord record;
  record.topic = set_->logs[sent.log].topic;
  record.partition = set_->logs[sent.log].partition;
  record.value = value;
  record.timestamp_ms = sent.timestamp_ms;
  const absl::Status taken = producer_->Send(
      record, [this, number](const absl::StatusOr<client::Delivery>& delivery) {
        Sent told;
        told.told_ns = set_->NowNs();
        if (delivery.ok()) {
          told.outcome = Outcome::kStored;
          told.offset = delivery->offset;
          told.epoch = delivery->leader_epoch;
          told.durability = delivery->durability;
          told.duplicate = delivery->duplicate;
        }
        set_->file->AddTold(plan_.id, number, told,
                            delivery.status().ToString());
      });
  if (taken.ok()) return;
  sent.told_ns = set_->NowNs();
  sent.outcome = Outcome::kFailed;
  set_->file->AddTold(plan_.id, number, sent, taken.ToString());
}

absl::Status RecordSender::Stop(absl::Duration patience) {
  stop_.Ring();
  thread_.join();
  const absl::Status flushed = producer_->Flush(patience);
  const absl::Status closed = producer_->Close(patience);
  return flushed.ok() ? closed : flushed;
}

}  // namespace barnabas::chaos
