// ControllerFixture: a real controller process in this one, on loopback, with
// a temporary directory; and a broker played by hand.
//
// What: formats, starts, stops, restarts; stubs of all its services; a
//   PlayedBroker whose session a test writes and reads frame by frame.
// Units: none. Empty case: nothing runs until StartController.
// Thread: the test's. Errors: asserted.
#ifndef BARNABAS_TESTS_CONTROLLER_CONTROLLER_FIXTURE_H_
#define BARNABAS_TESTS_CONTROLLER_CONTROLLER_FIXTURE_H_

#include <grpcpp/create_channel.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <stdlib.h>

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "barnabas/internal/v1/controller.grpc.pb.h"
#include "barnabas/v1/config_admin.grpc.pb.h"
#include "barnabas/v1/discovery.grpc.pb.h"
#include "barnabas/v1/topic_admin.grpc.pb.h"
#include "client/rpc/status_bridge.h"
#include "controller/controller_process.h"
#include "controller/quorum/format.h"
#include "metadata/image/features.h"
#include "proto/types/error_proto.h"
#include "storage/env/logging.h"
#include "storage/env/posix_file.h"
#include "storage/env/system_clock.h"
#include "tests/support/matchers.h"

namespace barnabas::controller {

inline const Uuid kCluster = Uuid::FromRandom(5, 5);

inline void SetDeadline(grpc::ClientContext* context, int64_t ms = 10000) {
  context->set_deadline(gpr_time_from_millis(ms, GPR_TIMESPAN));
}

// One session of a broker, frame by frame.
class PlayedBroker {
 public:
  using Request = internal::v1::BrokerSessionRequest;
  using Response = internal::v1::BrokerSessionResponse;

  explicit PlayedBroker(const std::shared_ptr<grpc::Channel>& channel)
      : stub_(internal::v1::Controller::NewStub(channel)) {
    SetDeadline(&context_, 30000);
    stream_ = stub_->BrokerSession(&context_);
  }
  ~PlayedBroker() {
    context_.TryCancel();
    if (stream_ != nullptr) stream_->Finish();
  }

  static internal::v1::RegisterBroker Registration(int32_t id,
                                                   uint64_t incarnation) {
    internal::v1::RegisterBroker frame;
    frame.set_cluster_id(kCluster.ToString());
    frame.set_broker_id(id);
    image::WriteRanges(image::UnderstoodFeatures(), *frame.mutable_features());
    frame.set_incarnation_id(Uuid::FromRandom(id, incarnation).ToString());
    frame.set_directory_id(Uuid::FromRandom(7, id).ToString());
    frame.set_version("test");
    auto* endpoint = frame.add_endpoints();
    endpoint->set_listener("client");
    endpoint->set_host("127.0.0.1");
    // Nobody listens on port 1.
    endpoint->set_port(1);
    return frame;
  }

  bool Write(const Request& request) { return stream_->Write(request); }

  // The next frame; nullopt at the end of the stream.
  std::optional<Response> Read() {
    Response response;
    if (!stream_->Read(&response)) return std::nullopt;
    return response;
  }

  std::optional<Response> Register(
      const internal::v1::RegisterBroker& registration) {
    Request request;
    *request.mutable_register_() = registration;
    Write(request);
    std::optional<Response> response = Read();
    if (response.has_value() && response->has_registered()) {
      epoch_ = response->registered().broker_epoch();
    }
    return response;
  }

  std::optional<Response> Beat(int64_t applied, bool want_stop = false) {
    Request request;
    request.mutable_heartbeat()->set_broker_epoch(epoch_);
    request.mutable_heartbeat()->set_applied_offset(applied);
    request.mutable_heartbeat()->set_want_stop(want_stop);
    Write(request);
    return Read();
  }

  // Registers and beats until it is unfenced.
  void Join(int32_t id, uint64_t incarnation = 1) {
    Join(Registration(id, incarnation));
  }
  void Join(const internal::v1::RegisterBroker& registration) {
    auto response = Register(registration);
    ASSERT_TRUE(response.has_value());
    ASSERT_TRUE(response->has_registered()) << response->DebugString();
    for (int i = 0; i < 100; ++i) {
      response = Beat(1000000);
      ASSERT_TRUE(response.has_value());
      if (response->has_reply() && !response->reply().fenced()) return;
    }
    FAIL() << "still fenced";
  }

  // Ends the stream as a process that dies does.
  void Break() {
    context_.TryCancel();
    Finish().IgnoreError();
  }
  absl::Status Finish() {
    Response ignored;
    while (stream_->Read(&ignored)) {
    }
    const absl::Status status = rpc::FromGrpc(stream_->Finish());
    stream_ = nullptr;
    return status;
  }

  int64_t epoch() const { return epoch_; }

 private:
  std::unique_ptr<internal::v1::Controller::Stub> stub_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReaderWriter<Request, Response>> stream_;
  int64_t epoch_ = -1;
};

class ControllerFixture : public ::testing::Test {
 protected:
  void SetUp() override {
    std::string pattern = ::testing::TempDir() + "/controller-XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    directory_ = pattern + "/data";
  }

  void Format() {
    quorum::FormatOptions options;
    options.files = &files_;
    options.clock = &clock_;
    options.directory = directory_;
    options.cluster_id = kCluster;
    options.node_id = NodeId(1);
    options.seed_high = 1;
    options.seed_low = 2;
    ASSERT_OK(quorum::FormatController(
        options, {quorum::Voter{NodeId(1), Uuid(), "127.0.0.1", 9293}}));
  }

  v1::ControllerNodeConfig Config() const {
    v1::ControllerNodeConfig config;
    config.mutable_node()->set_id(1);
    config.mutable_node()->set_data_dir(directory_);
    config.mutable_cluster()->set_id(kCluster.ToString());
    config.mutable_listeners()->mutable_peer()->set_bind("127.0.0.1:0");
    config.mutable_listeners()->mutable_http()->set_bind("127.0.0.1:0");
    return config;
  }

  void StartController() {
    auto started = ControllerProcess::Start(Config(), &levels_);
    ASSERT_OK(started);
    process_ = *std::move(started);
    channel_ = NewChannel();
    WaitUntilReady();
  }

  void StopController() {
    process_->RequestStop();
    EXPECT_OK(process_->Wait());
    process_ = nullptr;
  }

  // A connection of its own.
  std::shared_ptr<grpc::Channel> NewChannel(
      grpc::ChannelArguments arguments = {}) const {
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
    return grpc::CreateCustomChannel(
        "127.0.0.1:" + std::to_string(process_->peer_port()),
        grpc::InsecureChannelCredentials(), arguments);
  }

  void WaitUntilReady() {
    for (int i = 0; i < 1000; ++i) {
      v1::AlterConfigRequest request;
      request.set_validate_only(true);
      auto* change = request.add_changes();
      change->mutable_scope()->set_kind(v1::SCOPE_KIND_CLUSTER);
      auto* setting = change->add_settings();
      setting->set_key("num.partitions");
      setting->set_value("1");
      if (Call(&v1::ConfigAdmin::Stub::AlterConfig, request).ok()) return;
      poll(nullptr, 0, 5);
    }
    FAIL() << "the controller does not become active";
  }

  // One unary call of any service.
  template <typename Stub, typename Request, typename Response>
  absl::StatusOr<Response> Call(
      grpc::Status (Stub::*method)(grpc::ClientContext*, const Request&,
                                   Response*),
      const Request& request) {
    Stub stub(channel_);
    grpc::ClientContext context;
    SetDeadline(&context);
    Response response;
    const grpc::Status status = (stub.*method)(&context, request, &response);
    if (!status.ok()) return rpc::FromGrpc(status);
    return response;
  }

  // Fails as the topic does.
  absl::StatusOr<v1::CreateTopicsResponse> CreateTopic(const std::string& name,
                                                       int32_t partitions = 1) {
    v1::CreateTopicsRequest request;
    request.add_topics()->set_name(name);
    request.mutable_topics(0)->set_partitions(partitions);
    auto answer = Call(&v1::TopicAdmin::Stub::CreateTopics, request);
    if (answer.ok() && answer->results(0).has_error()) {
      return FromProto(answer->results(0).error());
    }
    return answer;
  }

  absl::Status SetCluster(const std::string& key, const std::string& value) {
    v1::AlterConfigRequest request;
    auto* change = request.add_changes();
    change->mutable_scope()->set_kind(v1::SCOPE_KIND_CLUSTER);
    auto* setting = change->add_settings();
    setting->set_key(key);
    setting->set_value(value);
    const auto answer = Call(&v1::ConfigAdmin::Stub::AlterConfig, request);
    return answer.status();
  }

  v1::DescribeClusterResponse Describe() {
    const auto answer = Call(&v1::Discovery::Stub::DescribeCluster, {});
    EXPECT_OK(answer);
    return answer.ok() ? *answer : v1::DescribeClusterResponse();
  }

  v1::BrokerState StateOf(int32_t id) {
    const v1::DescribeClusterResponse cluster = Describe();
    for (const v1::BrokerInfo& broker : cluster.brokers()) {
      if (broker.id() == id) return broker.state();
    }
    return v1::BROKER_STATE_UNSPECIFIED;
  }

  // How long until `done`, at most ten seconds.
  template <typename Predicate>
  absl::Duration TimeUntil(Predicate done) {
    const absl::Duration begin = clock_.Monotonic();
    while (clock_.Monotonic() - begin < absl::Seconds(10)) {
      if (done()) break;
      poll(nullptr, 0, 5);
    }
    return clock_.Monotonic() - begin;
  }

  env::PosixFileSystem files_;
  env::SystemClock clock_;
  env::LogLevels levels_;
  std::string directory_;
  std::unique_ptr<ControllerProcess> process_;
  std::shared_ptr<grpc::Channel> channel_;
};

}  // namespace barnabas::controller

#endif  // BARNABAS_TESTS_CONTROLLER_CONTROLLER_FIXTURE_H_
