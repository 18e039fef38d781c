// Log levels, changed and taken back while the node runs.
#include "client/serving/node_admin.h"

#include <glog/logging.h>
#include <grpcpp/create_channel.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>

#include "client/rpc/status_bridge.h"
#include "client/serving/listener.h"
#include "tests/support/matchers.h"
#include "tests/support/sim_event_loop.h"

namespace barnabas::rpc {
namespace {

using ::barnabas::support::HasErrorCode;

class NodeAdminTest : public ::testing::Test {
 protected:
  NodeAdminTest()
      : loop_(&scheduler_),
        admin_(&levels_, &loop_, [](const v1::DescribeLogDirsRequest& request) {
          v1::DescribeLogDirsResponse response;
          response.add_dirs()->set_path(request.topics(0));
          return response;
        }) {
    levels_.SetSeverity(env::LogSeverity::kInfo);
    levels_.SetVerbosity("", 0).IgnoreError();
    ListenerOptions options;
    options.name = "test";
    options.host = "127.0.0.1";
    options.services = {{v1::NodeAdmin::service_full_name(), &admin_}};
    auto started = Listener::Start(options);
    EXPECT_OK(started);
    listener_ = *std::move(started);
    stub_ = v1::NodeAdmin::NewStub(
        grpc::CreateChannel("127.0.0.1:" + std::to_string(listener_->port()),
                            grpc::InsecureChannelCredentials()));
  }

  absl::Status Set(const v1::SetLogLevelRequest& request) {
    grpc::ClientContext context;
    context.set_deadline(gpr_time_from_seconds(10, GPR_TIMESPAN));
    v1::SetLogLevelResponse response;
    const absl::Status status =
        FromGrpc(stub_->SetLogLevel(&context, request, &response));
    if (status.ok()) last_ = response.levels();
    return status;
  }

  absl::Status SetVerbosity(const std::string& module, int verbosity,
                            int64_t for_ms = 0) {
    v1::SetLogLevelRequest request;
    request.set_module(module);
    request.set_verbosity(verbosity);
    request.set_for_ms(for_ms);
    return Set(request);
  }

  support::SimScheduler scheduler_{1};
  support::SimEventLoop loop_;
  env::LogLevels levels_;
  NodeAdminService admin_;
  std::unique_ptr<Listener> listener_;
  std::unique_ptr<v1::NodeAdmin::Stub> stub_;
  v1::GetLogLevelsResponse last_;
};

TEST_F(NodeAdminTest, TellsTheLevelsInForce) {
  grpc::ClientContext context;
  v1::GetLogLevelsResponse levels;
  ASSERT_OK(FromGrpc(stub_->GetLogLevels(&context, {}, &levels)));
  EXPECT_EQ(levels.severity(), v1::SEVERITY_INFO);
  EXPECT_EQ(levels.verbosity(), 0);
}

TEST_F(NodeAdminTest, AsksTheOwnerForLogDirectories) {
  grpc::ClientContext context;
  v1::DescribeLogDirsRequest request;
  request.add_topics("orders");
  v1::DescribeLogDirsResponse dirs;
  ASSERT_OK(FromGrpc(stub_->DescribeLogDirs(&context, request, &dirs)));
  EXPECT_EQ(dirs.dirs(0).path(), "orders");
}

TEST_F(NodeAdminTest, ChangesSeverityAndVerbosity) {
  v1::SetLogLevelRequest request;
  request.set_severity(v1::SEVERITY_WARNING);
  request.set_verbosity(2);
  ASSERT_OK(Set(request));
  EXPECT_EQ(last_.severity(), v1::SEVERITY_WARNING);
  EXPECT_EQ(last_.verbosity(), 2);
  EXPECT_TRUE(VLOG_IS_ON(2));
  EXPECT_FALSE(VLOG_IS_ON(3));
}

TEST_F(NodeAdminTest, ChangesOneModule) {
  EXPECT_FALSE(VLOG_IS_ON(3));
  ASSERT_OK(SetVerbosity("node_admin_test", 3));
  ASSERT_EQ(last_.modules_size(), 1);
  EXPECT_EQ(last_.modules(0).module(), "node_admin_test");
  EXPECT_TRUE(VLOG_IS_ON(3));
  ASSERT_OK(SetVerbosity("node_admin_test", 0));
  EXPECT_FALSE(VLOG_IS_ON(3));
}

TEST_F(NodeAdminTest, TakesAChangeBackWhenItsTimeIsOver) {
  ASSERT_OK(SetVerbosity("", 4, 60000));
  EXPECT_EQ(levels_.filter().verbosity, 4);
  scheduler_.RunFor(absl::Seconds(59));
  EXPECT_EQ(levels_.filter().verbosity, 4);
  scheduler_.RunFor(absl::Seconds(2));
  EXPECT_EQ(levels_.filter().verbosity, 0);
}

TEST_F(NodeAdminTest, GoesBackToWhatWasBeforeTheFirstOfSeveralChanges) {
  ASSERT_OK(SetVerbosity("", 4, 60000));
  ASSERT_OK(SetVerbosity("", 5, 90000));
  scheduler_.RunFor(absl::Seconds(61));
  EXPECT_EQ(levels_.filter().verbosity, 5) << "the first timer is void";
  scheduler_.RunFor(absl::Seconds(30));
  EXPECT_EQ(levels_.filter().verbosity, 0);
}

TEST_F(NodeAdminTest, AChangeForGoodEndsAChangeForATime) {
  ASSERT_OK(SetVerbosity("", 4, 60000));
  ASSERT_OK(SetVerbosity("", 2));
  scheduler_.RunFor(absl::Seconds(61));
  EXPECT_EQ(levels_.filter().verbosity, 2);
}

TEST_F(NodeAdminTest, RefusesWhatIsOutOfRange) {
  EXPECT_THAT(SetVerbosity("", 10), HasErrorCode(ErrorCode::kInvalidSetting));
  EXPECT_THAT(SetVerbosity("", -1), HasErrorCode(ErrorCode::kInvalidSetting));
  EXPECT_THAT(SetVerbosity("../etc/passwd", 1),
              HasErrorCode(ErrorCode::kInvalidSetting));
  EXPECT_THAT(SetVerbosity("", 1, -5),
              HasErrorCode(ErrorCode::kInvalidSetting));
  EXPECT_THAT(SetVerbosity("", 1, 100000000000),
              HasErrorCode(ErrorCode::kInvalidSetting));
  v1::SetLogLevelRequest request;
  request.set_severity(static_cast<v1::Severity>(77));
  EXPECT_THAT(Set(request), HasErrorCode(ErrorCode::kInvalidSetting));
  EXPECT_EQ(levels_.filter().verbosity, 0);
}

TEST_F(NodeAdminTest, BoundsTheNumberOfModules) {
  absl::Status status;
  for (int i = 0; i < 200 && status.ok(); ++i) {
    status = SetVerbosity("module_" + std::to_string(i), 1);
  }
  EXPECT_THAT(status, HasErrorCode(ErrorCode::kLimitExceeded));
}

}  // namespace
}  // namespace barnabas::rpc
