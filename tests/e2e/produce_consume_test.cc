// Both lanes, through real processes.

#include <grpcpp/client_context.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "absl/time/time.h"
#include "barnabas/v1/consumer.grpc.pb.h"
#include "barnabas/v1/producer.grpc.pb.h"
#include "storage/record/batch_builder.h"
#include "storage/record/batch_reader.h"
#include "tests/e2e/local_cluster.h"

namespace barnabas::e2e {
namespace {

class ProduceConsume : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    cluster_ = new LocalCluster("produce_consume");
    cluster_->Start();
  }
  static void TearDownTestSuite() {
    delete cluster_;
    cluster_ = nullptr;
  }

  void SetUp() override {
    producer_ = v1::Producer::NewStub(cluster_->Dial());
    consumer_ = v1::Consumer::NewStub(cluster_->Dial());
  }

  // A context with a deadline, for one call.
  static std::unique_ptr<grpc::ClientContext> Context() {
    auto context = std::make_unique<grpc::ClientContext>();
    context->set_deadline(Deadline(absl::Seconds(30)));
    return context;
  }

  v1::ProduceResult ProduceOne(const v1::ProduceBatch& batch) {
    v1::ProduceRequest request;
    *request.add_batches() = batch;
    v1::ProduceResponse response;
    const grpc::Status status =
        producer_->Produce(Context().get(), request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    EXPECT_EQ(response.results_size(), 1);
    return response.results_size() == 1 ? response.results(0)
                                        : v1::ProduceResult();
  }

  static LocalCluster* cluster_;
  std::unique_ptr<v1::Producer::Stub> producer_;
  std::unique_ptr<v1::Consumer::Stub> consumer_;
};

LocalCluster* ProduceConsume::cluster_ = nullptr;

TEST_F(ProduceConsume, StructuredRecordsComeBackAsTheyWere) {
  cluster_->CreateTopic("structured", 1);
  v1::ProduceBatch batch;
  batch.mutable_topic()->set_name("structured");
  v1::Record* record = batch.mutable_structured()->add_records();
  record->set_key("a");
  record->set_value("1");
  record->set_timestamp_ms(1700000000000);
  v1::Header* header = record->add_headers();
  header->set_name("h");
  batch.mutable_structured()->add_records()->set_value("2");
  const v1::ProduceResult result = ProduceOne(batch);
  EXPECT_FALSE(result.has_error()) << result.error().ShortDebugString();
  EXPECT_EQ(result.base_offset(), 0);
  EXPECT_EQ(result.last_offset(), 1);
  EXPECT_EQ(result.durability(), v1::DURABILITY_REPLICAS_DISK);

  v1::PollRequest poll;
  poll.mutable_topic()->set_name("structured");
  v1::PollResponse polled;
  const grpc::Status status = consumer_->Poll(Context().get(), poll, &polled);
  ASSERT_TRUE(status.ok()) << status.error_message();
  ASSERT_EQ(polled.partitions_size(), 1);
  const v1::RecordBatch& records = polled.partitions(0).structured();
  ASSERT_EQ(records.records_size(), 2);
  EXPECT_EQ(records.records(0).key(), "a");
  EXPECT_EQ(records.records(0).value(), "1");
  EXPECT_EQ(records.records(0).timestamp_ms(), 1700000000000);
  ASSERT_EQ(records.records(0).headers_size(), 1);
  EXPECT_FALSE(records.records(0).headers(0).has_value());
  EXPECT_FALSE(records.records(1).has_key());
  EXPECT_EQ(records.records(1).offset(), 1);
  EXPECT_EQ(polled.partitions(0).next_offset(), 2);
}

TEST_F(ProduceConsume, EncodedBatchesComeBackByteForByte) {
  cluster_->CreateTopic("encoded", 2);
  record::BatchBuilder builder;
  for (int i = 0; i < 10; ++i) {
    builder.Append(1700000000000 + i, std::to_string(i), "value");
  }
  v1::ProduceBatch batch;
  batch.mutable_topic()->set_name("encoded");
  batch.set_partition(1);
  batch.set_encoded(builder.Finish());
  const v1::ProduceResult result = ProduceOne(batch);
  EXPECT_FALSE(result.has_error()) << result.error().ShortDebugString();
  EXPECT_EQ(result.last_offset(), 9);

  v1::PollRequest poll;
  poll.mutable_topic()->set_name("encoded");
  poll.set_lane(v1::LANE_ENCODED);
  v1::PollPartition* place = poll.add_partitions();
  place->set_partition(1);
  v1::PollResponse polled;
  ASSERT_TRUE(consumer_->Poll(Context().get(), poll, &polled).ok());
  // Base offset and epoch are the leader's; the rest is untouched.
  EXPECT_EQ(polled.partitions(0).encoded().substr(16),
            batch.encoded().substr(16));
}

TEST_F(ProduceConsume, TailStopsAtTheEnd) {
  cluster_->CreateTopic("tail", 3);
  for (int i = 0; i < 30; ++i) {
    v1::ProduceBatch batch;
    batch.mutable_topic()->set_name("tail");
    v1::Record* record = batch.mutable_structured()->add_records();
    record->set_key(std::to_string(i));
    record->set_value("v");
    EXPECT_FALSE(ProduceOne(batch).has_error());
  }
  v1::TailRequest request;
  request.mutable_topic()->set_name("tail");
  request.mutable_begin()->set_start(true);
  request.mutable_until()->set_end(true);
  const auto context = Context();
  const auto stream = consumer_->Tail(context.get(), request);
  v1::TailResponse response;
  int records = 0;
  int ends = 0;
  while (stream->Read(&response)) {
    records += response.records().structured().records_size();
    ends += response.has_end() ? 1 : 0;
  }
  const grpc::Status status = stream->Finish();
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(records, 30);
  EXPECT_EQ(ends, 3);
}

TEST_F(ProduceConsume, StreamAcknowledgesByRanges) {
  cluster_->CreateTopic("stream", 1);
  const auto context = Context();
  const auto stream = producer_->ProduceStream(context.get());
  v1::ProduceStreamRequest request;
  request.mutable_open()->set_client_name("test");
  request.mutable_open()->mutable_default_topic()->set_name("stream");
  ASSERT_TRUE(stream->Write(request));
  v1::ProduceStreamResponse response;
  ASSERT_TRUE(stream->Read(&response));
  ASSERT_TRUE(response.has_ready()) << response.ShortDebugString();
  EXPECT_EQ(response.ready().broker_id(), 100);
  for (int i = 1; i <= 100; ++i) {
    request.Clear();
    v1::ProduceFrame* frame = request.mutable_produce();
    frame->set_sequence(i);
    v1::ProduceBatch* batch = frame->add_batches();
    batch->set_partition(0);
    batch->mutable_structured()->add_records()->set_value("x");
    ASSERT_TRUE(stream->Write(request));
  }
  request.Clear();
  request.mutable_close();
  ASSERT_TRUE(stream->Write(request));
  uint64_t next = 1;
  int64_t end = 0;
  while (stream->Read(&response)) {
    ASSERT_TRUE(response.has_ack()) << response.ShortDebugString();
    for (const v1::PartitionAck& ack : response.ack().partitions()) {
      EXPECT_EQ(ack.first_sequence(), next);
      EXPECT_EQ(ack.base_offset(), end);
      next = ack.last_sequence() + 1;
      end = ack.end_offset();
    }
  }
  EXPECT_EQ(next, 101u);
  EXPECT_EQ(end, 100);
  const grpc::Status status = stream->Finish();
  EXPECT_TRUE(status.ok()) << status.error_message();
}

TEST_F(ProduceConsume, FetchStreamFollowsAndEndsAtItsStop) {
  cluster_->CreateTopic("fetch", 1);
  const auto context = Context();
  const auto stream = consumer_->FetchStream(context.get());
  v1::FetchStreamRequest request;
  request.mutable_open()->set_lane(v1::LANE_STRUCTURED);
  request.mutable_open()->set_credit_bytes(1 << 20);
  ASSERT_TRUE(stream->Write(request));
  v1::FetchStreamResponse response;
  ASSERT_TRUE(stream->Read(&response));
  ASSERT_TRUE(response.has_ready()) << response.ShortDebugString();
  request.Clear();
  v1::AddSession* add = request.mutable_add();
  add->set_session(7);
  add->mutable_topic()->set_name("fetch");
  add->mutable_begin()->set_start(true);
  add->mutable_until()->set_offset(2);
  ASSERT_TRUE(stream->Write(request));
  ASSERT_TRUE(stream->Read(&response));
  ASSERT_TRUE(response.has_added()) << response.ShortDebugString();
  EXPECT_EQ(response.added().next_offset(), 0);
  for (const char* value : {"a", "b", "c"}) {
    v1::ProduceBatch batch;
    batch.mutable_topic()->set_name("fetch");
    batch.mutable_structured()->add_records()->set_value(value);
    EXPECT_FALSE(ProduceOne(batch).has_error());
  }
  std::string values;
  while (stream->Read(&response) && !response.has_end()) {
    ASSERT_TRUE(response.has_fetch()) << response.ShortDebugString();
    for (const v1::Record& record : response.fetch().structured().records()) {
      values += record.value();
    }
  }
  EXPECT_EQ(values, "ab");
  EXPECT_EQ(response.end().session(), 7u);
  stream->WritesDone();
  EXPECT_TRUE(stream->Finish().ok());
}

}  // namespace
}  // namespace barnabas::e2e
