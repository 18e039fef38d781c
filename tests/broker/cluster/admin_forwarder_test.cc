// Admin calls, passed on by a broker to a scripted controller.
#include "broker/cluster/admin_forwarder.h"

#include <gmock/gmock.h>
#include <grpcpp/create_channel.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "metadata/image/image_parts.h"
#include "storage/env/system_clock.h"
#include "storage/env/thread_event_loop.h"
#include "tests/broker/cluster/fake_controller.h"
#include "tests/support/matchers.h"

namespace barnabas::broker {
namespace {

using ::barnabas::support::HasErrorCode;

// A follower whose version the test sets.
class FakeFollower final : public MetadataFollower {
 public:
  void Subscribe(Subscriber) override {}
  void Start() override {}
  void Stop() override {}
  image::ClusterImage image() const override {
    absl::MutexLock lock(&mutex_);
    return image_;
  }
  void SetImage(const image::ClusterImage& image) {
    absl::MutexLock lock(&mutex_);
    image_ = image;
  }
  LogIndex committed_end() const override { return LogIndex(0); }
  void WhenApplied(
      LogIndex version, absl::Duration,
      absl::AnyInvocable<void(const absl::Status&)> done) override {
    asked.push_back(version.value());
    done(answer);
  }

  std::vector<int64_t> asked;
  absl::Status answer;

 private:
  mutable absl::Mutex mutex_;
  image::ClusterImage image_ ABSL_GUARDED_BY(mutex_);
};

// What the broker serves: only what these tests call.
class BrokerAdmin final : public v1::TopicAdmin::CallbackService {
 public:
  explicit BrokerAdmin(AdminForwarder* forwarder) : forwarder_(forwarder) {}
  grpc::ServerUnaryReactor* CreateTopics(
      grpc::CallbackServerContext* context,
      const v1::CreateTopicsRequest* request,
      v1::CreateTopicsResponse* response) override {
    return forwarder_->CreateTopics(context, request, response);
  }
  grpc::ServerUnaryReactor* DeleteTopics(
      grpc::CallbackServerContext* context,
      const v1::DeleteTopicsRequest* request,
      v1::DeleteTopicsResponse* response) override {
    return forwarder_->DeleteTopics(context, request, response);
  }

 private:
  AdminForwarder* forwarder_;
};

class AdminForwarderTest : public ::testing::Test {
 protected:
  void Begin(std::vector<std::string> endpoints) {
    choice_ = std::make_unique<ControllerChoice>(std::move(endpoints));
    OneHop::Deps deps;
    deps.loop = loop_;
    deps.channels = &channels_;
    deps.controllers = choice_.get();
    deps.follower = &follower_;
    forwarder_ = AdminForwarder::Make(deps);
    admin_ = std::make_unique<BrokerAdmin>(forwarder_.get());
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(),
                             &port);
    builder.RegisterService(admin_.get());
    server_ = builder.BuildAndStart();
    broker_ = "127.0.0.1:" + std::to_string(port);
  }

  void TearDown() override {
    server_->Shutdown(gpr_time_from_millis(100, GPR_TIMESPAN));
    controller_.Stop();
    loop_->Stop();
  }

  absl::Status Create(const std::string& topic, bool forwarded = false) {
    auto stub = v1::TopicAdmin::NewStub(
        grpc::CreateChannel(broker_, grpc::InsecureChannelCredentials()));
    grpc::ClientContext context;
    context.set_deadline(gpr_time_from_millis(5000, GPR_TIMESPAN));
    if (forwarded) context.AddMetadata("barnabas-forwarded", "1");
    v1::CreateTopicsRequest request;
    request.add_topics()->set_name(topic);
    return rpc::FromGrpc(stub->CreateTopics(&context, request, &response_));
  }

  absl::Status Delete(const std::string& topic) {
    auto stub = v1::TopicAdmin::NewStub(
        grpc::CreateChannel(broker_, grpc::InsecureChannelCredentials()));
    grpc::ClientContext context;
    context.set_deadline(gpr_time_from_millis(5000, GPR_TIMESPAN));
    v1::DeleteTopicsRequest request;
    request.add_topics()->mutable_topic()->set_name(topic);
    v1::DeleteTopicsResponse response;
    return rpc::FromGrpc(stub->DeleteTopics(&context, request, &response));
  }

  // As if the controller had died after it took the call.
  static absl::Status Die(grpc::ServerContext* context) {
    context->TryCancel();
    return absl::UnavailableError("nobody hears this");
  }
  // Until the caller has lost patience with it.
  static absl::Status Hang(grpc::ServerContext* context) {
    while (!context->IsCancelled()) {
      absl::Notification never;
      never.WaitForNotificationWithTimeout(absl::Milliseconds(5));
    }
    return absl::CancelledError("nobody waits any more");
  }

  void AnswerWith(int64_t version) {
    controller_.on_create = [this, version](
                                const v1::CreateTopicsRequest& request,
                                v1::CreateTopicsResponse* response,
                                grpc::ServerContext* context) {
      ++calls_;
      marked_ = context->client_metadata().count("barnabas-forwarded") > 0;
      response->add_results()->set_name(request.topics(0).name());
      response->set_metadata_version(version);
      return absl::OkStatus();
    };
  }

  env::SystemClock clock_;
  std::shared_ptr<env::ThreadEventLoop> loop_ =
      std::make_shared<env::ThreadEventLoop>(
          env::ThreadEventLoop::Options{&clock_, "test"});
  rpc::ChannelPool channels_{"test"};
  FakeController controller_;
  FakeFollower follower_;
  std::unique_ptr<ControllerChoice> choice_;
  std::unique_ptr<AdminForwarder> forwarder_;
  std::unique_ptr<BrokerAdmin> admin_;
  std::unique_ptr<grpc::Server> server_;
  std::string broker_;
  v1::CreateTopicsResponse response_;
  std::atomic<int> calls_ = 0;
  std::atomic<bool> marked_ = false;
};

TEST_F(AdminForwarderTest, AnswersAfterThisBrokerAppliedTheChange) {
  AnswerWith(42);
  Begin({controller_.endpoint()});
  ASSERT_OK(Create("orders"));
  EXPECT_EQ(response_.results(0).name(), "orders");
  EXPECT_EQ(response_.metadata_version(), 42);
  EXPECT_EQ(follower_.asked, std::vector<int64_t>{42});
  EXPECT_TRUE(marked_);
}

TEST_F(AdminForwarderTest, PassesErrorsOnUnchanged) {
  controller_.on_create = [](const auto&, auto*, auto*) {
    return MakeError(ErrorCode::kLimitExceeded, "too many", "fewer");
  };
  Begin({controller_.endpoint()});
  const absl::Status status = Create("orders");
  EXPECT_THAT(status, HasErrorCode(ErrorCode::kLimitExceeded));
  EXPECT_EQ(status.message(), "too many");
  EXPECT_EQ(HintOf(status), "fewer");
}

TEST_F(AdminForwarderTest, ForwardsNothingTwice) {
  AnswerWith(1);
  Begin({controller_.endpoint()});
  EXPECT_THAT(Create("orders", /*forwarded=*/true),
              HasErrorCode(ErrorCode::kInvalidRequest));
  EXPECT_EQ(calls_, 0);
}

TEST_F(AdminForwarderTest, AsksTheNextControllerWhenOneDoesNotLead) {
  FakeController standby;
  standby.on_create = [](const auto&, auto*, auto*) {
    return MakeError(ErrorCode::kNotController, "not me");
  };
  AnswerWith(1);
  Begin({standby.endpoint(), controller_.endpoint()});
  EXPECT_OK(Create("orders"));
  EXPECT_EQ(calls_, 1);
}

TEST_F(AdminForwarderTest, SaysThatNoControllerIsThere) {
  std::string nobody;
  {
    FakeController gone;
    nobody = gone.endpoint();
  }
  Begin({nobody});
  EXPECT_THAT(Create("orders"),
              HasErrorCode(ErrorCode::kControllerNotAvailable));
}

TEST_F(AdminForwarderTest, SaysThatTheOutcomeIsUnknownWhenTheAnswerIsLost) {
  controller_.on_delete = [this](const auto&, auto*, auto* context) {
    ++calls_;
    return Die(context);
  };
  Begin({controller_.endpoint()});
  const absl::Status status = Delete("orders");
  EXPECT_FALSE(status.ok());
  EXPECT_EQ(calls_, 1) << "such a write is not sent twice";
}

// The next leader's entries: the broker has applied them.
image::ClusterImage Image(int64_t version, int32_t term) {
  auto parts = std::make_shared<image::ImageParts>();
  parts->version = LogIndex(version);
  parts->term = Term(term);
  return image::ClusterImage(parts);
}

TEST_F(AdminForwarderTest, SendsAWriteAgainThatSurelyHadNoEffect) {
  follower_.SetImage(Image(10, 1));
  controller_.on_create = [this](const auto&, auto* response, auto* context) {
    if (++calls_ == 1) {
      follower_.SetImage(Image(12, 2));
      return Die(context);
    }
    response->add_results()->set_name("orders");
    response->set_metadata_version(13);
    return absl::OkStatus();
  };
  Begin({controller_.endpoint()});
  ASSERT_OK(Create("orders"));
  EXPECT_EQ(calls_, 2);
}

TEST_F(AdminForwarderTest, SaysWhenALostWriteMayHaveHadAnEffect) {
  follower_.SetImage(Image(10, 1));
  controller_.on_create = [this](const auto&, auto*, auto* context) {
    ++calls_;
    // Something was committed beside what the next leader begins with.
    follower_.SetImage(Image(13, 2));
    return Die(context);
  };
  Begin({controller_.endpoint()});
  EXPECT_THAT(Create("orders"), HasErrorCode(ErrorCode::kRequestTimedOut));
  EXPECT_EQ(calls_, 1);
}

TEST_F(AdminForwarderTest, LeavesAControllerThatHangsWhenAnotherOneLeads) {
  FakeController paused;
  paused.on_create = [this](const auto&, auto*, grpc::ServerContext* context) {
    // What the broker finds out meanwhile.
    choice_->Led(controller_.endpoint());
    follower_.SetImage(Image(12, 2));
    return Hang(context);
  };
  AnswerWith(7);
  follower_.SetImage(Image(10, 1));
  Begin({paused.endpoint(), controller_.endpoint()});
  EXPECT_OK(Create("orders"));
  EXPECT_EQ(calls_, 1);
}

TEST_F(AdminForwarderTest, TellsOfAWriteWhoseControllerWasReplaced) {
  FakeController paused;
  paused.on_delete = [this](const auto&, auto*, grpc::ServerContext* context) {
    choice_->Led(controller_.endpoint());
    return Hang(context);
  };
  Begin({paused.endpoint(), controller_.endpoint()});
  const absl::Status status = Delete("orders");
  EXPECT_THAT(status, HasErrorCode(ErrorCode::kRequestTimedOut));
  EXPECT_THAT(std::string(status.message()),
              testing::HasSubstr("was replaced before it answered"));
}

TEST_F(AdminForwarderTest, TellsWhenThisBrokerLagsBehind) {
  AnswerWith(42);
  follower_.answer = MakeError(ErrorCode::kRequestTimedOut, "lagging");
  Begin({controller_.endpoint()});
  EXPECT_THAT(Create("orders"), HasErrorCode(ErrorCode::kRequestTimedOut));
}

}  // namespace
}  // namespace barnabas::broker
