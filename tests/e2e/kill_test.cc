// Nothing acknowledged is lost or doubled, whoever is killed and when.

#include <glog/logging.h>
#include <gtest/gtest.h>

#include <atomic>
#include <cstdint>
#include <iostream>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "client/consumer/consumer.h"
#include "client/producer/producer.h"
#include "tests/e2e/local_cluster.h"
#include "tests/support/matchers.h"

namespace barnabas::e2e {
namespace {

constexpr int kRounds = 20;
constexpr int kPartitions = 4;
// Records that must be acknowledged between two kills.
constexpr int64_t kRecordsPerRound = 2000;
constexpr absl::Duration kPatience = absl::Seconds(90);

// Sends numbered records as fast as it may, until told to stop, and keeps
// what was acknowledged.
class VerifiedProducer {
 public:
  explicit VerifiedProducer(const std::string& endpoint) {
    client::ProducerOptions options;
    options.client.bootstrap = {endpoint};
    options.batch_size = 16 * 1024;
    options.delivery_timeout = absl::Minutes(3);
    options.buffer_memory = 1024 * 1024;
    auto made = client::Producer::Create(options);
    CHECK(made.ok()) << made.status();
    producer_ = *std::move(made);
    thread_ = std::thread([this] { Run(); });
  }

  // Waits until `count` records more than now are acknowledged.
  bool AwaitAcknowledged(int64_t count) {
    absl::MutexLock lock(&mutex_);
    const int64_t wanted = static_cast<int64_t>(offsets_.size()) + count;
    const auto reached = [&] {
      return static_cast<int64_t>(offsets_.size()) >= wanted || failed_ > 0;
    };
    return mutex_.AwaitWithTimeout(absl::Condition(&reached), kPatience) &&
           failed_ == 0;
  }

  absl::Status Stop() {
    stop_ = true;
    thread_.join();
    const absl::Status flushed = producer_->Flush(kPatience);
    const absl::Status closed = producer_->Close(kPatience);
    return flushed.ok() ? closed : flushed;
  }

  // Number of a record to where it lies: (partition, offset).
  const std::map<int64_t, std::pair<int32_t, int64_t>>& acknowledged() {
    return offsets_;
  }
  std::string first_failure() {
    absl::MutexLock lock(&mutex_);
    return first_failure_;
  }

 private:
  void Run() {
    for (int64_t number = 0; !stop_; ++number) {
      const std::string text = std::to_string(number);
      client::ProducerRecord record;
      record.topic = "verified";
      record.partition = static_cast<int32_t>(number % kPartitions);
      record.value = text;
      const absl::Status sent = producer_->Send(
          record, [this, number](const absl::StatusOr<client::Delivery>& d) {
            absl::MutexLock lock(&mutex_);
            if (d.ok()) {
              offsets_[number] = {d->partition, d->offset};
            } else {
              if (failed_++ == 0) first_failure_ = d.status().ToString();
            }
          });
      if (sent.ok()) continue;
      absl::MutexLock lock(&mutex_);
      if (failed_++ == 0) first_failure_ = sent.ToString();
      return;
    }
  }

  std::unique_ptr<client::Producer> producer_;
  std::atomic<bool> stop_{false};
  std::thread thread_;
  absl::Mutex mutex_;
  std::map<int64_t, std::pair<int32_t, int64_t>> offsets_;
  int64_t failed_ = 0;
  std::string first_failure_;
};

// Every record of the topic: how often each number occurs, and where.
struct Found {
  std::map<int64_t, std::vector<std::pair<int32_t, int64_t>>> places;
  bool in_order = true;
};

Found ReadAll(const std::string& endpoint) {
  client::ConsumerOptions options;
  options.client.bootstrap = {endpoint};
  auto made = client::Consumer::Create(options);
  CHECK(made.ok()) << made.status();
  std::vector<client::ConsumerPartition> partitions;
  for (int i = 0; i < kPartitions; ++i) partitions.push_back({"verified", i});
  EXPECT_OK((*made)->Assign(partitions, client::StartAt::Start()));
  Found found;
  std::map<int32_t, int64_t> last;
  std::map<int32_t, bool> ended;
  while (ended.size() < kPartitions) {
    auto polled = (*made)->Poll(absl::Seconds(30));
    if (!polled.ok() || (polled->Empty() && polled->at_end.empty())) {
      ADD_FAILURE() << "nothing came: " << polled.status();
      break;
    }
    for (const auto& trouble : polled->troubles) {
      ADD_FAILURE() << trouble.status;
    }
    for (const auto& batch : polled->batches) {
      for (const record::RecordView& record : batch->records()) {
        int64_t number = -1;
        CHECK(absl::SimpleAtoi(std::string(*record.value), &number));
        found.places[number].emplace_back(batch->partition(),
                                          record.offset.value());
        const auto [place, fresh] = last.emplace(batch->partition(), number);
        if (!fresh && number <= place->second) found.in_order = false;
        place->second = number;
      }
    }
    for (const auto& partition : polled->at_end) {
      ended[partition.partition] = true;
    }
  }
  EXPECT_OK((*made)->Close());
  return found;
}

void Verify(VerifiedProducer* producer, const std::string& endpoint) {
  const Found found = ReadAll(endpoint);
  int64_t lost = 0;
  int64_t doubled = 0;
  int64_t moved = 0;
  for (const auto& [number, place] : producer->acknowledged()) {
    const auto read = found.places.find(number);
    if (read == found.places.end()) {
      ++lost;
    } else if (read->second.size() > 1) {
      ++doubled;
    } else if (read->second.front() != place) {
      ++moved;
    }
  }
  std::cout << "acknowledged " << producer->acknowledged().size()
            << " records; lost " << lost << ", doubled " << doubled
            << ", elsewhere than acknowledged " << moved << "\n";
  EXPECT_EQ(lost, 0);
  EXPECT_EQ(doubled, 0);
  EXPECT_EQ(moved, 0);
  EXPECT_TRUE(found.in_order) << "a partition holds numbers out of order";
}

TEST(Kill, BrokerKilledTwentyTimesLosesNothingAcknowledged) {
  LocalCluster cluster("kill_broker");
  cluster.Start();
  cluster.CreateTopic("verified", kPartitions);
  VerifiedProducer producer(cluster.client_endpoint());
  for (int round = 0; round < kRounds; ++round) {
    ASSERT_TRUE(producer.AwaitAcknowledged(kRecordsPerRound))
        << "round " << round << ": " << producer.first_failure() << "\n"
        << ReadText(cluster.broker_output());
    cluster.broker()->Kill();
    cluster.StartBroker();
    ASSERT_NO_FATAL_FAILURE(cluster.WaitForBroker());
  }
  ASSERT_TRUE(producer.AwaitAcknowledged(kRecordsPerRound))
      << producer.first_failure();
  EXPECT_OK(producer.Stop());
  Verify(&producer, cluster.client_endpoint());
}

TEST(Kill, ControllerKilledTwentyTimesDisturbsNobody) {
  LocalCluster cluster("kill_controller");
  cluster.Start();
  cluster.CreateTopic("verified", kPartitions);
  VerifiedProducer producer(cluster.client_endpoint());
  for (int round = 0; round < kRounds; ++round) {
    ASSERT_TRUE(producer.AwaitAcknowledged(kRecordsPerRound))
        << "round " << round << ": " << producer.first_failure();
    cluster.controller()->Kill();
    // The broker serves on while no controller is up (README 24).
    ASSERT_TRUE(producer.AwaitAcknowledged(kRecordsPerRound))
        << "round " << round << ": " << producer.first_failure();
    cluster.StartController();
  }
  ASSERT_TRUE(producer.AwaitAcknowledged(kRecordsPerRound))
      << producer.first_failure();
  EXPECT_OK(producer.Stop());
  Verify(&producer, cluster.client_endpoint());
}

}  // namespace
}  // namespace barnabas::e2e
