// What tests/bench/quorum measures a large image with.
//
//   image_client CLUSTER_ID LEADER FOLLOWED TOPICS PARTITIONS BATCH
//
// Plays three brokers at the leading controller, which hold no data, and
// creates TOPICS topics of PARTITIONS partitions on them, BATCH topics in one
// request. Then follows the metadata of the controller FOLLOWED from its
// beginning, as a broker does, and makes a snapshot of the image and reads it.
// Prints one line of JSON; times in seconds.
#include <grpcpp/client_context.h>

#include <algorithm>
#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <iostream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "absl/time/time.h"
#include "barnabas/internal/v1/controller.grpc.pb.h"
#include "barnabas/v1/topic_admin.grpc.pb.h"
#include "client/rpc/channel_pool.h"
#include "client/rpc/unary_call.h"
#include "metadata/image/cluster_delta.h"
#include "metadata/image/cluster_image.h"
#include "metadata/image/features.h"
#include "metadata/image/snapshot_bytes.h"
#include "proto/types/uuid.h"
#include "storage/env/system_clock.h"

namespace barnabas {
namespace {

constexpr int32_t kFirstBroker = 900;
constexpr int kBrokers = 3;
constexpr absl::Duration kBeat = absl::Milliseconds(400);
constexpr absl::Duration kTimeout = absl::Minutes(2);

const env::SystemClock& Clock() {
  static const auto* const clock = new env::SystemClock();
  return *clock;
}

double SecondsSince(absl::Duration begin) {
  return absl::ToDoubleSeconds(Clock().Monotonic() - begin);
}

// A session with heartbeats that says it has applied everything.
class PlayedBroker {
 public:
  PlayedBroker(const std::shared_ptr<grpc::Channel>& channel,
               const std::string& cluster_id, int32_t id)
      : stub_(internal::v1::Controller::NewStub(channel)),
        stream_(stub_->BrokerSession(&context_)) {
    internal::v1::BrokerSessionRequest request;
    internal::v1::RegisterBroker* const frame = request.mutable_register_();
    const auto seed = static_cast<uint64_t>(id);
    frame->set_cluster_id(cluster_id);
    frame->set_broker_id(id);
    frame->set_incarnation_id(Uuid::FromRandom(seed, 1).ToString());
    frame->set_directory_id(Uuid::FromRandom(seed, 2).ToString());
    frame->set_version("bench");
    image::WriteRanges(image::UnderstoodFeatures(), *frame->mutable_features());
    internal::v1::BrokerEndpoint* const endpoint = frame->add_endpoints();
    endpoint->set_listener("client");
    endpoint->set_host("127.0.0.1");
    // Nobody listens there.
    endpoint->set_port(1);
    stream_->Write(request);
    internal::v1::BrokerSessionResponse response;
    while (!registered_ && stream_->Read(&response)) {
      registered_ = response.has_registered();
      epoch_ = response.registered().broker_epoch();
    }
    Beat();
    beats_ = std::thread([this] {
      while (!over_.WaitForNotificationWithTimeout(kBeat)) Beat();
    });
  }
  ~PlayedBroker() {
    over_.Notify();
    beats_.join();
    context_.TryCancel();
    stream_->Finish();
  }

  bool registered() const { return registered_; }
  bool unfenced() const { return unfenced_; }

 private:
  void Beat() {
    internal::v1::BrokerSessionRequest request;
    request.mutable_heartbeat()->set_broker_epoch(epoch_);
    request.mutable_heartbeat()->set_applied_offset(1'000'000'000);
    internal::v1::BrokerSessionResponse response;
    if (!stream_->Write(request) || !stream_->Read(&response)) return;
    unfenced_ = response.has_reply() && !response.reply().fenced();
  }

  const std::unique_ptr<internal::v1::Controller::Stub> stub_;
  grpc::ClientContext context_;
  const std::unique_ptr<grpc::ClientReaderWriter<
      internal::v1::BrokerSessionRequest, internal::v1::BrokerSessionResponse>>
      stream_;
  bool registered_ = false;
  int64_t epoch_ = 0;
  std::atomic<bool> unfenced_ = false;
  absl::Notification over_;
  std::thread beats_;
};

// The version that holds them; the slowest request in `slowest`.
absl::StatusOr<int64_t> CreateAll(const std::shared_ptr<grpc::Channel>& channel,
                                  int topics, int partitions, int batch,
                                  double* slowest) {
  int64_t version = -1;
  for (int first = 0; first < topics; first += batch) {
    v1::CreateTopicsRequest request;
    for (int i = first; i < std::min(topics, first + batch); ++i) {
      v1::CreateTopic* const topic = request.add_topics();
      topic->set_name(absl::StrCat("wide-", i));
      topic->set_partitions(partitions);
      topic->set_replication_factor(1);
    }
    const absl::Duration begin = Clock().Monotonic();
    const auto answer = rpc::CallAndWait<v1::CreateTopicsResponse>(
        {.timeout = kTimeout}, request, [&channel](auto... call) {
          return v1::TopicAdmin::NewStub(channel)->CreateTopics(call...);
        });
    if (!answer.ok()) return answer.status();
    *slowest = std::max(*slowest, SecondsSince(begin));
    for (const v1::TopicResult& result : answer->results()) {
      if (result.has_error()) {
        return absl::InternalError(result.error().message());
      }
    }
    version = answer->metadata_version();
  }
  return version;
}

// As broker/cluster/metadata_follower does it.
absl::StatusOr<image::ClusterImage> Follow(
    const std::shared_ptr<grpc::Channel>& channel,
    const std::string& cluster_id, int64_t version) {
  const auto stub = internal::v1::Controller::NewStub(channel);
  grpc::ClientContext context;
  internal::v1::FollowMetadataRequest request;
  request.set_cluster_id(cluster_id);
  request.set_node_id(kFirstBroker);
  const auto reader = stub->FollowMetadata(&context, request);
  image::ClusterImage image;
  std::string snapshot;
  internal::v1::FollowMetadataResponse response;
  while (image.version() < LogIndex(version) && reader->Read(&response)) {
    if (response.has_snapshot()) {
      snapshot += response.snapshot().piece();
      if (!response.snapshot().last()) continue;
      absl::StatusOr<image::ClusterImage> read = image::ReadSnapshot(snapshot);
      if (!read.ok()) return read.status();
      image = *std::move(read);
      continue;
    }
    image::ClusterDelta delta(image);
    for (const internal::v1::CommittedEntry& entry : response.entries()) {
      const absl::Status replayed = delta.Replay(
          entry.entry(), LogIndex(entry.offset()), Term(entry.term()));
      if (!replayed.ok()) return replayed;
    }
    image = delta.Apply();
  }
  context.TryCancel();
  reader->Finish();
  if (image.version() < LogIndex(version)) {
    return absl::UnavailableError("the metadata stream ended early");
  }
  return image;
}

int Fail(const absl::Status& status) {
  std::cerr << status << "\n";
  return EXIT_FAILURE;
}

int Run(const std::vector<std::string>& words) {
  const std::string& cluster_id = words[0];
  rpc::ChannelPool channels("image-bench");
  const auto leader = channels.Get(words[1]);
  std::vector<std::unique_ptr<PlayedBroker>> brokers;
  for (int i = 0; i < kBrokers; ++i) {
    brokers.push_back(
        std::make_unique<PlayedBroker>(leader, cluster_id, kFirstBroker + i));
    if (!brokers.back()->registered()) {
      return Fail(absl::UnavailableError("a broker was not registered"));
    }
  }
  const absl::Duration joined = Clock().Monotonic();
  absl::Notification never;
  while (!std::all_of(brokers.begin(), brokers.end(),
                      [](const auto& each) { return each->unfenced(); })) {
    if (SecondsSince(joined) > 20) {
      return Fail(absl::UnavailableError("a broker was not unfenced"));
    }
    never.WaitForNotificationWithTimeout(absl::Milliseconds(20));
  }
  absl::Duration begin = Clock().Monotonic();
  double slowest = 0;
  const absl::StatusOr<int64_t> version =
      CreateAll(leader, std::stoi(words[3]), std::stoi(words[4]),
                std::stoi(words[5]), &slowest);
  if (!version.ok()) return Fail(version.status());
  const double create = SecondsSince(begin);
  begin = Clock().Monotonic();
  const absl::StatusOr<image::ClusterImage> image =
      Follow(channels.Get(words[2]), cluster_id, *version);
  if (!image.ok()) return Fail(image.status());
  const double follow = SecondsSince(begin);
  begin = Clock().Monotonic();
  const std::string bytes = image::SnapshotBytes(*image);
  const double snapshot = SecondsSince(begin);
  begin = Clock().Monotonic();
  const absl::StatusOr<image::ClusterImage> read = image::ReadSnapshot(bytes);
  if (!read.ok()) return Fail(read.status());
  std::cout << "{\"create\": " << create << ", \"slowest\": " << slowest
            << ", \"follow\": " << follow << ", \"snapshot\": " << snapshot
            << ", \"read\": " << SecondsSince(begin)
            << ", \"bytes\": " << bytes.size()
            << ", \"partitions\": " << read->totals().partitions << "}"
            << std::endl;
  return EXIT_SUCCESS;
}

}  // namespace
}  // namespace barnabas

int main(int argc, char** argv) {
  if (argc != 7) {
    std::cerr << "image_client CLUSTER_ID LEADER FOLLOWED TOPICS PARTITIONS "
                 "BATCH\n";
    return 2;
  }
  return barnabas::Run(std::vector<std::string>(argv + 1, argv + argc));
}
