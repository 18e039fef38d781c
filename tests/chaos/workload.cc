#include "tests/chaos/workload.h"

#include <glog/logging.h>
#include <grpcpp/client_context.h>

#include <fstream>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "barnabas/v1/discovery.grpc.pb.h"
#include "proto/types/error.h"
#include "proto/types/status_macros.h"
#include "tests/chaos/final_reading.h"
#include "tests/chaos/history.h"

namespace barnabas::chaos {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(90);
constexpr int32_t kFinalConsumer = 100;

struct TopicPlan {
  std::string name;
  bool synced;
  std::vector<std::pair<std::string, std::string>> settings;
};

std::vector<TopicPlan> Topics() {
  return {
      {"synced", true, {{"flush", "disk"}, {"segment.bytes", "65536"}}},
      {"cached", false, {{"flush", "os"}, {"segment.bytes", "131072"}}},
  };
}

std::vector<SenderPlan> Senders(uint64_t seed) {
  return {
      {0, {true, true}, record::Codec::kNone, 500, seed},
      {1, {true, false}, record::Codec::kLz4, 500, seed + 1},
      {2, {true, true}, record::Codec::kZstd, 300, seed + 2},
      {3, {false, true}, record::Codec::kNone, 300, seed + 3},
  };
}

}  // namespace

Workload::Workload(e2e::LocalCluster* cluster, const std::string& path,
                   uint64_t seed)
    : cluster_(cluster), seed_(seed), file_(path) {
  set_.options.bootstrap = {cluster->client_endpoint()};
  set_.options.backoff_max = absl::Milliseconds(200);
  set_.file = &file_;
  set_.clock = &clock_;
}

void Workload::Start() {
  for (const TopicPlan& topic : Topics()) {
    cluster_->CreateTopic(topic.name, kPartitionsEach, topic.settings);
    for (int32_t i = 0; i < kPartitionsEach; ++i) {
      const LogFacts facts{topic.name, i, topic.synced};
      file_.Add(LogLine(static_cast<int32_t>(set_.logs.size()), facts));
      set_.logs.push_back(facts);
    }
  }
  for (int32_t id = 0; id < 2; ++id) {
    followers_.push_back(std::make_unique<RecordFollower>(
        &set_, FollowerPlan{id, id == 1, seed_}));
  }
  for (const SenderPlan& plan : Senders(seed_)) {
    senders_.push_back(std::make_unique<RecordSender>(&set_, plan));
  }
  prober_ = std::make_unique<TimeProber>(&set_, seed_);
}

bool Workload::AwaitAcknowledged(int64_t since, int64_t count) const {
  return file_.AwaitAcknowledged(since, count, kPatience);
}

void Workload::Jump() {
  for (const auto& follower : followers_) follower->Jump();
}

absl::StatusOr<std::vector<int32_t>> Workload::LeaderEpochs() const {
  const auto stub = v1::Discovery::NewStub(cluster_->Dial());
  std::vector<int32_t> epochs;
  for (const LogFacts& log : set_.logs) {
    grpc::ClientContext context;
    context.set_wait_for_ready(true);
    context.set_deadline(e2e::Deadline(kPatience));
    v1::DescribeTopicsRequest request;
    request.add_topics()->set_name(log.topic);
    v1::DescribeTopicsResponse response;
    const grpc::Status status =
        stub->DescribeTopics(&context, request, &response);
    if (!status.ok() || response.topics_size() != 1 ||
        response.topics(0).topic().partitions_size() <= log.partition) {
      return MakeError(ErrorCode::kInternal,
                       absl::StrCat("nobody describes ", log.topic, ": ",
                                    status.error_message()));
    }
    epochs.push_back(
        response.topics(0).topic().partitions(log.partition).leader_epoch());
  }
  return epochs;
}

void Workload::NoteCut() {
  const auto epochs = LeaderEpochs();
  CHECK(epochs.ok()) << epochs.status();
  for (size_t log = 0; log < epochs->size(); ++log) {
    file_.Add(CutLine(static_cast<int32_t>(log), (*epochs)[log]));
  }
}

absl::Status Workload::StopSenders() {
  absl::Status first;
  for (const auto& sender : senders_) {
    const absl::Status stopped = sender->Stop(kPatience);
    if (first.ok()) first = stopped;
  }
  senders_.clear();
  return first;
}

absl::StatusOr<Judgement> Workload::Finish() {
  RETURN_IF_ERROR(StopSenders());
  const std::shared_ptr<grpc::Channel> channel = cluster_->Dial();
  std::map<int32_t, History::Range> ends;
  ASSIGN_OR_RETURN(ends, AskEnds(set_, channel));
  for (const auto& follower : followers_) {
    // Who does not get there has missed records: the history shows which.
    LOG_IF(WARNING, !follower->AwaitPositions(ends, kPatience))
        << "a follower does not reach the end";
    follower->Stop();
  }
  prober_->Stop();
  RETURN_IF_ERROR(ReadFinally(set_, kFinalConsumer, channel, ends));
  file_.Flush();
  std::ifstream lines(file_.path());
  ASSIGN_OR_RETURN(const History history, ReadHistory(&lines));
  return Judge(history);
}

}  // namespace barnabas::chaos
