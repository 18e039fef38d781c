#include "tests/e2e/local_cluster.h"

#include <glog/logging.h>
#include <grpcpp/client_context.h>
#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>
#include <gtest/gtest.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "barnabas/v1/topic_admin.grpc.pb.h"
#include "controller/quorum/format.h"
#include "grpc/health/v1/health.grpc.pb.h"
#include "storage/env/posix_file.h"
#include "storage/env/random.h"
#include "storage/env/system_clock.h"

namespace barnabas::e2e {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(60);
constexpr char kBrokerProgram[] = "broker/barnabas-broker";
constexpr char kControllerProgram[] = "controller/barnabas-controller";

std::string Folder(const std::string& name) {
  return absl::StrCat(testing::TempDir(), "/", name);
}

}  // namespace

std::chrono::system_clock::time_point Deadline(absl::Duration patience) {
  return absl::ToChronoTime(env::SystemClock().Wall() + patience);
}

std::unique_ptr<grpc::ClientContext> Context() {
  auto context = std::make_unique<grpc::ClientContext>();
  context->set_deadline(Deadline(absl::Seconds(60)));
  return context;
}

LocalCluster::LocalCluster(const ClusterOptions& options)
    : folder_(Folder(options.name)),
      data_root_(options.data_root.empty() ? folder_ : options.data_root),
      cluster_id_(Uuid::FromRandom(env::RandomSeed(), env::RandomSeed())),
      peer_port_(FreePort()),
      controller_http_port_(FreePort()),
      client_port_(FreePort()),
      http_port_(FreePort()) {
  Format();
}

void LocalCluster::Format() {
  env::PosixFileSystem files;
  env::SystemClock clock;
  for (const std::string& path :
       {folder_, data_root_, broker_data(), controller_data()}) {
    CHECK(files.CreateDirectory(path).ok()) << path;
  }
  quorum::FormatOptions options;
  options.files = &files;
  options.clock = &clock;
  options.cluster_id = cluster_id_;
  options.directory = controller_data();
  options.node_id = NodeId(1);
  options.seed_high = env::RandomSeed();
  options.seed_low = env::RandomSeed();
  quorum::Voter voter;
  voter.id = NodeId(1);
  voter.directory = Uuid::FromRandom(env::RandomSeed(), env::RandomSeed());
  voter.host = "127.0.0.1";
  voter.port = peer_port_;
  const auto formatted = quorum::FormatController(options, {voter});
  CHECK(formatted.ok()) << formatted.status();
  options.directory = broker_data();
  options.node_id = NodeId(100);
  options.seed_low = env::RandomSeed();
  const auto broker = quorum::FormatBroker(options);
  CHECK(broker.ok()) << broker.status();
}

std::string LocalCluster::client_endpoint() const {
  return absl::StrCat("127.0.0.1:", client_port_);
}

std::string LocalCluster::peer_endpoint() const {
  return absl::StrCat("127.0.0.1:", peer_port_);
}

std::string LocalCluster::http_endpoint() const {
  return absl::StrCat("127.0.0.1:", http_port_);
}

std::vector<std::string> LocalCluster::BrokerCommand() const {
  return {kBrokerProgram,
          "--set=node.id=100",
          absl::StrCat("--set=node.data_dirs=", broker_data()),
          absl::StrCat("--set=cluster.id=", cluster_id_.ToString()),
          absl::StrCat("--set=cluster.controllers=1@", peer_endpoint()),
          absl::StrCat("--set=listeners.client.bind=", client_endpoint()),
          absl::StrCat("--set=listeners.http.bind=", http_endpoint())};
}

void LocalCluster::Start() {
  StartController();
  StartBroker();
  WaitForBroker();
}

void LocalCluster::StartController() {
  controller_ = std::make_unique<NodeProcess>(
      std::vector<std::string>{
          kControllerProgram, "--set=node.id=1",
          absl::StrCat("--set=node.data_dir=", controller_data()),
          absl::StrCat("--set=cluster.id=", cluster_id_.ToString()),
          absl::StrCat("--set=cluster.controllers=1@", peer_endpoint()),
          absl::StrCat("--set=listeners.peer.bind=", peer_endpoint()),
          absl::StrCat("--set=listeners.http.bind=127.0.0.1:",
                       controller_http_port_)},
      folder_ + "/controller.txt");
}

void LocalCluster::StartBroker() {
  broker_ = std::make_unique<NodeProcess>(BrokerCommand(), broker_output());
}

std::shared_ptr<grpc::Channel> LocalCluster::Dial() const {
  return Dial(client_endpoint());
}

std::shared_ptr<grpc::Channel> LocalCluster::Dial(
    const std::string& endpoint) const {
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, 20);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, 20);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, 100);
  // Not shared with channels of before a restart.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  arguments.SetMaxReceiveMessageSize(-1);
  return grpc::CreateCustomChannel(endpoint, grpc::InsecureChannelCredentials(),
                                   arguments);
}

void LocalCluster::WaitForBroker() {
  const env::SystemClock clock;
  const auto deadline = Deadline(kPatience);
  while (clock.Monotonic() < kPatience) {
    const std::unique_ptr<grpc::health::v1::Health::Stub> health =
        grpc::health::v1::Health::NewStub(Dial());
    grpc::ClientContext context;
    context.set_wait_for_ready(true);
    context.set_deadline(deadline);
    grpc::health::v1::HealthCheckRequest request;
    request.set_service("readiness");
    const auto watch = health->Watch(&context, request);
    grpc::health::v1::HealthCheckResponse response;
    while (watch->Read(&response)) {
      if (response.status() != grpc::health::v1::HealthCheckResponse::SERVING) {
        continue;
      }
      context.TryCancel();
      while (watch->Read(&response)) continue;
      watch->Finish();
      return;
    }
    watch->Finish();
    if (broker_->WaitForExit(absl::ZeroDuration()).has_value()) break;
  }
  FAIL() << "the broker does not serve\n--- broker\n"
         << ReadText(broker_output()) << "--- controller\n"
         << ReadText(folder_ + "/controller.txt");
}

void LocalCluster::CreateTopic(
    const std::string& topic, int32_t partitions,
    std::vector<std::pair<std::string, std::string>> settings) {
  v1::CreateTopicsRequest request;
  v1::CreateTopic* wanted = request.add_topics();
  wanted->set_name(topic);
  wanted->set_partitions(partitions);
  for (const auto& [key, value] : settings) {
    v1::SettingValue* setting = wanted->add_settings();
    setting->set_key(key);
    setting->set_value(value);
  }
  grpc::ClientContext context;
  context.set_deadline(Deadline(kPatience));
  v1::CreateTopicsResponse response;
  const grpc::Status status = v1::TopicAdmin::NewStub(Dial())->CreateTopics(
      &context, request, &response);
  ASSERT_TRUE(status.ok()) << status.error_message();
  ASSERT_EQ(response.results_size(), 1);
  ASSERT_FALSE(response.results(0).has_error())
      << response.results(0).error().ShortDebugString();
}

}  // namespace barnabas::e2e
