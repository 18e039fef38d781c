#include "tools/cli/bench/crowd_run.h"

#include <atomic>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "absl/synchronization/notification.h"
#include "proto/types/error.h"
#include "proto/types/status_macros.h"
#include "proto/types/units.h"
#include "tools/cli/bench/long_polls.h"

namespace barnabas::cli {
namespace {

constexpr absl::Duration kStep = absl::Milliseconds(20);
constexpr absl::Duration kPatience = absl::Seconds(60);
// A slow reader has little ahead of it and takes it in small bites.
constexpr int64_t kSlowPrefetchBytes = kMiB;
constexpr int64_t kSlowFrameBytes = 64 * kKiB;
constexpr absl::Duration kSlowPause = absl::Milliseconds(100);
constexpr int64_t kSlowRecordsMax = 50;

void Pause(absl::Duration time) {
  // Nobody notifies: this is only a wait with an end.
  absl::Notification never;
  never.WaitForNotificationWithTimeout(time);
}

absl::StatusOr<std::unique_ptr<client::Consumer>> Reader(
    const CrowdLoad& load, const client::ConsumerOptions& options,
    client::StartAt from) {
  ASSIGN_OR_RETURN(std::unique_ptr<client::Consumer> consumer,
                   client::Consumer::Create(options));
  std::vector<client::ConsumerPartition> partitions;
  for (int32_t i = 0; i < load.partitions; ++i) {
    partitions.push_back({load.topic, i});
  }
  RETURN_IF_ERROR(consumer->Assign(partitions, from));
  // Known once the broker has answered for each.
  for (const client::ConsumerPartition& partition : partitions) {
    RETURN_IF_ERROR(consumer->Position(partition).status());
  }
  return consumer;
}

// The slow readers' thread: a bite each, then a pause.
class SlowReaders {
 public:
  absl::Status Join(const CrowdLoad& load) {
    client::ConsumerOptions options = load.consumer;
    options.prefetch_bytes = kSlowPrefetchBytes;
    options.frame_bytes = kSlowFrameBytes;
    for (int64_t i = 0; i < load.slow; ++i) {
      ASSIGN_OR_RETURN(auto reader,
                       Reader(load, options, client::StartAt::Start()));
      readers_.push_back(std::move(reader));
    }
    if (!readers_.empty()) thread_ = std::thread([this] { Read(); });
    return absl::OkStatus();
  }

  ~SlowReaders() {
    stopped_.store(true);
    if (thread_.joinable()) thread_.join();
  }

  int64_t records() const { return records_.load(); }

 private:
  void Read() {
    while (!stopped_.load()) {
      for (const std::unique_ptr<client::Consumer>& reader : readers_) {
        const auto bite = reader->Poll(absl::ZeroDuration(), kSlowRecordsMax);
        if (!bite.ok()) continue;
        for (const auto& batch : bite->batches) {
          records_.fetch_add(static_cast<int64_t>(batch->records().size()));
        }
      }
      Pause(kSlowPause);
    }
  }

  std::vector<std::unique_ptr<client::Consumer>> readers_;
  std::atomic<int64_t> records_ = 0;
  std::atomic<bool> stopped_ = false;
  std::thread thread_;
};

// Until `until` is true, a signal, or `patience` has passed: then false.
bool WaitUntil(const env::Clock* clock, const CrowdLoad& load,
               absl::Duration patience, const std::function<bool()>& until) {
  const absl::Duration end = clock->Monotonic() + patience;
  while (!until()) {
    if (load.oversight.Cancelled() || clock->Monotonic() >= end) return false;
    Pause(kStep);
  }
  return true;
}

}  // namespace

absl::StatusOr<CrowdReport> RunCrowd(const env::Clock* clock,
                                     const CrowdLoad& load) {
  std::vector<std::unique_ptr<client::Consumer>> idle;
  for (int64_t i = 0; i < load.idle; ++i) {
    ASSIGN_OR_RETURN(auto reader,
                     Reader(load, load.consumer, client::StartAt::End()));
    idle.push_back(std::move(reader));
  }
  SlowReaders slow;
  RETURN_IF_ERROR(slow.Join(load));
  const std::vector<std::string>& bootstrap = load.consumer.client.bootstrap;
  LongPolls polls(
      {.endpoint = bootstrap.empty() ? "localhost:9292" : bootstrap.front(),
       .topic = load.topic,
       .count = load.polls});
  polls.Start();
  const auto failed = [&polls] { return !polls.status().ok(); };
  const bool gathered = WaitUntil(clock, load, kPatience,
                                  [&] { return failed() || polls.Gathered(); });
  RETURN_IF_ERROR(polls.status());
  if (!gathered && !load.oversight.Cancelled()) {
    return MakeError(ErrorCode::kRequestTimedOut,
                     "not every long poll reached the broker",
                     "barnabas broker describe");
  }
  const absl::Duration begin = clock->Monotonic();
  if (gathered && load.on_gathered) load.on_gathered();
  WaitUntil(clock, load, load.duration, failed);
  RETURN_IF_ERROR(polls.status());
  return CrowdReport{.slow_records = slow.records(),
                     .answers = polls.answers(),
                     .elapsed = clock->Monotonic() - begin};
}

}  // namespace barnabas::cli
