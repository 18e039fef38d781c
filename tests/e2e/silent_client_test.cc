// Streams of clients that fell silent end by themselves.

#include <grpcpp/client_context.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "absl/time/time.h"
#include "barnabas/v1/consumer.grpc.pb.h"
#include "barnabas/v1/producer.grpc.pb.h"
#include "client/rpc/status_bridge.h"
#include "proto/types/error.h"
#include "tests/e2e/local_cluster.h"

namespace barnabas::e2e {
namespace {

// The shortest that a broker agrees to.
constexpr int64_t kHeartbeatMs = 1000;

class SilentClient : public testing::Test {
 protected:
  SilentClient()
      : cluster_(
            testing::UnitTest::GetInstance()->current_test_info()->name()) {
    cluster_.Start();
    context_.set_deadline(Deadline(absl::Seconds(60)));
  }

  LocalCluster cluster_;
  grpc::ClientContext context_;
};

// Reads to the end; how many heartbeats came, and the last frame's error.
template <typename Response, typename Stream>
int ReadToTheEnd(Stream* stream, v1::Error* failed) {
  int heartbeats = 0;
  Response response;
  while (stream->Read(&response)) {
    heartbeats += response.has_heartbeat() ? 1 : 0;
    if (response.has_failed()) *failed = response.failed();
  }
  return heartbeats;
}

TEST_F(SilentClient, AFetchStreamExpires) {
  const auto consumer = v1::Consumer::NewStub(cluster_.Dial());
  const auto stream = consumer->FetchStream(&context_);
  v1::FetchStreamRequest request;
  request.mutable_open()->set_heartbeat_ms(kHeartbeatMs);
  ASSERT_TRUE(stream->Write(request));
  v1::Error failed;
  EXPECT_GE(ReadToTheEnd<v1::FetchStreamResponse>(stream.get(), &failed), 1);
  EXPECT_EQ(failed.code(), v1::ERROR_CODE_SESSION_EXPIRED);
  EXPECT_EQ(CodeOf(rpc::FromGrpc(stream->Finish())),
            ErrorCode::kSessionExpired);
}

TEST_F(SilentClient, AProduceStreamExpires) {
  const auto producer = v1::Producer::NewStub(cluster_.Dial());
  const auto stream = producer->ProduceStream(&context_);
  v1::ProduceStreamRequest request;
  request.mutable_open()->set_heartbeat_ms(kHeartbeatMs);
  ASSERT_TRUE(stream->Write(request));
  v1::Error failed;
  EXPECT_GE(ReadToTheEnd<v1::ProduceStreamResponse>(stream.get(), &failed), 1);
  EXPECT_EQ(failed.code(), v1::ERROR_CODE_SESSION_EXPIRED);
  EXPECT_EQ(CodeOf(rpc::FromGrpc(stream->Finish())),
            ErrorCode::kSessionExpired);
}

TEST_F(SilentClient, HeartbeatsKeepAStreamOpen) {
  const auto consumer = v1::Consumer::NewStub(cluster_.Dial());
  const auto stream = consumer->FetchStream(&context_);
  v1::FetchStreamRequest request;
  request.mutable_open()->set_heartbeat_ms(kHeartbeatMs);
  ASSERT_TRUE(stream->Write(request));
  request.mutable_heartbeat();
  int beats = 0;
  v1::FetchStreamResponse response;
  while (beats < 6 && stream->Read(&response)) {
    EXPECT_FALSE(response.has_failed());
    if (!response.has_heartbeat()) continue;
    ++beats;
    ASSERT_TRUE(stream->Write(request));
  }
  EXPECT_EQ(beats, 6);
  stream->WritesDone();
  while (stream->Read(&response)) {
  }
  EXPECT_TRUE(stream->Finish().ok());
}

}  // namespace
}  // namespace barnabas::e2e
