#include "tests/client/scripted/scripted_cluster.h"

#include <glog/logging.h>
#include <grpcpp/security/server_credentials.h>
#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <chrono>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/types/error.h"
#include "proto/types/error_proto.h"
#include "tests/client/scripted/scripted_services.h"

namespace barnabas::testing_client {

// One gRPC server and the thread that beats for its streams.
class ScriptedBroker {
 public:
  ScriptedBroker(std::shared_ptr<ScriptedState> state, int broker, int port)
      : state_(std::move(state)),
        self_{state_, &streams_, broker},
        discovery_(self_),
        producer_(self_),
        consumer_(self_) {
    grpc::ServerBuilder builder;
    builder.AddListeningPort(absl::StrCat("127.0.0.1:", port),
                             grpc::InsecureServerCredentials(), &port_);
    builder.SetMaxReceiveMessageSize(-1);
    builder.RegisterService(&discovery_);
    builder.RegisterService(&producer_);
    builder.RegisterService(&consumer_);
    server_ = builder.BuildAndStart();
    CHECK(server_ != nullptr && port_ > 0) << "cannot listen on " << port;
    beating_ = std::thread([this] { Beat(); });
  }

  ~ScriptedBroker() {
    {
      absl::MutexLock lock(&state_->mutex);
      over_ = true;
      state_->changed.SignalAll();
    }
    beating_.join();
    streams_.Cancel();
    server_->Shutdown(std::chrono::system_clock::time_point::min());
    server_->Wait();
  }

  int port() const { return port_; }
  LiveStreams* streams() { return &streams_; }

 private:
  void Beat() {
    while (true) {
      bool silent = false;
      {
        absl::MutexLock lock(&state_->mutex);
        const absl::Duration gap = absl::Milliseconds(state_->heartbeat_ms);
        if (!over_) state_->changed.WaitWithTimeout(&state_->mutex, gap);
        if (over_) return;
        silent = state_->silent;
      }
      if (!silent) streams_.Beat();
    }
  }

  const std::shared_ptr<ScriptedState> state_;
  LiveStreams streams_;
  const BrokerSelf self_;
  ScriptedDiscovery discovery_;
  ScriptedProducer producer_;
  ScriptedConsumer consumer_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
  bool over_ = false;
  std::thread beating_;
};

ScriptedTopic* ScriptedState::FindById(const std::string& id,
                                       std::string* name) {
  for (auto& [topic_name, topic] : topics) {
    if (topic.id != id) continue;
    *name = topic_name;
    return &topic;
  }
  return nullptr;
}

v1::Error NotLeaderError(const ScriptedState& state,
                         const ScriptedPartition& partition) {
  LeaderHint hint;
  hint.broker = BrokerId(kFirstBrokerId + partition.leader);
  hint.epoch = LeaderEpoch(partition.epoch);
  hint.endpoint = absl::StrCat(
      "127.0.0.1:", state.ports[static_cast<size_t>(partition.leader)]);
  return ToProto(
      WithLeader(MakeError(ErrorCode::kNotLeader, "not the leader"), hint));
}

grpc::Status ScriptedDiscovery::DescribeCluster(
    grpc::ServerContext*, const v1::DescribeClusterRequest*,
    v1::DescribeClusterResponse* response) {
  absl::MutexLock lock(&self_.state->mutex);
  response->set_cluster_id("scripted");
  for (size_t i = 0; i < self_.state->ports.size(); ++i) {
    v1::BrokerInfo* broker = response->add_brokers();
    broker->set_id(kFirstBrokerId + static_cast<int32_t>(i));
    broker->set_state(v1::BROKER_STATE_RUNNING);
    v1::Endpoint* endpoint = broker->add_endpoints();
    endpoint->set_listener("client");
    endpoint->set_host("127.0.0.1");
    endpoint->set_port(self_.state->ports[i]);
  }
  return grpc::Status::OK;
}

grpc::Status ScriptedDiscovery::DescribeTopics(
    grpc::ServerContext*, const v1::DescribeTopicsRequest* request,
    v1::DescribeTopicsResponse* response) {
  absl::MutexLock lock(&self_.state->mutex);
  for (const v1::TopicRef& wanted : request->topics()) {
    v1::DescribedTopic* described = response->add_topics();
    described->set_name(wanted.name());
    const auto found = self_.state->topics.find(wanted.name());
    if (found == self_.state->topics.end()) {
      *described->mutable_error() =
          ToProto(MakeError(ErrorCode::kUnknownTopic, "no such topic"));
      continue;
    }
    described->mutable_topic()->set_name(wanted.name());
    described->mutable_topic()->set_id(found->second.id);
    for (size_t i = 0; i < found->second.partitions.size(); ++i) {
      const ScriptedPartition& partition = found->second.partitions[i];
      v1::PartitionInfo* told = described->mutable_topic()->add_partitions();
      told->set_partition(static_cast<int32_t>(i));
      told->set_leader(kFirstBrokerId + partition.leader);
      told->set_leader_epoch(partition.epoch);
    }
  }
  return grpc::Status::OK;
}

ScriptedCluster::ScriptedCluster(int brokers)
    : state_(std::make_shared<ScriptedState>()) {
  for (int i = 0; i < brokers; ++i) {
    brokers_.push_back(std::make_unique<ScriptedBroker>(state_, i, 0));
    ports_.push_back(brokers_.back()->port());
  }
  absl::MutexLock lock(&state_->mutex);
  state_->ports = ports_;
}

ScriptedCluster::~ScriptedCluster() = default;

std::string ScriptedCluster::Endpoint(int broker) const {
  return absl::StrCat("127.0.0.1:", ports_[static_cast<size_t>(broker)]);
}

void ScriptedCluster::AddTopic(const std::string& name, int partitions) {
  absl::MutexLock lock(&state_->mutex);
  static int made = 0;
  ScriptedTopic& topic = state_->topics[name];
  topic.id = absl::StrCat(name, "-id-", ++made);
  topic.partitions.resize(static_cast<size_t>(partitions));
  for (size_t i = 0; i < topic.partitions.size(); ++i) {
    topic.partitions[i].leader = static_cast<int32_t>(i % ports_.size());
  }
  state_->changed.SignalAll();
}

void ScriptedCluster::DeleteTopic(const std::string& name) {
  absl::MutexLock lock(&state_->mutex);
  state_->topics.erase(name);
}

void ScriptedCluster::MoveLeader(const std::string& topic, int32_t partition,
                                 int broker) {
  absl::MutexLock lock(&state_->mutex);
  ScriptedPartition& moved =
      state_->topics[topic].partitions[static_cast<size_t>(partition)];
  moved.leader = broker;
  ++moved.epoch;
  state_->changed.SignalAll();
}

void ScriptedCluster::Stop(int broker) {
  brokers_[static_cast<size_t>(broker)].reset();
}

void ScriptedCluster::Start(int broker) {
  const auto index = static_cast<size_t>(broker);
  brokers_[index] =
      std::make_unique<ScriptedBroker>(state_, broker, ports_[index]);
}

void ScriptedCluster::GoAway(int broker) {
  brokers_[static_cast<size_t>(broker)]->streams()->GoAway();
}

void ScriptedCluster::SetFate(std::function<Fate(const ProducedBatch&)> fate) {
  absl::MutexLock lock(&state_->mutex);
  state_->fate = std::move(fate);
}

void ScriptedCluster::Change(
    const std::function<void(ScriptedState*)>& change) {
  absl::MutexLock lock(&state_->mutex);
  change(state_.get());
  state_->changed.SignalAll();
}

std::vector<std::string> ScriptedCluster::Values(const std::string& topic,
                                                 int32_t partition) {
  absl::MutexLock lock(&state_->mutex);
  return state_->topics[topic]
      .partitions[static_cast<size_t>(partition)]
      .Values();
}

}  // namespace barnabas::testing_client
