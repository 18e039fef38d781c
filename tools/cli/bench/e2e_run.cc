#include "tools/cli/bench/e2e_run.h"

#include <atomic>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "proto/types/error.h"
#include "proto/types/status_macros.h"
#include "tools/cli/bench/arrivals.h"
#include "tools/cli/bench/pacer.h"
#include "tools/cli/bench/payload.h"

namespace barnabas::cli {
namespace {

constexpr absl::Duration kPollStep = absl::Milliseconds(200);

// The reading side; Run belongs to its thread.
class Reader {
 public:
  Reader(const env::Clock* clock, const E2eLoad& load, client::Consumer* from)
      : clock_(clock),
        load_(load),
        consumer_(from),
        arrivals_(load.run, load.warm_up) {}

  void Run() {
    const int64_t all = load_.warm_up + load_.records;
    absl::Duration last = clock_->Monotonic();
    while (!stopped_.load() && received() < all) {
      auto outcome = consumer_->Poll(kPollStep);
      if (!outcome.ok()) return Fail(outcome.status());
      if (!outcome->troubles.empty()) {
        return Fail(outcome->troubles.front().status);
      }
      const absl::Duration now = clock_->Monotonic();
      for (const auto& batch : outcome->batches) Take(*batch, now);
      if (!outcome->batches.empty()) last = now;
      if (now - last > load_.patience) return Fail(TimedOut());
    }
  }

  // Waits until `count` records were read; false if reading failed.
  bool WaitFor(int64_t count) {
    absl::MutexLock lock(&mutex_);
    const auto arrived = [this, count]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) {
      return received_ >= count || !status_.ok();
    };
    mutex_.Await(absl::Condition(&arrived));
    return status_.ok();
  }

  void Stop() {
    stopped_.store(true);
    consumer_->Wakeup();
  }

  absl::Status status() {
    absl::MutexLock lock(&mutex_);
    return status_;
  }
  const Arrivals& arrivals() const { return arrivals_; }

 private:
  int64_t received() {
    absl::MutexLock lock(&mutex_);
    return received_;
  }

  void Take(const client::ConsumedRecords& batch, absl::Duration now) {
    int64_t count = 0;
    for (const record::RecordView& record : batch.records()) {
      count += arrivals_.Take(record.value.value_or(std::string_view()),
                              absl::ToInt64Nanoseconds(now));
    }
    absl::MutexLock lock(&mutex_);
    received_ += count;
  }

  void Fail(absl::Status status) {
    absl::MutexLock lock(&mutex_);
    status_ = std::move(status);
  }

  absl::Status TimedOut() {
    return MakeError(
        ErrorCode::kRequestTimedOut,
        absl::StrCat("only ", received(), " of ", load_.warm_up + load_.records,
                     " records came back"),
        "barnabas topic offsets TOPIC");
  }

  const env::Clock* const clock_;
  const E2eLoad& load_;
  client::Consumer* const consumer_;
  Arrivals arrivals_;
  std::atomic<bool> stopped_ = false;
  absl::Mutex mutex_;
  int64_t received_ ABSL_GUARDED_BY(mutex_) = 0;
  absl::Status status_ ABSL_GUARDED_BY(mutex_);
};

absl::Status SendAll(const env::Clock* clock, const E2eLoad& load,
                     client::Producer* producer, Reader* reader) {
  PayloadMaker payload(load.run, load.record_bytes);
  Pacer pacer(clock, load.rate);
  for (int64_t i = 0; i < load.warm_up + load.records; ++i) {
    if (load.rate <= 0 && i > 0 && !reader->WaitFor(i)) break;
    const int64_t due = pacer.WaitFor(i);
    client::ProducerRecord record;
    record.topic = load.topic;
    record.partition = static_cast<int32_t>(i % load.partitions);
    record.value = payload.Next(i, due);
    RETURN_IF_ERROR(producer->Send(record));
  }
  return producer->Flush(load.patience);
}

// Begins at the end of every partition, known before the first record goes.
absl::Status AssignEnds(const E2eLoad& load, client::Consumer* consumer) {
  std::vector<client::ConsumerPartition> partitions;
  for (int32_t i = 0; i < load.partitions; ++i) {
    partitions.push_back({load.topic, i});
  }
  RETURN_IF_ERROR(consumer->Assign(partitions, client::StartAt::End()));
  for (const client::ConsumerPartition& partition : partitions) {
    RETURN_IF_ERROR(consumer->Position(partition).status());
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<E2eReport> RunE2e(const env::Clock* clock, const E2eLoad& load) {
  if (load.record_bytes < static_cast<int64_t>(kPayloadBytesMin)) {
    return MakeError(ErrorCode::kInvalidRequest,
                     absl::StrCat("records of ", load.record_bytes,
                                  " bytes cannot carry their time"),
                     absl::StrCat("--size ", kPayloadBytesMin, " or more"));
  }
  ASSIGN_OR_RETURN(auto consumer, client::Consumer::Create(load.consumer));
  ASSIGN_OR_RETURN(auto producer, client::Producer::Create(load.producer));
  RETURN_IF_ERROR(AssignEnds(load, consumer.get()));
  Reader reader(clock, load, consumer.get());
  std::thread reading([&reader] { reader.Run(); });
  const absl::Status sent = SendAll(clock, load, producer.get(), &reader);
  if (sent.ok()) {
    reader.WaitFor(load.warm_up + load.records);
  } else {
    reader.Stop();
  }
  reading.join();
  RETURN_IF_ERROR(sent);
  RETURN_IF_ERROR(reader.status());
  E2eReport report;
  report.elapsed = reader.arrivals().elapsed();
  report.latency_ns = reader.arrivals().latency_ns();
  report.records = static_cast<int64_t>(report.latency_ns.count());
  RETURN_IF_ERROR(producer->Close(load.patience));
  RETURN_IF_ERROR(consumer->Close());
  return report;
}

}  // namespace barnabas::cli
