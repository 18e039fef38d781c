// Following the metadata log of a scripted controller.
#include "broker/cluster/metadata_follower.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "storage/env/system_clock.h"
#include "storage/env/thread_event_loop.h"
#include "tests/broker/cluster/fake_controller.h"
#include "tests/support/matchers.h"

namespace barnabas::broker {
namespace {

using internal::v1::CommittedEntry;
using internal::v1::FollowMetadataRequest;
using internal::v1::FollowMetadataResponse;

const Uuid kCluster = Uuid::FromRandom(1, 1);

void AddBootstrap(const Uuid& cluster, FollowMetadataResponse* response) {
  CommittedEntry* entry = response->add_entries();
  entry->set_offset(0);
  auto* record = entry->mutable_entry()->add_records()->mutable_bootstrap();
  record->set_cluster_id(cluster.ToString());
  record->set_format_version(1);
  auto* voter = record->add_voters();
  voter->set_node_id(1);
  voter->set_directory_id(Uuid::FromRandom(4, 4).ToString());
  voter->set_host("127.0.0.1");
  voter->set_port(9293);
}

void AddTopic(int64_t offset, const std::string& name,
              FollowMetadataResponse* response) {
  CommittedEntry* entry = response->add_entries();
  entry->set_offset(offset);
  entry->set_term(1);
  auto* record = entry->mutable_entry()->add_records()->mutable_topic();
  record->set_name(name);
  record->set_topic_id(Uuid::FromRandom(9, offset).ToString());
}

class MetadataFollowerTest : public ::testing::Test {
 protected:
  void StartFollower() {
    choice_ = std::make_unique<ControllerChoice>(
        std::vector<std::string>{controller_.endpoint()});
    MetadataFollower::Options options;
    options.cluster_id = kCluster;
    options.node = NodeId(100);
    options.on_refused = [this](const absl::Status& status) {
      gate_.Update([&] { refused_ = status; });
    };
    MetadataFollower::Deps deps;
    deps.loop = loop_;
    deps.channels = &channels_;
    deps.controllers = choice_.get();
    RunOnLoop([&] {
      follower_ = MetadataFollower::Make(options, deps);
      follower_->Subscribe([this](const image::ImageChanges& changes,
                                  const image::ClusterImage& image) {
        EXPECT_GE(follower_->image().version(), image.version());
        gate_.Update([&] {
          versions_.push_back(image.version().value());
          created_ += static_cast<int>(changes.created_topics.size());
        });
      });
      follower_->Start();
    });
  }

  void TearDown() override {
    RunOnLoop([&] { follower_ = nullptr; });
    gate_.Update([&] { over_ = true; });
    controller_.Stop();
    loop_->Stop();
  }

  // Keeps a stream open until the test is over.
  absl::Status Hold(FakeController::FeedWriter* writer, int64_t end) {
    FollowMetadataResponse idle;
    idle.set_committed_end(end);
    writer->Write(idle);
    gate_.Wait([&] { return over_; });
    return absl::OkStatus();
  }

  template <typename Work>
  void RunOnLoop(Work work) {
    bool done = false;
    loop_->PostAlways([&] {
      work();
      gate_.Update([&] { done = true; });
    });
    ASSERT_TRUE(gate_.Wait([&] { return done; }));
  }

  env::SystemClock clock_;
  std::shared_ptr<env::ThreadEventLoop> loop_ =
      std::make_shared<env::ThreadEventLoop>(
          env::ThreadEventLoop::Options{&clock_, "test"});
  rpc::ChannelPool channels_{"test"};
  FakeController controller_;
  std::unique_ptr<ControllerChoice> choice_;
  std::unique_ptr<MetadataFollower> follower_;

  Gate gate_;
  std::vector<int64_t> versions_;
  int created_ = 0;
  absl::Status refused_;
  bool over_ = false;

  // What scripts change; they may still run when a test's own variables are
  // gone.
  std::vector<int64_t> asked_;
  std::atomic<int> streams_ = 0;
  bool send_more_ = false;
  std::vector<ErrorCode> answers_;
};

TEST_F(MetadataFollowerTest, PublishesEachBatchOfChanges) {
  controller_.on_follow = [&](const FollowMetadataRequest& request,
                              FakeController::FeedWriter* writer,
                              grpc::ServerContext*) {
    gate_.Update([&] { asked_.push_back(request.begin()); });
    FollowMetadataResponse first;
    AddBootstrap(kCluster, &first);
    AddTopic(1, "a", &first);
    writer->Write(first);
    FollowMetadataResponse second;
    AddTopic(2, "b", &second);
    second.set_committed_end(3);
    writer->Write(second);
    return Hold(writer, 3);
  };
  StartFollower();
  ASSERT_TRUE(gate_.Wait([&] { return versions_.size() >= 2; }));
  EXPECT_EQ(versions_, (std::vector<int64_t>{1, 2}));
  EXPECT_EQ(created_, 2);
  EXPECT_EQ(asked_, std::vector<int64_t>{0});
  EXPECT_NE(follower_->image().FindTopic(std::string_view("b")), nullptr);
  EXPECT_EQ(follower_->image().cluster_id(), kCluster);
  EXPECT_EQ(follower_->committed_end(), LogIndex(3));
}

TEST_F(MetadataFollowerTest, GoesOnAtTheNextOffsetAfterABrokenStream) {
  controller_.on_follow = [&](const FollowMetadataRequest& request,
                              FakeController::FeedWriter* writer,
                              grpc::ServerContext*) {
    gate_.Update([&] { asked_.push_back(request.begin()); });
    FollowMetadataResponse response;
    if (request.begin() == 0) {
      AddBootstrap(kCluster, &response);
      AddTopic(1, "a", &response);
      writer->Write(response);
      return MakeError(ErrorCode::kShuttingDown, "bye");
    }
    // Told again, by mistake; must change nothing.
    AddTopic(1, "a", &response);
    AddTopic(2, "b", &response);
    writer->Write(response);
    return Hold(writer, 3);
  };
  StartFollower();
  ASSERT_TRUE(gate_.Wait([&] { return versions_.size() >= 2; }));
  EXPECT_EQ(asked_, (std::vector<int64_t>{0, 2}));
  EXPECT_EQ(versions_, (std::vector<int64_t>{1, 2}));
}

TEST_F(MetadataFollowerTest, AsksAgainWhenOffsetsHaveAGap) {
  controller_.on_follow = [&](const FollowMetadataRequest&,
                              FakeController::FeedWriter* writer,
                              grpc::ServerContext*) {
    FollowMetadataResponse response;
    AddBootstrap(kCluster, &response);
    AddTopic(++streams_ == 1 ? 5 : 1, "a", &response);
    writer->Write(response);
    return Hold(writer, 2);
  };
  StartFollower();
  ASSERT_TRUE(gate_.Wait([&] { return !versions_.empty(); }));
  EXPECT_EQ(versions_, std::vector<int64_t>{1});
  EXPECT_GE(streams_, 2);
}

TEST_F(MetadataFollowerTest, RefusesAnotherCluster) {
  controller_.on_follow = [&](const FollowMetadataRequest&,
                              FakeController::FeedWriter* writer,
                              grpc::ServerContext*) {
    FollowMetadataResponse response;
    AddBootstrap(Uuid::FromRandom(66, 66), &response);
    writer->Write(response);
    return Hold(writer, 1);
  };
  StartFollower();
  ASSERT_TRUE(gate_.Wait([&] { return !refused_.ok(); }));
  EXPECT_EQ(CodeOf(refused_), ErrorCode::kInconsistentClusterId);
  EXPECT_TRUE(versions_.empty());
}

TEST_F(MetadataFollowerTest, RefusesRecordsItDoesNotKnow) {
  controller_.on_follow = [&](const FollowMetadataRequest&,
                              FakeController::FeedWriter* writer,
                              grpc::ServerContext*) {
    FollowMetadataResponse response;
    AddBootstrap(kCluster, &response);
    CommittedEntry* entry = response.add_entries();
    entry->set_offset(1);
    entry->mutable_entry()->add_records();
    writer->Write(response);
    return Hold(writer, 2);
  };
  StartFollower();
  ASSERT_TRUE(gate_.Wait([&] { return !refused_.ok(); }));
  EXPECT_EQ(CodeOf(refused_), ErrorCode::kUnsupportedFormat);
}

TEST_F(MetadataFollowerTest, WakesThoseWhoWaitForAVersion) {
  controller_.on_follow = [&](const FollowMetadataRequest&,
                              FakeController::FeedWriter* writer,
                              grpc::ServerContext*) {
    FollowMetadataResponse first;
    AddBootstrap(kCluster, &first);
    writer->Write(first);
    gate_.Wait([&] { return send_more_; });
    FollowMetadataResponse second;
    AddTopic(1, "a", &second);
    writer->Write(second);
    return Hold(writer, 2);
  };
  StartFollower();
  const auto wait_for = [&](int64_t version, absl::Duration timeout) {
    follower_->WhenApplied(
        LogIndex(version), timeout, [&](const absl::Status& status) {
          gate_.Update([&] { answers_.push_back(CodeOf(status)); });
        });
  };
  wait_for(7, absl::Milliseconds(50));
  ASSERT_TRUE(gate_.Wait([&] { return answers_.size() == 1; }));
  EXPECT_EQ(answers_[0], ErrorCode::kRequestTimedOut);
  wait_for(1, absl::Seconds(30));
  gate_.Update([&] { send_more_ = true; });
  ASSERT_TRUE(gate_.Wait([&] { return answers_.size() == 2; }));
  EXPECT_EQ(answers_[1], ErrorCode::kUnspecified);
  wait_for(0, absl::Seconds(30));
  ASSERT_TRUE(gate_.Wait([&] { return answers_.size() == 3; }));
  EXPECT_EQ(answers_[2], ErrorCode::kUnspecified);
  wait_for(9, absl::Seconds(30));
  RunOnLoop([&] { follower_->Stop(); });
  ASSERT_TRUE(gate_.Wait([&] { return answers_.size() == 4; }));
  EXPECT_EQ(answers_[3], ErrorCode::kShuttingDown);
}

}  // namespace
}  // namespace barnabas::broker
