#include "tests/chaos/time_prober.h"

#include <glog/logging.h>

#include <utility>

#include "tests/chaos/record_text.h"

namespace barnabas::chaos {
namespace {

constexpr absl::Duration kGap = absl::Milliseconds(10);
// Questions reach so far beyond the present, where nothing is yet.
constexpr int64_t kAheadMs = 50;

}  // namespace

TimeProber::TimeProber(const ClientSet* set, uint64_t seed)
    : set_(set), seed_(seed), begin_ms_(set->clock->WallMs()) {
  client::ClientOptions options = set->options;
  options.request_timeout = absl::Seconds(5);
  auto made = client::Admin::Create(options);
  CHECK(made.ok()) << made.status();
  admin_ = *std::move(made);
  thread_ = std::thread([this] { Run(); });
}

void TimeProber::Stop() {
  if (!thread_.joinable()) return;
  stop_.Ring();
  thread_.join();
}

void TimeProber::Run() {
  uint64_t bits = Mix(seed_);
  while (!stop_.Await(kGap)) Ask(bits = Mix(bits));
}

void TimeProber::Ask(uint64_t bits) {
  TimeAnswer answer;
  answer.log = static_cast<int32_t>(bits % set_->logs.size());
  const int64_t span = set_->clock->WallMs() + kAheadMs - begin_ms_;
  answer.target_ms =
      begin_ms_ + static_cast<int64_t>(Mix(bits) % static_cast<uint64_t>(span));
  answer.asked_ns = set_->NowNs();
  v1::OffsetsForTimesRequest request;
  request.mutable_topic()->set_name(set_->logs[answer.log].topic);
  request.add_partitions(set_->logs[answer.log].partition);
  request.set_timestamp_ms(answer.target_ms);
  const auto response = admin_->leaders().OffsetsForTimes(request);
  if (!response.ok() || response->partitions_size() != 1) return;
  const v1::PartitionTimeOffset& found = response->partitions(0);
  if (found.has_error()) return;
  if (found.has_offset()) {
    answer.offset = found.offset();
    answer.timestamp_ms = found.timestamp_ms();
    answer.epoch = found.leader_epoch();
  }
  set_->file->Add(TimeLine(answer));
}

}  // namespace barnabas::chaos
