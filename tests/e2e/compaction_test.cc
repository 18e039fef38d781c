// A compacted topic through a real broker: the last state of each key, the
// offsets kept, tombstones, records without a key, and kills in the middle.

#include <grpcpp/client_context.h>
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "barnabas/v1/consumer.grpc.pb.h"
#include "barnabas/v1/producer.grpc.pb.h"
#include "barnabas/v1/topic_admin.grpc.pb.h"
#include "tests/e2e/local_cluster.h"
#include "tests/support/matchers.h"

namespace barnabas::e2e {
namespace {

using Settings = std::vector<std::pair<std::string, std::string>>;

class Compaction : public testing::Test {
 protected:
  // What a reader from the start sees: offset to key and value.
  struct Seen {
    std::string key;
    std::optional<std::string> value;

    bool operator==(const Seen&) const = default;
  };
  using Contents = std::map<int64_t, Seen>;

  static void SetUpTestSuite() {
    cluster_ = new LocalCluster("compaction");
    cluster_->Start();
  }
  static void TearDownTestSuite() {
    delete cluster_;
    cluster_ = nullptr;
  }

  static void Create(const std::string& topic, Settings settings = {}) {
    settings.emplace_back("cleanup.policy", "compact");
    settings.emplace_back("segment.bytes", "65536");
    cluster_->CreateTopic(topic, 1, settings);
  }

  // Appends to what the test knows of the topic.
  static v1::ProduceResult Produce(const std::string& topic,
                                   const v1::RecordBatch& records,
                                   Contents* written = nullptr) {
    v1::ProduceRequest request;
    v1::ProduceBatch* batch = request.add_batches();
    batch->mutable_topic()->set_name(topic);
    batch->set_partition(0);
    *batch->mutable_structured() = records;
    v1::ProduceResponse response;
    const grpc::Status status =
        v1::Producer::NewStub(cluster_->Dial())
            ->Produce(Context().get(), request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    const v1::ProduceResult result =
        response.results_size() > 0 ? response.results(0) : v1::ProduceResult();
    for (int i = 0; written != nullptr && i < records.records_size(); ++i) {
      const v1::Record& record = records.records(i);
      Seen& seen = (*written)[result.base_offset() + i];
      seen.key = record.key();
      if (record.has_value()) seen.value = record.value();
    }
    return result;
  }

  // `count` records of `keys` keys.
  static void Fill(const std::string& topic, int count, int keys,
                   const std::string& round, Contents* written) {
    for (int i = 0; i < count;) {
      v1::RecordBatch records;
      for (int j = 0; j < 50 && i < count; ++j, ++i) {
        v1::Record* record = records.add_records();
        record->set_key(absl::StrCat("key-", i % keys));
        record->set_value(absl::StrCat(round, "-", i, std::string(200, 'x')));
      }
      ASSERT_FALSE(Produce(topic, records, written).has_error());
    }
  }

  static Contents Read(const std::string& topic) {
    Contents contents;
    const auto consumer = v1::Consumer::NewStub(cluster_->Dial());
    int64_t at = 0;
    while (true) {
      v1::PollRequest request;
      request.mutable_topic()->set_name(topic);
      v1::PollPartition* asked = request.add_partitions();
      asked->mutable_begin()->set_offset(at);
      v1::PollResponse response;
      const grpc::Status status =
          consumer->Poll(Context().get(), request, &response);
      EXPECT_TRUE(status.ok()) << status.error_message();
      if (!status.ok() || response.partitions_size() == 0) return contents;
      const v1::FetchedPartition& part = response.partitions(0);
      EXPECT_FALSE(part.has_error()) << part.ShortDebugString();
      for (const v1::Record& record : part.structured().records()) {
        Seen& seen = contents[record.offset()];
        seen.key = record.key();
        if (record.has_value()) seen.value = record.value();
      }
      if (part.has_error() || part.next_offset() >= part.high_watermark()) {
        return contents;
      }
      at = part.next_offset();
    }
  }

  // The last record of each key.
  static Contents LastOf(const Contents& written) {
    std::map<std::string, int64_t> last;
    for (const auto& [offset, seen] : written) last[seen.key] = offset;
    Contents contents;
    for (const auto& [key, offset] : last) {
      contents[offset] = written.at(offset);
    }
    return contents;
  }

  static v1::CompactedPartition Compact(const std::string& topic,
                                        bool wait = true) {
    v1::CompactTopicRequest request;
    request.mutable_topic()->set_name(topic);
    request.set_wait(wait);
    v1::CompactTopicResponse response;
    const grpc::Status status =
        v1::TopicAdmin::NewStub(cluster_->Dial())
            ->CompactTopic(Context().get(), request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response.partitions_size() > 0 ? response.partitions(0)
                                          : v1::CompactedPartition();
  }

  static void KillAndRestart() {
    cluster_->broker()->Kill();
    cluster_->StartBroker();
    cluster_->WaitForBroker();
  }

  static LocalCluster* cluster_;
};

LocalCluster* Compaction::cluster_ = nullptr;

TEST_F(Compaction, TheLastStateOfEachKeyStaysAtItsOffset) {
  Create("twice");
  Contents written;
  Fill("twice", 3000, 300, "first", &written);
  Fill("twice", 3000, 300, "second", &written);
  const v1::CompactedPartition told = Compact("twice");
  EXPECT_FALSE(told.has_error()) << told.ShortDebugString();
  EXPECT_TRUE(told.done());
  EXPECT_EQ(told.records_kept(), 300);
  EXPECT_EQ(told.records_removed(), 5700);
  EXPECT_EQ(told.log_start(), 0);
  EXPECT_EQ(told.log_end(), 6000);
  EXPECT_EQ(told.dirty_bytes_after(), 0);
  EXPECT_LT(told.size_bytes(), told.size_bytes_before() / 10);
  EXPECT_EQ(Read("twice"), LastOf(written));
  // The next record goes on where the log ended.
  v1::RecordBatch more;
  more.add_records()->set_key("key-0");
  EXPECT_EQ(Produce("twice", more, &written).base_offset(), 6000);
  KillAndRestart();
  Contents expected = LastOf(written);
  expected[5700] = written.at(5700);
  EXPECT_EQ(Read("twice"), expected);
  // A tombstone: what it hides goes, it stays for its time.
  EXPECT_FALSE(Compact("twice").has_error());
  EXPECT_EQ(Read("twice"), LastOf(written));
}

TEST_F(Compaction, KilledInTheMiddleItLosesNothing) {
  Create("killed");
  Contents written;
  for (int round = 0; round < 4; ++round) {
    Fill("killed", 4000, 1500, absl::StrCat("round-", round), &written);
    ASSERT_FALSE(Compact("killed", /*wait=*/false).has_error());
    // Somewhere in the pass; the rounds differ by what they have to do.
    const v1::CompactedPartition queued = Compact("killed", false);
    EXPECT_FALSE(queued.done());
    KillAndRestart();
    const Contents found = Read("killed");
    for (const auto& [offset, seen] : LastOf(written)) {
      ASSERT_TRUE(found.contains(offset)) << offset << " round " << round;
    }
    for (const auto& [offset, seen] : found) {
      ASSERT_TRUE(written.contains(offset) && written.at(offset) == seen)
          << offset << " round " << round;
    }
  }
  const v1::CompactedPartition told = Compact("killed");
  EXPECT_FALSE(told.has_error()) << told.ShortDebugString();
  EXPECT_EQ(Read("killed"), LastOf(written));
}

TEST_F(Compaction, RecordsWithoutAKeyAreRefused) {
  Create("keyless");
  v1::RecordBatch records;
  records.add_records()->set_key("k");
  records.add_records()->set_value("v");
  const v1::ProduceResult refused = Produce("keyless", records);
  EXPECT_EQ(refused.error().code(), v1::ERROR_CODE_INVALID_RECORD)
      << refused.ShortDebugString();
  EXPECT_NE(refused.error().message().find("record 1"), std::string::npos);
  EXPECT_TRUE(Read("keyless").empty());
}

TEST_F(Compaction, ATopicThatIsNotCompactedSaysSo) {
  cluster_->CreateTopic("plain", 1);
  const v1::CompactedPartition told = Compact("plain");
  EXPECT_EQ(told.error().code(), v1::ERROR_CODE_INVALID_REQUEST);
  EXPECT_NE(told.error().hint().find("cleanup.policy=compact"),
            std::string::npos);
}

}  // namespace
}  // namespace barnabas::e2e
