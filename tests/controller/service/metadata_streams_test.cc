// FollowMetadata for brokers and WatchMetadata for clients.
#include <gtest/gtest.h>

#include <memory>
#include <set>
#include <string>
#include <vector>

#include "controller/service/metadata_feeds.h"
#include "controller/service/metadata_watches.h"
#include "metadata/image/cluster_delta.h"
#include "tests/controller/controller_fixture.h"
#include "tests/support/matchers.h"

namespace barnabas::controller {
namespace {

using ::barnabas::support::HasErrorCode;
using internal::v1::FollowMetadataRequest;
using internal::v1::FollowMetadataResponse;

// One FollowMetadata stream.
class Feed {
 public:
  Feed(const std::shared_ptr<grpc::Channel>& channel, int64_t from,
       const std::string& cluster = kCluster.ToString())
      : stub_(internal::v1::Controller::NewStub(channel)) {
    SetDeadline(&context_);
    FollowMetadataRequest request;
    request.set_cluster_id(cluster);
    request.set_node_id(100);
    request.set_begin(from);
    reader_ = stub_->FollowMetadata(&context_, request);
  }
  ~Feed() {
    context_.TryCancel();
    if (reader_ != nullptr) reader_->Finish();
  }

  // Reads until the entry at `offset` came; false at the stream's end.
  bool ReadTo(int64_t offset) {
    while (entries_.empty() || entries_.back().offset() < offset) {
      if (!Read()) return false;
    }
    return true;
  }
  bool Read() {
    FollowMetadataResponse response;
    if (!reader_->Read(&response)) return false;
    committed_end_ = response.committed_end();
    for (const auto& entry : response.entries()) entries_.push_back(entry);
    return true;
  }
  absl::Status Finish() {
    while (Read()) {
    }
    const absl::Status status = rpc::FromGrpc(reader_->Finish());
    reader_ = nullptr;
    return status;
  }

  const std::vector<internal::v1::CommittedEntry>& entries() const {
    return entries_;
  }
  int64_t committed_end() const { return committed_end_; }

 private:
  std::unique_ptr<internal::v1::Controller::Stub> stub_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReader<FollowMetadataResponse>> reader_;
  std::vector<internal::v1::CommittedEntry> entries_;
  int64_t committed_end_ = -1;
};

class MetadataStreamsTest : public ControllerFixture {
 protected:
  void SetUp() override {
    ControllerFixture::SetUp();
    Format();
    StartController();
    broker_ = std::make_unique<PlayedBroker>(NewChannel());
    broker_->Join(100);
  }
  void TearDown() override { broker_ = nullptr; }

  std::unique_ptr<PlayedBroker> broker_;
};

TEST_F(MetadataStreamsTest, AFeedGivesEveryCommittedEntryInOrder) {
  for (int i = 0; i < 50; ++i) {
    ASSERT_OK(CreateTopic("before-" + std::to_string(i)));
  }
  Feed feed(NewChannel(), 0);
  ASSERT_OK(CreateTopic("live"));
  const int64_t version = Describe().metadata_version();
  ASSERT_TRUE(feed.ReadTo(version));
  image::ClusterDelta delta{image::ClusterImage()};
  for (const auto& entry : feed.entries()) {
    ASSERT_OK(delta.Replay(entry.entry(), LogIndex(entry.offset()),
                           Term(entry.term())));
  }
  const image::ClusterImage image = delta.Apply();
  EXPECT_EQ(image.version(), LogIndex(version));
  EXPECT_EQ(image.totals().topics, 51);
  EXPECT_NE(image.FindTopic(std::string_view("live")), nullptr);
}

TEST_F(MetadataStreamsTest, AFeedBeginsWhereItsFollowerAsks) {
  ASSERT_OK(CreateTopic("a"));
  const int64_t version = Describe().metadata_version();
  Feed feed(NewChannel(), version);
  ASSERT_TRUE(feed.ReadTo(version));
  ASSERT_EQ(feed.entries().size(), 1u);
  EXPECT_EQ(feed.entries()[0].offset(), version);
}

TEST_F(MetadataStreamsTest, AnIdleFeedStillSaysWhereTheEndIs) {
  const int64_t end = Describe().metadata_version() + 1;
  Feed feed(NewChannel(), end);
  ASSERT_TRUE(feed.Read());
  EXPECT_TRUE(feed.entries().empty());
  EXPECT_EQ(feed.committed_end(), end);
  ASSERT_TRUE(feed.Read()) << "again, every second";
}

TEST_F(MetadataStreamsTest, AFeedRefusesStrangersAndTheFuture) {
  EXPECT_THAT(Feed(NewChannel(), 0, Uuid::FromRandom(6, 6).ToString()).Finish(),
              HasErrorCode(ErrorCode::kInconsistentClusterId));
  EXPECT_THAT(Feed(NewChannel(), 0, "").Finish(),
              HasErrorCode(ErrorCode::kInconsistentClusterId));
  EXPECT_THAT(Feed(NewChannel(), 1000).Finish(),
              HasErrorCode(ErrorCode::kOffsetOutOfRange));
  EXPECT_THAT(Feed(NewChannel(), -1).Finish(),
              HasErrorCode(ErrorCode::kOffsetOutOfRange));
}

TEST_F(MetadataStreamsTest, FeedsMayComeAndGo) {
  for (int i = 0; i < 100; ++i) {
    Feed feed(channel_, 0);
    if (i % 2 == 0) {
      ASSERT_TRUE(feed.Read());
    }
  }
  Feed last(channel_, 0);
  EXPECT_TRUE(last.ReadTo(Describe().metadata_version()));
}

class Watch {
 public:
  Watch(const std::shared_ptr<grpc::Channel>& channel,
        const v1::WatchMetadataRequest& request)
      : stub_(v1::Discovery::NewStub(channel)) {
    SetDeadline(&context_);
    reader_ = stub_->WatchMetadata(&context_, request);
  }
  ~Watch() {
    context_.TryCancel();
    reader_->Finish();
  }
  v1::WatchMetadataResponse Read() {
    v1::WatchMetadataResponse frame;
    EXPECT_TRUE(reader_->Read(&frame));
    return frame;
  }

 private:
  std::unique_ptr<v1::Discovery::Stub> stub_;
  grpc::ClientContext context_;
  std::unique_ptr<grpc::ClientReader<v1::WatchMetadataResponse>> reader_;
};

TEST_F(MetadataStreamsTest, AWatchBeginsWithASnapshot) {
  ASSERT_OK(CreateTopic("a"));
  Watch watch(NewChannel(), {});
  const v1::WatchMetadataResponse snapshot = watch.Read();
  EXPECT_TRUE(snapshot.snapshot());
  ASSERT_EQ(snapshot.topics_size(), 1);
  EXPECT_EQ(snapshot.topics(0).name(), "a");
  ASSERT_EQ(snapshot.brokers_size(), 1);
  ASSERT_OK(CreateTopic("b"));
  const v1::WatchMetadataResponse step = watch.Read();
  EXPECT_FALSE(step.snapshot());
  EXPECT_GT(step.metadata_version(), snapshot.metadata_version());
  ASSERT_EQ(step.topics_size(), 1);
  EXPECT_EQ(step.topics(0).name(), "b");
}

TEST_F(MetadataStreamsTest, AWatchGoesOnFromTheVersionInForce) {
  ASSERT_OK(CreateTopic("a"));
  v1::WatchMetadataRequest request;
  request.set_after_version(Describe().metadata_version());
  Watch watch(NewChannel(), request);
  ASSERT_OK(CreateTopic("b"));
  const v1::WatchMetadataResponse step = watch.Read();
  EXPECT_FALSE(step.snapshot());
  EXPECT_EQ(step.topics(0).name(), "b");
}

TEST_F(MetadataStreamsTest, AWatchTellsOnlyOfTheTopicsItNamed) {
  v1::WatchMetadataRequest request;
  request.add_topics("wanted");
  Watch watch(NewChannel(), request);
  EXPECT_TRUE(watch.Read().snapshot());
  ASSERT_OK(CreateTopic("other"));
  ASSERT_OK(CreateTopic("wanted"));
  const v1::WatchMetadataResponse step = watch.Read();
  ASSERT_EQ(step.topics_size(), 1);
  EXPECT_EQ(step.topics(0).name(), "wanted");
}

TEST_F(MetadataStreamsTest, AWatchThatDoesNotReadGetsASnapshotLater) {
  // The played broker does not beat meanwhile.
  ASSERT_OK(SetCluster("broker.session.timeout.ms", "60000"));
  // Its window does not grow.
  grpc::ChannelArguments arguments;
  arguments.SetInt(GRPC_ARG_HTTP2_BDP_PROBE, 0);
  Watch watch(NewChannel(arguments), {});
  // More than the window and the queue hold together.
  const int count = 2 * static_cast<int>(MetadataWatches::kFramesMax);
  for (int i = 0; i < count; ++i) {
    ASSERT_OK(CreateTopic("t" + std::to_string(i), 100));
  }
  const int64_t version = Describe().metadata_version();
  std::set<std::string> topics;
  int snapshots = 0;
  int64_t seen = -1;
  while (seen < version) {
    const v1::WatchMetadataResponse frame = watch.Read();
    ASSERT_GT(frame.metadata_version(), seen);
    seen = frame.metadata_version();
    if (frame.snapshot()) {
      ++snapshots;
      topics.clear();
    }
    for (const auto& topic : frame.topics()) topics.insert(topic.name());
  }
  EXPECT_EQ(snapshots, 2) << "one at the beginning, one for what was dropped";
  EXPECT_EQ(topics.size(), static_cast<size_t>(count));
}

}  // namespace
}  // namespace barnabas::controller
