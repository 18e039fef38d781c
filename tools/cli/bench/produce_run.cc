#include "tools/cli/bench/produce_run.h"

#include <algorithm>
#include <limits>
#include <memory>
#include <string_view>
#include <thread>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "proto/types/error.h"
#include "proto/types/status_macros.h"
#include "tools/cli/bench/pacer.h"
#include "tools/cli/bench/payload.h"

namespace barnabas::cli {
namespace {

// Consecutive records that go to one partition with Spread::kEven: enough for
// a full batch, few enough for all partitions to be busy.
constexpr int64_t kStretchBytes = 64 * 1024;

// What callbacks of all clients write to.
struct Tally {
  env::Histogram latency_ns;
  absl::Mutex mutex;
  absl::Status first_failure ABSL_GUARDED_BY(mutex);

  void Keep(const absl::Status& status) {
    absl::MutexLock lock(&mutex);
    if (first_failure.ok()) first_failure = status;
  }
};

// One producer and the records it sends: client, client + clients, ...
class Client {
 public:
  Client(const env::Clock* clock, const ProduceLoad& load, int32_t number,
         Tally* tally)
      : clock_(clock),
        load_(load),
        number_(number),
        tally_(tally),
        payload_(load.run, load.record_bytes),
        stretch_(std::max<int64_t>(1, kStretchBytes / load.record_bytes)),
        place_(number % std::max(1, load.partitions)) {}

  absl::Status Connect() {
    auto producer = client::Producer::Create(load_.producer);
    if (!producer.ok()) return producer.status();
    producer_ = std::move(producer).value();
    return absl::OkStatus();
  }

  absl::Status Run() {
    Pacer pacer(clock_, load_.rate / load_.clients);
    const absl::Duration end = load_.duration > absl::ZeroDuration()
                                   ? clock_->Monotonic() + load_.duration
                                   : absl::InfiniteDuration();
    const int64_t records = load_.records > 0
                                ? ShareOf(load_.records)
                                : std::numeric_limits<int64_t>::max();
    for (int64_t i = 0; i < records && !Stops(i, end); ++i) {
      RETURN_IF_ERROR(SendOne(i, &pacer));
    }
    const absl::Status flushed =
        producer_->Flush(load_.producer.delivery_timeout);
    if (CodeOf(flushed) == ErrorCode::kRequestTimedOut) return flushed;
    // Failed deliveries are counted by the producer; this is why.
    if (!flushed.ok()) tally_->Keep(flushed);
    return absl::OkStatus();
  }

  absl::Status Close() {
    return producer_->Close(load_.producer.delivery_timeout);
  }

  int64_t sent() const { return sent_; }
  int64_t sent_bytes() const { return sent_bytes_; }
  int64_t acknowledged() const {
    return producer_->facts().records_acknowledged;
  }

 private:
  int64_t ShareOf(int64_t total) const {
    return total / load_.clients + (number_ < total % load_.clients ? 1 : 0);
  }

  bool Stops(int64_t index, absl::Duration end) const {
    if (load_.oversight.Cancelled()) return true;
    // The clock is not asked for every record of a fast run.
    if (load_.rate <= 0 && index % 1024 != 0) return false;
    return clock_->Monotonic() >= end;
  }

  absl::Status SendOne(int64_t index, Pacer* pacer) {
    const uint64_t sequence = index * load_.clients + number_;
    const bool timed = IsTimed(index);
    const bool paced = load_.rate > 0;
    const int64_t due = timed || paced ? pacer->WaitFor(index) : 0;
    client::ProducerRecord record;
    record.topic = load_.topic;
    record.value = ValueOf(sequence, due);
    switch (load_.spread) {
      case Spread::kEven:
        record.partition = NextPlace();
        break;
      case Spread::kKeys:
        key_ = absl::StrCat("key-", sequence % load_.keys);
        record.key = key_;
        break;
      case Spread::kSticky:
        break;
    }
    if (load_.ledger != nullptr) load_.ledger->Accepted(sequence);
    ++sent_;
    sent_bytes_ += static_cast<int64_t>(record.value->size());
    if (!timed) return producer_->Send(record);
    return producer_->Send(record, Callback(sequence, due));
  }

  // Both without divisions, which a fast run would feel in each record.
  bool IsTimed(int64_t index) {
    if (load_.ledger != nullptr) return true;
    if (index < next_timed_) return false;
    next_timed_ = index + load_.latency_every;
    return true;
  }

  int32_t NextPlace() {
    if (sent_here_ == stretch_) {
      sent_here_ = 0;
      place_ = place_ + 1 == load_.partitions ? 0 : place_ + 1;
    }
    ++sent_here_;
    return place_;
  }

  std::string_view ValueOf(uint64_t sequence, int64_t due) {
    if (load_.values == nullptr) return payload_.Next(sequence, due);
    return (*load_.values)[sequence % load_.values->size()];
  }

  client::DeliveryCallback Callback(uint64_t sequence, int64_t due) {
    return [this, sequence, due](const absl::StatusOr<client::Delivery>& at) {
      if (!at.ok()) return tally_->Keep(at.status());
      tally_->latency_ns.Record(absl::ToInt64Nanoseconds(clock_->Monotonic()) -
                                due);
      if (load_.ledger != nullptr) load_.ledger->Acknowledged(sequence);
      if (load_.oversight.progress != nullptr) {
        load_.oversight.progress->fetch_add(
            load_.ledger != nullptr ? 1 : load_.latency_every,
            std::memory_order_relaxed);
      }
    };
  }

  const env::Clock* const clock_;
  const ProduceLoad& load_;
  const int32_t number_;
  Tally* const tally_;
  PayloadMaker payload_;
  // Of the record being sent.
  std::string key_;
  const int64_t stretch_;
  // The partition that records go to with Spread::kEven, and how many of the
  // stretch it got.
  int32_t place_;
  int64_t sent_here_ = 0;
  int64_t next_timed_ = 0;
  std::unique_ptr<client::Producer> producer_;
  int64_t sent_ = 0;
  int64_t sent_bytes_ = 0;
};

absl::Status RunAll(std::vector<std::unique_ptr<Client>>* clients) {
  std::vector<absl::Status> results(clients->size());
  std::vector<std::thread> threads;
  for (size_t i = 0; i < clients->size(); ++i) {
    threads.emplace_back([&, i] { results[i] = (*clients)[i]->Run(); });
  }
  for (std::thread& thread : threads) thread.join();
  for (const absl::Status& result : results) {
    if (!result.ok()) return result;
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ProduceReport> RunProduce(const env::Clock* clock,
                                         const ProduceLoad& load) {
  Tally tally;
  std::vector<std::unique_ptr<Client>> clients;
  for (int32_t i = 0; i < load.clients; ++i) {
    clients.push_back(std::make_unique<Client>(clock, load, i, &tally));
    RETURN_IF_ERROR(clients.back()->Connect());
  }
  const absl::Duration begin = clock->Monotonic();
  const absl::Status ran = RunAll(&clients);
  ProduceReport report;
  report.elapsed = clock->Monotonic() - begin;
  for (const std::unique_ptr<Client>& client : clients) {
    const int64_t acknowledged = client->acknowledged();
    report.records += acknowledged;
    report.failed += client->sent() - acknowledged;
    if (client->sent() == acknowledged) {
      report.bytes += client->sent_bytes();
    } else {
      report.bytes +=
          static_cast<int64_t>(static_cast<double>(client->sent_bytes()) *
                               acknowledged / client->sent());
    }
  }
  for (const std::unique_ptr<Client>& client : clients) {
    // What Close could say was said by the flush before it.
    const absl::Status ignored = client->Close();
  }
  RETURN_IF_ERROR(ran);
  report.latency_ns = tally.latency_ns.Snapshot();
  absl::MutexLock lock(&tally.mutex);
  report.first_failure = tally.first_failure;
  return report;
}

}  // namespace barnabas::cli
