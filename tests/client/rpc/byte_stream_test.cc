#include "client/rpc/byte_stream.h"

#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "barnabas/v1/producer.grpc.pb.h"
#include "client/rpc/channel_pool.h"
#include "client/rpc/frame_codec.h"
#include "client/rpc/status_bridge.h"
#include "client/rpc/unary_call.h"
#include "proto/types/error.h"
#include "storage/env/system_clock.h"
#include "storage/env/thread_event_loop.h"

namespace barnabas::rpc {
namespace {

constexpr char kMethod[] = "/barnabas.v1.Producer/ProduceStream";

// Answers each heartbeat with the same; ends with an error after time 99.
class Echo final : public v1::Producer::Service {
 public:
  grpc::Status ProduceStream(
      grpc::ServerContext*,
      grpc::ServerReaderWriter<v1::ProduceStreamResponse,
                               v1::ProduceStreamRequest>* stream) override {
    v1::ProduceStreamRequest request;
    while (stream->Read(&request)) {
      if (request.heartbeat().time_ms() == 99) {
        return ToGrpc(MakeError(ErrorCode::kShuttingDown, "enough"));
      }
      v1::ProduceStreamResponse response;
      *response.mutable_heartbeat() = request.heartbeat();
      stream->Write(response);
    }
    return grpc::Status::OK;
  }

  grpc::Status InitProducer(grpc::ServerContext*,
                            const v1::InitProducerRequest* request,
                            v1::InitProducerResponse* response) override {
    if (!request->transactional_id().empty()) {
      return ToGrpc(MakeError(ErrorCode::kUnsupportedFeature, "later"));
    }
    response->set_producer_id(5);
    return grpc::Status::OK;
  }
};

class Recorder final : public ByteStreamEvents {
 public:
  void OnMessage(grpc::ByteBuffer message) override {
    v1::ProduceStreamResponse response;
    ASSERT_TRUE(ReadMessage(message, &response).ok());
    absl::MutexLock lock(&mutex_);
    ASSERT_FALSE(closed_);
    times_.push_back(response.heartbeat().time_ms());
  }
  void OnWritten() override {
    absl::MutexLock lock(&mutex_);
    ++written_;
  }
  void OnClosed(const absl::Status& status) override {
    absl::MutexLock lock(&mutex_);
    ASSERT_FALSE(closed_);
    closed_ = true;
    status_ = status;
  }

  absl::Status WaitClosed() {
    absl::MutexLock lock(&mutex_);
    EXPECT_TRUE(
        mutex_.AwaitWithTimeout(absl::Condition(&closed_), absl::Seconds(20)));
    return status_;
  }
  std::vector<int64_t> times() {
    absl::MutexLock lock(&mutex_);
    return times_;
  }
  int written() {
    absl::MutexLock lock(&mutex_);
    return written_;
  }

 private:
  absl::Mutex mutex_;
  std::vector<int64_t> times_ ABSL_GUARDED_BY(mutex_);
  int written_ ABSL_GUARDED_BY(mutex_) = 0;
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
  absl::Status status_ ABSL_GUARDED_BY(mutex_);
};

grpc::ByteBuffer Beat(int64_t time_ms) {
  v1::ProduceStreamRequest request;
  request.mutable_heartbeat()->set_time_ms(time_ms);
  return WriteMessage(request);
}

class ByteStreamTest : public testing::Test {
 protected:
  ByteStreamTest() : pool_("test") {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("localhost:0", grpc::InsecureServerCredentials(),
                             &port_);
    builder.RegisterService(&echo_);
    server_ = builder.BuildAndStart();
    loop_ = std::make_shared<env::ThreadEventLoop>(
        env::ThreadEventLoop::Options{&clock_, "test"});
  }
  ~ByteStreamTest() override {
    OnLoop([this] { stream_.reset(); });
    loop_->Stop();
    server_->Shutdown();
  }

  void OnLoop(env::Task task) {
    absl::Mutex mutex;
    bool done = false;
    loop_->PostAlways([&] {
      task();
      absl::MutexLock lock(&mutex);
      done = true;
    });
    absl::MutexLock lock(&mutex);
    mutex.Await(absl::Condition(&done));
  }

  void Open(const std::string& endpoint) {
    OnLoop([&] {
      stream_ =
          ByteStream::Open(pool_.Get(endpoint), kMethod, loop_, &recorder_);
    });
  }
  std::string Endpoint() const { return "localhost:" + std::to_string(port_); }

  Echo echo_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
  env::SystemClock clock_;
  ChannelPool pool_;
  Recorder recorder_;
  std::shared_ptr<env::ThreadEventLoop> loop_;
  std::unique_ptr<ByteStream> stream_;
};

TEST_F(ByteStreamTest, MessagesGoOutAndComeBackInOrder) {
  Open(Endpoint());
  std::vector<int64_t> expected;
  OnLoop([&] {
    for (int64_t i = 100; i < 600; ++i) {
      stream_->Write(Beat(i));
      expected.push_back(i);
    }
    stream_->CloseWrites();
  });
  EXPECT_TRUE(recorder_.WaitClosed().ok());
  EXPECT_EQ(recorder_.times(), expected);
  EXPECT_EQ(recorder_.written(), 500);
}

TEST_F(ByteStreamTest, TheServersErrorArrivesAsOurs) {
  Open(Endpoint());
  OnLoop([&] {
    stream_->Write(Beat(99));
    for (int i = 0; i < 50; ++i) stream_->Write(Beat(1));
  });
  EXPECT_EQ(CodeOf(recorder_.WaitClosed()), ErrorCode::kShuttingDown);
  // Every write is told, even those that were lost.
  EXPECT_EQ(recorder_.written(), 51);
}

TEST_F(ByteStreamTest, AnUnreachableServerClosesTheStream) {
  server_->Shutdown();
  Open("localhost:1");
  EXPECT_EQ(recorder_.WaitClosed().code(), absl::StatusCode::kUnavailable);
}

TEST_F(ByteStreamTest, CancelEndsTheStream) {
  Open(Endpoint());
  OnLoop([&] { stream_->Cancel(); });
  EXPECT_EQ(recorder_.WaitClosed().code(), absl::StatusCode::kCancelled);
}

TEST_F(ByteStreamTest, NoEventComesAfterDestruction) {
  Open(Endpoint());
  OnLoop([&] {
    stream_->Write(Beat(1));
    stream_.reset();
  });
  server_->Shutdown();
  OnLoop([] {});
  EXPECT_TRUE(recorder_.times().empty());
  EXPECT_EQ(recorder_.written(), 0);
}

TEST_F(ByteStreamTest, UnaryCallsAnswerOrFailInTime) {
  auto stub = v1::Producer::NewStub(pool_.Get(Endpoint()));
  const auto blocking = [&](grpc::ClientContext* context,
                            const v1::InitProducerRequest& request,
                            v1::InitProducerResponse* response) {
    return stub->InitProducer(context, request, response);
  };
  v1::InitProducerRequest request;
  auto answer = CallAndWait<v1::InitProducerResponse>({}, request, blocking);
  ASSERT_TRUE(answer.ok()) << answer.status();
  EXPECT_EQ(answer->producer_id(), 5);
  request.set_transactional_id("t");
  answer = CallAndWait<v1::InitProducerResponse>({}, request, blocking);
  EXPECT_EQ(CodeOf(answer.status()), ErrorCode::kUnsupportedFeature);

  absl::Mutex mutex;
  absl::StatusOr<v1::InitProducerResponse> told;
  bool done = false;
  CallUnary<v1::InitProducerResponse>(
      {absl::Seconds(10)}, v1::InitProducerRequest(),
      [&](auto... arguments) { stub->async()->InitProducer(arguments...); },
      [&](absl::StatusOr<v1::InitProducerResponse> result) {
        absl::MutexLock lock(&mutex);
        told = std::move(result);
        done = true;
      });
  absl::MutexLock lock(&mutex);
  mutex.Await(absl::Condition(&done));
  ASSERT_TRUE(told.ok());
  EXPECT_EQ(told->producer_id(), 5);
}

TEST_F(ByteStreamTest, UnaryCallsEndAtTheirDeadline) {
  // Nothing listens here, and the call waits for a server.
  auto stub = v1::Producer::NewStub(pool_.Get("localhost:1"));
  const auto answer = CallAndWait<v1::InitProducerResponse>(
      {absl::Milliseconds(100), true}, v1::InitProducerRequest(),
      [&](grpc::ClientContext* context, const v1::InitProducerRequest& request,
          v1::InitProducerResponse* response) {
        return stub->InitProducer(context, request, response);
      });
  EXPECT_EQ(answer.status().code(), absl::StatusCode::kDeadlineExceeded);
}

TEST_F(ByteStreamTest, AnEndpointKeepsItsChannelUntilForgotten) {
  const auto first = pool_.Get("a:1");
  EXPECT_EQ(first, pool_.Get("a:1"));
  EXPECT_NE(first, pool_.Get("b:1"));
  pool_.Forget("a:1");
  pool_.Forget("never:1");
  EXPECT_NE(first, pool_.Get("a:1"));
}

}  // namespace
}  // namespace barnabas::rpc
