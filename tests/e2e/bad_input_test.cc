// Each fault gives its named error, scoped, and changes nothing.

#include <arpa/inet.h>
#include <grpcpp/client_context.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <iostream>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "barnabas/v1/consumer.grpc.pb.h"
#include "barnabas/v1/producer.grpc.pb.h"
#include "barnabas/v1/topic_admin.grpc.pb.h"
#include "client/rpc/status_bridge.h"
#include "proto/types/error.h"
#include "proto/types/limits.h"
#include "storage/env/system_clock.h"
#include "storage/record/batch_builder.h"
#include "tests/e2e/local_cluster.h"

namespace barnabas::e2e {
namespace {

class BadInput : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    cluster_ = new LocalCluster("bad_input");
    cluster_->Start();
    cluster_->CreateTopic("t", 2, {{"max.message.bytes", "10000"}});
  }
  static void TearDownTestSuite() {
    delete cluster_;
    cluster_ = nullptr;
  }

  void SetUp() override {
    producer_ = v1::Producer::NewStub(cluster_->Dial());
    consumer_ = v1::Consumer::NewStub(cluster_->Dial());
  }
  void TearDown() override {
    // Whatever was refused, nothing was stored.
    v1::ListOffsetsRequest request;
    request.mutable_topic()->set_name("t");
    v1::ListOffsetsResponse offsets;
    EXPECT_TRUE(
        consumer_->ListOffsets(Context().get(), request, &offsets).ok());
    for (const v1::PartitionOffsets& partition : offsets.partitions()) {
      EXPECT_EQ(partition.log_end(), 0);
    }
  }

  static std::unique_ptr<grpc::ClientContext> Context() {
    auto context = std::make_unique<grpc::ClientContext>();
    context->set_deadline(Deadline(absl::Seconds(30)));
    return context;
  }

  static std::string Batch(int records = 1, int64_t timestamp_ms = 0) {
    record::BatchBuilder builder;
    if (timestamp_ms == 0) timestamp_ms = env::SystemClock().WallMs();
    for (int i = 0; i < records; ++i) {
      builder.Append(timestamp_ms, std::nullopt, "0123456789");
    }
    return builder.Finish();
  }

  static v1::ProduceBatch Encoded(const std::string& bytes) {
    v1::ProduceBatch batch;
    batch.mutable_topic()->set_name("t");
    batch.set_partition(0);
    batch.set_encoded(bytes);
    return batch;
  }

  v1::Error Produce(const v1::ProduceBatch& batch) {
    v1::ProduceRequest request;
    *request.add_batches() = batch;
    v1::ProduceResponse response;
    const grpc::Status status =
        producer_->Produce(Context().get(), request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response.results_size() == 1 ? response.results(0).error()
                                        : v1::Error();
  }

  v1::Error Poll(const v1::PollRequest& request) {
    v1::PollResponse response;
    const grpc::Status status =
        consumer_->Poll(Context().get(), request, &response);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return response.partitions_size() == 1 ? response.partitions(0).error()
                                           : v1::Error();
  }

  static LocalCluster* cluster_;
  std::unique_ptr<v1::Producer::Stub> producer_;
  std::unique_ptr<v1::Consumer::Stub> consumer_;
};

LocalCluster* BadInput::cluster_ = nullptr;

TEST_F(BadInput, UnknownTopicAndPartitionAreNamed) {
  v1::ProduceBatch batch = Encoded(Batch());
  batch.mutable_topic()->set_name("nowhere");
  EXPECT_EQ(Produce(batch).code(), v1::ERROR_CODE_UNKNOWN_TOPIC);
  EXPECT_FALSE(Produce(batch).hint().empty());
  batch.mutable_topic()->set_name("t");
  batch.set_partition(2);
  EXPECT_EQ(Produce(batch).code(), v1::ERROR_CODE_UNKNOWN_PARTITION);
  batch.set_partition(-1);
  EXPECT_EQ(Produce(batch).code(), v1::ERROR_CODE_UNKNOWN_PARTITION);
  batch.mutable_topic()->clear_name();
  batch.mutable_topic()->set_id("nonsense");
  EXPECT_EQ(Produce(batch).code(), v1::ERROR_CODE_INVALID_REQUEST);
  batch.mutable_topic()->set_name("t");
  batch.mutable_topic()->set_id(cluster_->cluster_id().ToString());
  EXPECT_EQ(Produce(batch).code(), v1::ERROR_CODE_INCONSISTENT_TOPIC_ID);
}

TEST_F(BadInput, DamagedBatchesAreRefusedBeforeTheLog) {
  std::string bytes = Batch();
  bytes.back() ^= 1;
  EXPECT_EQ(Produce(Encoded(bytes)).code(), v1::ERROR_CODE_CORRUPT_RECORD);
  bytes = Batch();
  bytes[16] = 1;
  EXPECT_EQ(Produce(Encoded(bytes)).code(),
            v1::ERROR_CODE_UNSUPPORTED_BATCH_FORMAT);
  EXPECT_EQ(Produce(Encoded("garbage")).code(), v1::ERROR_CODE_CORRUPT_RECORD);
  EXPECT_EQ(Produce(Encoded(Batch() + Batch())).code(),
            v1::ERROR_CODE_CORRUPT_RECORD);
  v1::ProduceBatch nothing = Encoded("");
  nothing.clear_encoded();
  EXPECT_EQ(Produce(nothing).code(), v1::ERROR_CODE_INVALID_REQUEST);
}

TEST_F(BadInput, TooLargeAndOutOfTimeAreRefused) {
  const v1::Error large = Produce(Encoded(Batch(1000)));
  EXPECT_EQ(large.code(), v1::ERROR_CODE_BATCH_TOO_LARGE);
  EXPECT_EQ(large.size().limit_bytes(), 10000);
  const int64_t now_ms = env::SystemClock().WallMs();
  const int64_t tomorrow = now_ms + 24 * 3600 * 1000;
  EXPECT_EQ(Produce(Encoded(Batch(1, tomorrow))).code(),
            v1::ERROR_CODE_INVALID_TIMESTAMP);
  v1::ProduceBatch structured;
  structured.mutable_topic()->set_name("t");
  v1::Record* record = structured.mutable_structured()->add_records();
  record->set_timestamp_ms(tomorrow);
  EXPECT_EQ(Produce(structured).code(), v1::ERROR_CODE_INVALID_TIMESTAMP);
  record->clear_timestamp_ms();
  record->set_value(std::string(20000, 'x'));
  EXPECT_EQ(Produce(structured).code(), v1::ERROR_CODE_BATCH_TOO_LARGE);
}

TEST_F(BadInput, EpochsAndSequencesAreChecked) {
  v1::ProduceBatch batch = Encoded(Batch());
  batch.set_leader_epoch(77);
  EXPECT_EQ(Produce(batch).code(), v1::ERROR_CODE_UNKNOWN_LEADER_EPOCH);
  record::BatchBuilder builder;
  builder.Append(env::SystemClock().WallMs(), std::nullopt, "v");
  EXPECT_EQ(Produce(Encoded(builder.Finish({.id = ProducerId(5),
                                            .epoch = ProducerEpoch(0),
                                            .base_sequence = 3})))
                .code(),
            v1::ERROR_CODE_UNKNOWN_PRODUCER_ID);
}

TEST_F(BadInput, OffsetOutOfRangeTellsTheRange) {
  v1::PollRequest request;
  request.mutable_topic()->set_name("t");
  v1::PollPartition* place = request.add_partitions();
  place->set_partition(1);
  place->mutable_begin()->set_offset(99);
  const v1::Error error = Poll(request);
  EXPECT_EQ(error.code(), v1::ERROR_CODE_OFFSET_OUT_OF_RANGE);
  EXPECT_EQ(error.offset_range().log_end(), 0);
  request.set_group("g");
  v1::PollResponse response;
  const grpc::Status refused =
      consumer_->Poll(Context().get(), request, &response);
  EXPECT_EQ(refused.error_code(), grpc::StatusCode::UNIMPLEMENTED);
}

TEST_F(BadInput, MorePartitionsThanATopicHasAreNotAnswered) {
  v1::ListOffsetsRequest offsets;
  offsets.mutable_topic()->set_name("t");
  offsets.mutable_partitions()->Resize(kPartitionsPerTopicMax + 1, 0);
  v1::ListOffsetsResponse listed;
  EXPECT_EQ(CodeOf(rpc::FromGrpc(
                consumer_->ListOffsets(Context().get(), offsets, &listed))),
            ErrorCode::kLimitExceeded);
  v1::OffsetsForTimesRequest times;
  times.mutable_topic()->set_name("t");
  *times.mutable_partitions() = offsets.partitions();
  v1::OffsetsForTimesResponse found;
  EXPECT_EQ(CodeOf(rpc::FromGrpc(
                consumer_->OffsetsForTimes(Context().get(), times, &found))),
            ErrorCode::kLimitExceeded);
}

TEST_F(BadInput, BrokenGrammarEndsTheStreamByName) {
  const auto context = Context();
  const auto stream = producer_->ProduceStream(context.get());
  v1::ProduceStreamRequest request;
  request.mutable_produce()->set_sequence(1);
  ASSERT_TRUE(stream->Write(request));
  v1::ProduceStreamResponse response;
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.failed().code(), v1::ERROR_CODE_PROTOCOL_ERROR);
  EXPECT_FALSE(stream->Read(&response));
  const grpc::Status status = stream->Finish();
  EXPECT_EQ(status.error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(CodeOf(rpc::FromGrpc(status)), ErrorCode::kProtocolError);
}

TEST_F(BadInput, TroubleOfABatchDoesNotEndTheStream) {
  const auto context = Context();
  const auto stream = producer_->ProduceStream(context.get());
  v1::ProduceStreamRequest request;
  request.mutable_open();
  ASSERT_TRUE(stream->Write(request));
  // A frame of a kind that is not known yet.
  ASSERT_TRUE(stream->Write(v1::ProduceStreamRequest()));
  request.Clear();
  request.mutable_produce()->set_sequence(1);
  *request.mutable_produce()->add_batches() = Encoded("garbage");
  ASSERT_TRUE(stream->Write(request));
  stream->WritesDone();
  v1::ProduceStreamResponse response;
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_TRUE(response.has_ready());
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.unsupported().code(), v1::ERROR_CODE_UNSUPPORTED_FRAME);
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.failure().error().code(), v1::ERROR_CODE_CORRUPT_RECORD);
  EXPECT_EQ(response.failure().sequence(), 1u);
  EXPECT_GT(response.failure().returned_bytes(), 0);
  EXPECT_FALSE(stream->Read(&response));
  EXPECT_TRUE(stream->Finish().ok());
}

TEST_F(BadInput, UnknownSessionsAndLeadingZerosAreTold) {
  const auto context = Context();
  const auto stream = consumer_->FetchStream(context.get());
  v1::FetchStreamRequest request;
  request.mutable_open()->set_credit_bytes(1000);
  ASSERT_TRUE(stream->Write(request));
  request.mutable_change()->set_session(3);
  request.mutable_change()->set_pause(true);
  ASSERT_TRUE(stream->Write(request));
  request.mutable_add()->set_session(4);
  request.mutable_add()->mutable_topic()->set_name("nowhere");
  ASSERT_TRUE(stream->Write(request));
  v1::FetchStreamResponse response;
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_TRUE(response.has_ready());
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.failure().error().code(), v1::ERROR_CODE_UNKNOWN_SESSION);
  ASSERT_TRUE(stream->Read(&response));
  EXPECT_EQ(response.failure().session(), 4u);
  EXPECT_EQ(response.failure().error().code(), v1::ERROR_CODE_UNKNOWN_TOPIC);
  stream->WritesDone();
  EXPECT_TRUE(stream->Finish().ok());
}

std::string PortOf(const std::string& endpoint) {
  return endpoint.substr(endpoint.find(':') + 1);
}

// What comes back from 127.0.0.1:`port` for `bytes`.
std::string Exchange(int port, const std::string& bytes) {
  const int descriptor = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  EXPECT_EQ(connect(descriptor, reinterpret_cast<sockaddr*>(&address),
                    sizeof(address)),
            0);
  timeval patience{20, 0};
  setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
  EXPECT_EQ(send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL),
            static_cast<ssize_t>(bytes.size()));
  std::string answer;
  char part[512];
  ssize_t got = 0;
  while ((got = recv(descriptor, part, sizeof(part), 0)) > 0) {
    answer.append(part, got);
  }
  EXPECT_LE(got, 0);
  close(descriptor);
  return answer;
}

TEST_F(BadInput, OtherProtocolsAreShutOut) {
  EXPECT_NE(Exchange(std::stoi(PortOf(cluster_->client_endpoint())),
                     "GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                .find("426"),
            std::string::npos);
  Exchange(std::stoi(PortOf(cluster_->client_endpoint())),
           std::string(64, '\xff'));
}

TEST_F(BadInput, ASecondBrokerOnTheSameDirectoryIsRefused) {
  const std::string output = cluster_->folder() + "/second.txt";
  NodeProcess second(cluster_->BrokerCommand(), output);
  EXPECT_EQ(second.WaitForExit(absl::Seconds(20)), 1) << ReadText(output);
  EXPECT_NE(ReadText(output).find("is locked by process"), std::string::npos)
      << ReadText(output);
}

TEST_F(BadInput, NamesThatNoTopicMayHaveAreRefused) {
  const auto admin = v1::TopicAdmin::NewStub(cluster_->Dial());
  const std::vector<std::string> names = {"",          ".",
                                          "..",        "../t",
                                          "a/b",       "a b",
                                          "a\nb",      "/etc/passwd",
                                          "\xC3\xA4h", std::string(250, 'x'),
                                          "a\tb",      std::string("a\0b", 3)};
  v1::CreateTopicsRequest request;
  for (const std::string& name : names) request.add_topics()->set_name(name);
  v1::CreateTopicsResponse response;
  const grpc::Status status =
      admin->CreateTopics(Context().get(), request, &response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  ASSERT_EQ(response.results_size(), static_cast<int>(names.size()));
  for (const v1::TopicResult& result : response.results()) {
    EXPECT_EQ(result.error().code(), v1::ERROR_CODE_INVALID_TOPIC_NAME)
        << absl::CEscape(result.name());
    EXPECT_FALSE(result.error().message().empty());
  }
  // The longest that may be, and its end, so that nothing else is left.
  const std::string longest(249, 'x');
  cluster_->CreateTopic(longest, 1);
  v1::DeleteTopicsRequest deletion;
  deletion.add_topics()->mutable_topic()->set_name(longest);
  v1::DeleteTopicsResponse deleted;
  EXPECT_TRUE(admin->DeleteTopics(Context().get(), deletion, &deleted).ok());
  v1::ListTopicsResponse listed;
  ASSERT_TRUE(admin->ListTopics(Context().get(), {}, &listed).ok());
  ASSERT_EQ(listed.topics_size(), 1);
  EXPECT_EQ(listed.topics(0).name(), "t");
}

TEST_F(BadInput, UnknownAndWildSettingsAreRefused) {
  const auto admin = v1::TopicAdmin::NewStub(cluster_->Dial());
  const std::pair<const char*, const char*> bad[] = {
      {"retention.msec", "1"},
      {"segment.bytes", "1"},
      {"retention.ms", "soon"},
      {"flush", "never"},
      {"max.message.bytes", "-1"}};
  for (const auto& [key, value] : bad) {
    v1::AlterTopicsRequest request;
    v1::AlterTopic* topic = request.add_topics();
    topic->set_name("t");
    v1::SettingValue* setting = topic->add_settings();
    setting->set_key(key);
    setting->set_value(value);
    v1::AlterTopicsResponse response;
    ASSERT_TRUE(admin->AlterTopics(Context().get(), request, &response).ok());
    const v1::Error& error = response.results(0).error();
    EXPECT_EQ(error.code(), v1::ERROR_CODE_INVALID_SETTING) << key;
    EXPECT_NE(error.message().find(key), std::string::npos) << error.message();
  }
}

// How a broker ends that was told to use `directory`, and what it said.
std::string EndOn(const std::string& directory, const LocalCluster& cluster,
                  int exit_code) {
  const std::string output =
      cluster.folder() + "/directory_" + std::to_string(getpid()) + ".txt";
  ::unlink(output.c_str());
  std::vector<std::string> command = cluster.BrokerCommand();
  command.push_back("--set=node.data_dirs=" + directory);
  command.push_back("--set=listeners.client.bind=127.0.0.1:0");
  command.push_back("--set=listeners.http.bind=127.0.0.1:0");
  NodeProcess broker(command, output);
  EXPECT_EQ(broker.WaitForExit(absl::Seconds(20)), exit_code)
      << ReadText(output);
  return ReadText(output);
}

TEST_F(BadInput, DirectoriesThatCannotBeUsedAreNamed) {
  const std::string folder = cluster_->folder();
  std::ofstream(folder + "/file") << "no directory";
  EXPECT_NE(EndOn(folder + "/file", *cluster_, 1).find(folder + "/file"),
            std::string::npos);
  // Servers never format, so there is nothing to find there, nor is it made.
  const std::string nowhere = folder + "/nowhere";
  EXPECT_NE(EndOn(nowhere, *cluster_, 1).find("barnabas storage format"),
            std::string::npos);
  EXPECT_NE(access(nowhere.c_str(), F_OK), 0);
  // The controller's own.
  EXPECT_NE(EndOn(folder + "/controller", *cluster_, 1).find("belongs to"),
            std::string::npos);
  if (geteuid() == 0) {
    std::cout << "root may do everything: permissions are not tried\n";
    return;
  }
  ASSERT_EQ(mkdir((folder + "/closed").c_str(), 0), 0);
  EXPECT_NE(EndOn(folder + "/closed", *cluster_, 1).find("read and write"),
            std::string::npos);
}

TEST_F(BadInput, AFileThatIsNoYamlIsNamedWithItsLine) {
  const std::string file = cluster_->folder() + "/bad.yaml";
  std::ofstream(file) << "node: {id: 7\n  data_dirs [x]\n";
  const std::string output = cluster_->folder() + "/yaml.txt";
  NodeProcess broker({cluster_->BrokerCommand().front(), "--config=" + file},
                     output);
  EXPECT_EQ(broker.WaitForExit(absl::Seconds(20)), 2) << ReadText(output);
  EXPECT_NE(ReadText(output).find("bad.yaml:2: not YAML"), std::string::npos)
      << ReadText(output);
}

TEST_F(BadInput, WrongClusterTakenPortAndBadFileAreNamed) {
  LocalCluster other("bad_input_other");
  std::vector<std::string> command = other.BrokerCommand();
  const std::string output = cluster_->folder() + "/odd.txt";
  command.push_back(
      absl::StrCat("--set=cluster.id=", cluster_->cluster_id().ToString()));
  {
    NodeProcess wrong(command, output);
    EXPECT_EQ(wrong.WaitForExit(absl::Seconds(20)), 1) << ReadText(output);
  }
  for (const Uuid& id : {cluster_->cluster_id(), other.cluster_id()}) {
    EXPECT_NE(ReadText(output).find(id.ToString()), std::string::npos)
        << ReadText(output);
  }
  command = other.BrokerCommand();
  command.push_back(absl::StrCat("--set=listeners.client.bind=",
                                 cluster_->client_endpoint()));
  {
    NodeProcess taken(command, output);
    EXPECT_EQ(taken.WaitForExit(absl::Seconds(20)), 1) << ReadText(output);
  }
  EXPECT_NE(ReadText(output).find(PortOf(cluster_->client_endpoint())),
            std::string::npos)
      << ReadText(output);
  command = other.BrokerCommand();
  command.push_back("--set=no.such.setting=1");
  NodeProcess unknown(command, output);
  EXPECT_EQ(unknown.WaitForExit(absl::Seconds(20)), 2) << ReadText(output);
}

}  // namespace
}  // namespace barnabas::e2e
