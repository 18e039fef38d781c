// Calls of a real server, as they are counted.
#include "client/serving/call_metrics.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/generic/generic_stub.h>
#include <gtest/gtest.h>

#include <future>
#include <memory>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "barnabas/v1/node_admin.grpc.pb.h"
#include "client/serving/listener.h"
#include "client/serving/node_admin.h"
#include "storage/env/metrics.h"
#include "storage/env/system_clock.h"
#include "storage/env/thread_event_loop.h"
#include "tests/support/matchers.h"

namespace barnabas::rpc {
namespace {

class CallMetricsTest : public ::testing::Test {
 protected:
  CallMetricsTest()
      : loop_({&clock_, "test"}),
        admin_(&levels_, &loop_, nullptr),
        calls_({v1::NodeAdmin::service_full_name()}, &registry_, &clock_) {}

  void Start() {
    ListenerOptions options;
    options.name = "test";
    options.host = "127.0.0.1";
    options.services = {{v1::NodeAdmin::service_full_name(), &admin_}};
    options.calls = &calls_;
    auto started = Listener::Start(options);
    ASSERT_OK(started);
    listener_ = *std::move(started);
    channel_ =
        grpc::CreateChannel(absl::StrCat("127.0.0.1:", listener_->port()),
                            grpc::InsecureChannelCredentials());
    admin_stub_ = v1::NodeAdmin::NewStub(channel_);
  }

  static void SetDeadline(grpc::ClientContext* context) {
    context->set_deadline(gpr_time_add(
        gpr_now(GPR_CLOCK_MONOTONIC), gpr_time_from_seconds(30, GPR_TIMESPAN)));
  }

  grpc::Status Get() {
    grpc::ClientContext context;
    SetDeadline(&context);
    v1::GetLogLevelsResponse response;
    return admin_stub_->GetLogLevels(&context, {}, &response);
  }

  grpc::Status SetBadly() {
    grpc::ClientContext context;
    SetDeadline(&context);
    v1::SetLogLevelRequest request;
    request.set_module("m");
    request.set_verbosity(99);
    v1::SetLogLevelResponse response;
    return admin_stub_->SetLogLevel(&context, request, &response);
  }

  // Everything is counted once the server is gone.
  std::string Stopped() {
    channel_ = nullptr;
    admin_stub_ = nullptr;
    listener_ = nullptr;
    return registry_.Render();
  }

  static std::string Handled(const std::string& service,
                             const std::string& method, const std::string& code,
                             int count) {
    return absl::StrCat("barnabas_grpc_server_handled_total{service=\"",
                        service, "\",method=\"", method, "\",code=\"", code,
                        "\"} ", count, "\n");
  }

  env::SystemClock clock_;
  env::ThreadEventLoop loop_;
  env::LogLevels levels_;
  NodeAdminService admin_;
  env::Registry registry_;
  CallMetrics calls_;
  std::unique_ptr<Listener> listener_;
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::NodeAdmin::Stub> admin_stub_;
};

TEST_F(CallMetricsTest, CountsCallsByMethodAndCode) {
  Start();
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(Get().ok());
  EXPECT_EQ(SetBadly().error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  const std::string text = Stopped();
  const std::string admin = "barnabas.v1.NodeAdmin";
  EXPECT_NE(text.find(Handled(admin, "GetLogLevels", "OK", 3)),
            std::string::npos)
      << text;
  EXPECT_NE(text.find(Handled(admin, "SetLogLevel", "INVALID_ARGUMENT", 1)),
            std::string::npos)
      << text;
  EXPECT_NE(text.find("barnabas_grpc_server_handling_seconds_count{service=\""
                      "barnabas.v1.NodeAdmin\",method=\"GetLogLevels\"} 3\n"),
            std::string::npos)
      << text;
}

TEST_F(CallMetricsTest, NamesThatCallersMakeUpShareOneSeries) {
  Start();
  grpc::GenericStub stub(channel_);
  for (int i = 0; i < 5; ++i) {
    grpc::ClientContext context;
    SetDeadline(&context);
    const grpc::Slice nothing;
    grpc::ByteBuffer request(&nothing, 1);
    grpc::ByteBuffer response;
    std::promise<grpc::Status> done;
    stub.UnaryCall(&context, absl::StrCat("/made.up/Method", i), {}, &request,
                   &response,
                   [&done](grpc::Status status) { done.set_value(status); });
    EXPECT_EQ(done.get_future().get().error_code(),
              grpc::StatusCode::UNIMPLEMENTED);
  }
  EXPECT_EQ(Stopped().find("made.up"), std::string::npos);
}

TEST_F(CallMetricsTest, MethodsWithAnOwnerAreLeftToIt) {
  CallSeries* series = calls_.Own("/barnabas.v1.NodeAdmin/GetLogLevels");
  Start();
  EXPECT_TRUE(Get().ok());
  {
    CallRecord cancelled(series);
    CallRecord failed(series);
    failed.set_code(grpc::StatusCode::DATA_LOSS);
  }
  const std::string text = Stopped();
  const std::string admin = "barnabas.v1.NodeAdmin";
  EXPECT_EQ(text.find(Handled(admin, "GetLogLevels", "OK", 1)),
            std::string::npos);
  EXPECT_NE(text.find(Handled(admin, "GetLogLevels", "CANCELLED", 1)),
            std::string::npos);
  EXPECT_NE(text.find(Handled(admin, "GetLogLevels", "DATA_LOSS", 1)),
            std::string::npos);
}

}  // namespace
}  // namespace barnabas::rpc
