// When a view asks: at first, when told, when a broker says that something
// changed; and how it does without that.
#include "client/cluster_view.h"

#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "barnabas/v1/discovery.grpc.pb.h"
#include "storage/env/system_clock.h"
#include "storage/env/thread_event_loop.h"

namespace barnabas::client {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(30);

// One broker whose leader epoch a test moves.
class Node final : public v1::Discovery::Service {
 public:
  explicit Node(bool watches) : watches_(watches) {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(),
                             &port_);
    builder.RegisterService(this);
    server_ = builder.BuildAndStart();
  }
  ~Node() override {
    End();
    server_->Shutdown();
  }

  std::string Endpoint() const { return absl::StrCat("127.0.0.1:", port_); }

  // Another leader epoch; watchers are told.
  void Move() {
    absl::MutexLock lock(&mutex_);
    ++epoch_;
  }
  // All streams end.
  void End() {
    absl::MutexLock lock(&mutex_);
    ++ended_;
  }
  bool AwaitWatchers(int count, absl::Duration patience = kPatience) {
    absl::MutexLock lock(&mutex_);
    const auto enough = [this, count] { return opened_ >= count; };
    return mutex_.AwaitWithTimeout(absl::Condition(&enough), patience);
  }
  int rounds() {
    absl::MutexLock lock(&mutex_);
    return rounds_;
  }

  grpc::Status DescribeCluster(grpc::ServerContext*,
                               const v1::DescribeClusterRequest*,
                               v1::DescribeClusterResponse* response) override {
    absl::MutexLock lock(&mutex_);
    ++rounds_;
    response->set_metadata_version(epoch_);
    v1::BrokerInfo* broker = response->add_brokers();
    broker->set_id(1);
    broker->set_state(v1::BROKER_STATE_RUNNING);
    v1::Endpoint* endpoint = broker->add_endpoints();
    endpoint->set_host("127.0.0.1");
    endpoint->set_port(port_);
    return grpc::Status::OK;
  }

  grpc::Status DescribeTopics(grpc::ServerContext*,
                              const v1::DescribeTopicsRequest* request,
                              v1::DescribeTopicsResponse* response) override {
    absl::MutexLock lock(&mutex_);
    for (const v1::TopicRef& wanted : request->topics()) {
      v1::DescribedTopic* described = response->add_topics();
      described->set_name(wanted.name());
      described->mutable_topic()->set_name(wanted.name());
      described->mutable_topic()->set_id("id of " + wanted.name());
      v1::PartitionInfo* partition =
          described->mutable_topic()->add_partitions();
      partition->set_leader(1);
      partition->set_leader_epoch(epoch_);
    }
    return grpc::Status::OK;
  }

  grpc::Status WatchMetadata(
      grpc::ServerContext* context, const v1::WatchMetadataRequest* request,
      grpc::ServerWriter<v1::WatchMetadataResponse>* writer) override {
    if (!watches_) return {grpc::StatusCode::UNIMPLEMENTED, "not here"};
    int64_t told = request->after_version();
    absl::MutexLock lock(&mutex_);
    ++opened_;
    const int life = ended_;
    while (!context->IsCancelled() && ended_ == life) {
      const auto news = [this, told, life] {
        return epoch_ != told || ended_ != life;
      };
      // gRPC tells a cancellation only to those who ask.
      mutex_.AwaitWithTimeout(absl::Condition(&news), absl::Milliseconds(50));
      if (epoch_ == told) continue;
      told = epoch_;
      v1::WatchMetadataResponse response;
      response.set_metadata_version(told);
      if (!writer->Write(response)) break;
    }
    return grpc::Status::OK;
  }

 private:
  const bool watches_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
  absl::Mutex mutex_;
  int epoch_ ABSL_GUARDED_BY(mutex_) = 1;
  int rounds_ ABSL_GUARDED_BY(mutex_) = 0;
  int opened_ ABSL_GUARDED_BY(mutex_) = 0;
  int ended_ ABSL_GUARDED_BY(mutex_) = 0;
};

class ClusterViewTest : public ::testing::Test {
 protected:
  ClusterViewTest()
      : channels_(std::make_shared<rpc::ChannelPool>("test")),
        loop_(std::make_shared<env::ThreadEventLoop>(
            env::ThreadEventLoop::Options{&clock_, "test"})) {}

  ~ClusterViewTest() override {
    OnLoop([this] { view_ = nullptr; });
    loop_->Stop();
  }

  void Start(Node* node) {
    OnLoop([this, node] {
      ClusterView::Deps deps;
      deps.options.bootstrap = {node->Endpoint()};
      // Age alone makes no round in this test.
      deps.options.metadata_age_max = absl::Hours(1);
      deps.channels = channels_;
      deps.loop = loop_;
      deps.on_round = [this] {
        absl::MutexLock lock(&mutex_);
        const KnownTopic* topic = view_->table().Find("t");
        epoch_ = topic == nullptr ? -1 : topic->partitions[0].epoch;
      };
      view_ = std::make_unique<ClusterView>(std::move(deps));
      view_->Watch("t");
    });
  }

  template <typename Work>
  void OnLoop(Work work) {
    absl::Notification done;
    loop_->PostAlways([&] {
      work();
      done.Notify();
    });
    done.WaitForNotification();
  }

  bool AwaitEpoch(int epoch) {
    absl::MutexLock lock(&mutex_);
    const auto known = [this, epoch] { return epoch_ == epoch; };
    return mutex_.AwaitWithTimeout(absl::Condition(&known), kPatience);
  }

  env::SystemClock clock_;
  std::shared_ptr<rpc::ChannelPool> channels_;
  std::shared_ptr<env::ThreadEventLoop> loop_;
  std::unique_ptr<ClusterView> view_;
  absl::Mutex mutex_;
  int epoch_ ABSL_GUARDED_BY(mutex_) = -1;
};

TEST_F(ClusterViewTest, LearnsANewLeaderAsSoonAsABrokerTells) {
  Node node(true);
  Start(&node);
  ASSERT_TRUE(AwaitEpoch(1));
  ASSERT_TRUE(node.AwaitWatchers(1));
  for (int epoch = 2; epoch < 6; ++epoch) {
    node.Move();
    EXPECT_TRUE(AwaitEpoch(epoch));
  }
  OnLoop([this] { view_ = nullptr; });
}

TEST_F(ClusterViewTest, AsksWhenToldWhereNobodyWatches) {
  Node node(false);
  Start(&node);
  ASSERT_TRUE(AwaitEpoch(1));
  node.Move();
  OnLoop([this] { view_->Refresh(); });
  EXPECT_TRUE(AwaitEpoch(2));
  OnLoop([this] { view_ = nullptr; });
  EXPECT_LE(node.rounds(), 3) << "a refused watch makes no rounds";
}

TEST_F(ClusterViewTest, WatchesAgainAfterItsStreamBroke) {
  Node node(true);
  Start(&node);
  ASSERT_TRUE(AwaitEpoch(1));
  ASSERT_TRUE(node.AwaitWatchers(1));
  node.End();
  // A round may come before the end does; a later one follows it.
  bool again = false;
  for (int i = 0; i < 300 && !again; ++i) {
    OnLoop([this] { view_->Refresh(); });
    again = node.AwaitWatchers(2, absl::Milliseconds(100));
  }
  ASSERT_TRUE(again);
  node.Move();
  EXPECT_TRUE(AwaitEpoch(2));
  OnLoop([this] { view_ = nullptr; });
}

}  // namespace
}  // namespace barnabas::client
