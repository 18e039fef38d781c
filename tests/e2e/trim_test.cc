// A log start that moves: trimming through a real broker, what readers hear of
// it, and that nothing comes back after a crash.

#include <grpcpp/client_context.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "barnabas/v1/consumer.grpc.pb.h"
#include "barnabas/v1/producer.grpc.pb.h"
#include "barnabas/v1/topic_admin.grpc.pb.h"
#include "client/rpc/status_bridge.h"
#include "proto/types/error.h"
#include "storage/env/posix_file.h"
#include "tests/e2e/local_cluster.h"
#include "tests/support/matchers.h"

namespace barnabas::e2e {
namespace {

using support::HasErrorCode;

class Trim : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    cluster_ = new LocalCluster("trim");
    cluster_->Start();
  }
  static void TearDownTestSuite() {
    delete cluster_;
    cluster_ = nullptr;
  }

  // `count` records of `bytes` each, one batch a record.
  static void Produce(const std::string& topic, int count, size_t bytes,
                      int32_t partition = 0) {
    const auto producer = v1::Producer::NewStub(cluster_->Dial());
    for (int i = 0; i < count; ++i) {
      v1::ProduceRequest request;
      v1::ProduceBatch* batch = request.add_batches();
      batch->mutable_topic()->set_name(topic);
      batch->set_partition(partition);
      batch->mutable_structured()->add_records()->set_value(
          std::string(bytes, 'x'));
      v1::ProduceResponse response;
      const grpc::Status status =
          producer->Produce(Context().get(), request, &response);
      ASSERT_TRUE(status.ok()) << status.error_message();
      ASSERT_FALSE(response.results(0).has_error())
          << response.ShortDebugString();
    }
  }

  static v1::TrimTopicRequest Request(const std::string& topic,
                                      int64_t offset) {
    v1::TrimTopicRequest request;
    request.mutable_topic()->set_name(topic);
    request.mutable_to()->set_offset(offset);
    return request;
  }

  static absl::StatusOr<v1::TrimTopicResponse> Call(
      const v1::TrimTopicRequest& request) {
    v1::TrimTopicResponse response;
    const grpc::Status status =
        v1::TopicAdmin::NewStub(cluster_->Dial())
            ->TrimTopic(Context().get(), request, &response);
    if (!status.ok()) return rpc::FromGrpc(status);
    return response;
  }

  static v1::PartitionOffsets Offsets(const std::string& topic) {
    v1::ListOffsetsRequest request;
    request.mutable_topic()->set_name(topic);
    v1::ListOffsetsResponse response;
    const grpc::Status status =
        v1::Consumer::NewStub(cluster_->Dial())
            ->ListOffsets(Context().get(), request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    if (response.partitions_size() == 0) return {};
    EXPECT_FALSE(response.partitions(0).has_error())
        << response.partitions(0).ShortDebugString();
    return response.partitions(0);
  }

  // Data files of partition 0.
  static std::vector<std::string> Segments(const std::string& topic) {
    v1::DescribeTopicRequest request;
    request.mutable_topic()->set_name(topic);
    v1::DescribeTopicResponse response;
    EXPECT_TRUE(v1::TopicAdmin::NewStub(cluster_->Dial())
                    ->DescribeTopic(Context().get(), request, &response)
                    .ok());
    env::PosixFileSystem files;
    std::vector<std::string> found;
    const auto names = files.List(
        absl::StrCat(cluster_->broker_data(), "/", response.id(), "-0"));
    EXPECT_TRUE(names.ok()) << names.status();
    for (const std::string& name : *names) {
      if (absl::EndsWith(name, ".log")) found.push_back(name);
    }
    return found;
  }

  static void ExpectRange(const v1::Error& error, int64_t start, int64_t end) {
    EXPECT_EQ(error.code(), v1::ERROR_CODE_OFFSET_OUT_OF_RANGE)
        << error.ShortDebugString();
    EXPECT_EQ(error.offset_range().log_start(), start);
    EXPECT_EQ(error.offset_range().log_end(), end);
    EXPECT_NE(error.message(), "");
    EXPECT_NE(error.hint(), "");
  }

  static LocalCluster* cluster_;
};

LocalCluster* Trim::cluster_ = nullptr;

TEST_F(Trim, WholeSegmentsGoAndNothingComesBackAfterAKill) {
  cluster_->CreateTopic("kept", 1, {{"segment.bytes", "65536"}});
  Produce("kept", 20, 20000);
  const size_t before = Segments("kept").size();
  ASSERT_GE(before, 6u);
  const auto trimmed = Call(Request("kept", 11));
  ASSERT_TRUE(trimmed.ok()) << trimmed.status();
  const v1::TrimmedPartition& told = trimmed->partitions(0);
  EXPECT_FALSE(told.has_error()) << told.ShortDebugString();
  EXPECT_EQ(told.log_start_before(), 0);
  EXPECT_EQ(told.log_start(), 11);
  EXPECT_EQ(told.high_watermark(), 20);
  EXPECT_LT(told.size_bytes(), told.size_bytes_before());
  EXPECT_EQ(Segments("kept").size(), before - 3);
  cluster_->broker()->Kill();
  cluster_->StartBroker();
  cluster_->WaitForBroker();
  EXPECT_EQ(Offsets("kept").log_start(), 11);
  EXPECT_EQ(Offsets("kept").high_watermark(), 20);
  EXPECT_EQ(Offsets("kept").size_bytes(), told.size_bytes());
  EXPECT_EQ(Segments("kept").size(), before - 3);
}

TEST_F(Trim, ToTheEndEmptiesThePartitionAndProducingGoesOnThere) {
  cluster_->CreateTopic("emptied", 1);
  Produce("emptied", 5, 100);
  v1::TrimTopicRequest request = Request("emptied", 0);
  request.mutable_to()->set_end(true);
  const auto trimmed = Call(request);
  ASSERT_TRUE(trimmed.ok()) << trimmed.status();
  EXPECT_EQ(trimmed->partitions(0).log_start(), 5);
  EXPECT_EQ(trimmed->partitions(0).size_bytes(), 0);
  Produce("emptied", 1, 100);
  EXPECT_EQ(Offsets("emptied").log_start(), 5);
  EXPECT_EQ(Offsets("emptied").high_watermark(), 6);
}

TEST_F(Trim, AlsoOfWhatIsNotYetSynced) {
  cluster_->CreateTopic("os", 1, {{"flush", "os"}, {"segment.bytes", "65536"}});
  Produce("os", 10, 20000);
  v1::TrimTopicRequest request = Request("os", 0);
  request.mutable_to()->set_end(true);
  const auto trimmed = Call(request);
  ASSERT_TRUE(trimmed.ok()) << trimmed.status();
  EXPECT_EQ(trimmed->partitions(0).log_start(), 10);
  Produce("os", 1, 100);
  cluster_->broker()->Kill();
  cluster_->StartBroker();
  cluster_->WaitForBroker();
  EXPECT_EQ(Offsets("os").log_start(), 10) << "the start was durable (S2)";
}

TEST_F(Trim, WhatCannotBeTrimmedIsRefusedAndChangesNothing) {
  cluster_->CreateTopic("refused", 1);
  Produce("refused", 3, 100);
  auto answer = Call(Request("refused", 4));
  ASSERT_TRUE(answer.ok()) << answer.status();
  ExpectRange(answer->partitions(0).error(), 0, 3);
  EXPECT_THAT(Call(Request("refused", -1)),
              HasErrorCode(ErrorCode::kInvalidRequest));
  v1::TrimTopicRequest nowhere = Request("refused", 1);
  nowhere.clear_to();
  EXPECT_THAT(Call(nowhere), HasErrorCode(ErrorCode::kInvalidRequest));
  EXPECT_THAT(Call(Request("unheard", 1)),
              HasErrorCode(ErrorCode::kUnknownTopic));
  v1::TrimTopicRequest some = Request("refused", 1);
  some.set_validate_only(true);
  some.add_partitions(0);
  some.add_partitions(7);
  answer = Call(some);
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->partitions(0).log_start(), 1);
  EXPECT_FALSE(answer->partitions(0).has_size_bytes());
  EXPECT_EQ(answer->partitions(1).error().code(),
            v1::ERROR_CODE_UNKNOWN_PARTITION);
  EXPECT_EQ(Offsets("refused").log_start(), 0);
  // Backwards is nothing.
  ASSERT_TRUE(Call(Request("refused", 2)).ok());
  answer = Call(Request("refused", 1));
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->partitions(0).log_start(), 2);
}

TEST_F(Trim, PollHearsTheRange) {
  cluster_->CreateTopic("polled", 1);
  Produce("polled", 4, 100);
  ASSERT_TRUE(Call(Request("polled", 3)).ok());
  v1::PollRequest request;
  request.mutable_topic()->set_name("polled");
  v1::PollPartition* partition = request.add_partitions();
  partition->mutable_begin()->set_offset(1);
  v1::PollResponse response;
  const auto consumer = v1::Consumer::NewStub(cluster_->Dial());
  ASSERT_TRUE(consumer->Poll(Context().get(), request, &response).ok());
  ExpectRange(response.partitions(0).error(), 3, 4);
  partition->mutable_begin()->set_offset(3);
  ASSERT_TRUE(consumer->Poll(Context().get(), request, &response).ok());
  EXPECT_EQ(response.partitions(0).structured().records_size(), 1);
}

TEST_F(Trim, ATailThatIsOvertakenHearsTheRange) {
  cluster_->CreateTopic("tailed", 1);
  // Far more than a stream buffers.
  Produce("tailed", 60, 1000 * 1000);
  v1::TailRequest request;
  request.mutable_topic()->set_name("tailed");
  request.mutable_begin()->set_start(true);
  const auto context = Context();
  const auto consumer = v1::Consumer::NewStub(cluster_->Dial());
  const auto stream = consumer->Tail(context.get(), request);
  v1::TailResponse response;
  ASSERT_TRUE(stream->Read(&response));
  ASSERT_TRUE(Call(Request("tailed", 59)).ok());
  bool told = false;
  int64_t last = -1;
  while (!told && stream->Read(&response)) {
    told = response.records().has_error();
    if (told) {
      ExpectRange(response.records().error(), 59, 60);
    } else if (response.records().structured().records_size() > 0) {
      last = response.records().next_offset();
    }
  }
  EXPECT_TRUE(told);
  EXPECT_LT(last, 59);
  context->TryCancel();
  while (stream->Read(&response)) continue;
  stream->Finish();
}

TEST_F(Trim, AFetchSessionThatIsOvertakenHearsTheRangeAndIsSoughtOn) {
  cluster_->CreateTopic("fetched", 1);
  Produce("fetched", 8, 1000);
  const auto context = Context();
  const auto consumer = v1::Consumer::NewStub(cluster_->Dial());
  const auto stream = consumer->FetchStream(context.get());
  v1::FetchStreamRequest request;
  request.mutable_open()->set_lane(v1::LANE_STRUCTURED);
  // One batch, which overdraws it.
  request.mutable_open()->set_credit_bytes(1);
  request.mutable_open()->set_frame_bytes_max(1100);
  ASSERT_TRUE(stream->Write(request));
  request.Clear();
  request.mutable_add()->set_session(1);
  request.mutable_add()->mutable_topic()->set_name("fetched");
  request.mutable_add()->mutable_begin()->set_start(true);
  ASSERT_TRUE(stream->Write(request));
  v1::FetchStreamResponse response;
  const auto next = [&] {
    do {
      if (!stream->Read(&response)) return false;
    } while (response.has_heartbeat());
    return true;
  };
  ASSERT_TRUE(next());
  ASSERT_TRUE(response.has_ready()) << response.ShortDebugString();
  ASSERT_TRUE(next());
  ASSERT_TRUE(response.has_added()) << response.ShortDebugString();
  ASSERT_TRUE(next());
  ASSERT_TRUE(response.has_fetch()) << response.ShortDebugString();
  ASSERT_LT(response.fetch().next_offset(), 6);
  ASSERT_TRUE(Call(Request("fetched", 6)).ok());
  request.Clear();
  request.mutable_credit()->set_bytes(1 << 20);
  ASSERT_TRUE(stream->Write(request));
  ASSERT_TRUE(next());
  ASSERT_TRUE(response.has_failure()) << response.ShortDebugString();
  EXPECT_EQ(response.failure().session(), 1u);
  ExpectRange(response.failure().error(), 6, 8);
  // The session waits; sought to where the log starts, it goes on.
  request.Clear();
  request.mutable_change()->set_session(1);
  request.mutable_change()->mutable_seek()->set_offset(6);
  ASSERT_TRUE(stream->Write(request));
  ASSERT_TRUE(next());
  ASSERT_TRUE(response.has_fetch()) << response.ShortDebugString();
  EXPECT_EQ(response.fetch().structured().records(0).offset(), 6);
  EXPECT_EQ(response.fetch().log_start(), 6);
  context->TryCancel();
  while (stream->Read(&response)) continue;
  stream->Finish();
}

}  // namespace
}  // namespace barnabas::e2e
