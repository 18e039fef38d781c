#include "broker/replication/partition_table.h"

#include <glog/logging.h>

#include <algorithm>
#include <atomic>
#include <string>

#include "absl/strings/str_cat.h"
#include "broker/replication/retention.h"
#include "proto/types/error.h"

namespace barnabas::broker {
namespace {

constexpr absl::Duration kRetentionInterval = absl::Seconds(5);

bool HasReplica(const image::PartitionState& state, BrokerId broker) {
  return std::find(state.replicas.begin(), state.replicas.end(), broker) !=
         state.replicas.end();
}

// Whether it has records of the partition: it is in sync, or was last. Other
// replicas hold nothing while brokers do not copy, and open nothing.
bool HoldsRecords(const image::PartitionState& state, BrokerId broker) {
  return std::find(state.isr.begin(), state.isr.end(), broker) !=
         state.isr.end();
}

// Whether what topics inherit settings from is the same in both images.
bool SameOuterSettings(const image::ClusterImage& a,
                       const image::ClusterImage& b, BrokerId broker) {
  const std::string name = broker.ToString();
  return a.Settings(image::ConfigScope::kCluster, "") ==
             b.Settings(image::ConfigScope::kCluster, "") &&
         a.Settings(image::ConfigScope::kBroker, name) ==
             b.Settings(image::ConfigScope::kBroker, name);
}

// Drops what retention.ms and retention.bytes let go; workers remove its files
// when their time is over.
void EnforceRetention(Partition* partition, int64_t now_ms,
                      env::WorkerPool* workers) {
  if (!partition->Serve(std::nullopt).ok()) return;
  env::Task remove;
  const absl::Status result =
      partition->RunOnLog([&](const PartitionSettings& settings,
                              Offset high_watermark, log::PartitionLog* log) {
        remove = log->cleaning().TakeDeleted();
        return ApplyRetention(settings, now_ms, high_watermark, log);
      });
  // What no worker takes is removed at the next start.
  if (remove != nullptr && !workers->Run(std::move(remove))) {
    LOG(WARNING) << "Deleted segments of partition " << partition->key()
                 << " stay until the next start: the workers are busy";
  }
  LOG_IF(WARNING, !result.ok())
      << "Retention of partition " << partition->key() << " ("
      << partition->topic() << ") failed, it will be tried again: " << result;
}

}  // namespace

// Counts down by being let go: the last owner posts the end of the round.
class PartitionTable::Round {
 public:
  Round(env::EventLoop* control, env::Task ended)
      : control_(control), ended_(std::move(ended)) {}
  ~Round() { control_->PostAlways(std::move(ended_)); }

 private:
  env::EventLoop* const control_;
  env::Task ended_;
};

PartitionTable::PartitionTable(Deps deps) : deps_(std::move(deps)) {}

image::ClusterImage PartitionTable::image() const {
  absl::ReaderMutexLock lock(&mutex_);
  return image_;
}

std::shared_ptr<Partition> PartitionTable::Find(
    const TopicPartition& key) const {
  absl::ReaderMutexLock lock(&mutex_);
  const auto found = partitions_.find(key);
  return found == partitions_.end() ? nullptr : found->second;
}

std::vector<std::shared_ptr<Partition>> PartitionTable::All() const {
  absl::ReaderMutexLock lock(&mutex_);
  std::vector<std::shared_ptr<Partition>> all;
  all.reserve(partitions_.size());
  for (const auto& [key, partition] : partitions_) all.push_back(partition);
  return all;
}

void PartitionTable::Apply(image::ClusterImage image, env::Task done) {
  deps_.control->PostAlways(
      [this, image = std::move(image), done = std::move(done)]() mutable {
        waiting_.emplace_back(image.version(), std::move(done));
        if (!next_.has_value() || next_->version() < image.version()) {
          next_ = std::move(image);
        }
        if (!applying_) StartRound();
      });
}

void PartitionTable::WhenApplied(LogIndex version, env::Task done) {
  deps_.control->PostAlways([this, version, done = std::move(done)]() mutable {
    if (image().version() >= version) {
      done();
    } else {
      waiting_.emplace_back(version, std::move(done));
    }
  });
}

void PartitionTable::StartRound() {
  applying_ = true;
  const image::ClusterImage target = *std::move(next_);
  next_.reset();
  auto round = std::make_shared<Round>(deps_.control,
                                       [this, target] { RoundEnded(target); });
  if (!strangers_seen_) SetStrangersAside(target);
  strangers_seen_ = true;
  for (const std::shared_ptr<Partition>& partition : All()) {
    const image::PartitionState* state = target.FindPartition(partition->key());
    const bool stays = state != nullptr && HasReplica(*state, deps_.self);
    if (!stays) Retire(partition->key(), partition, round);
  }
  const image::ClusterImage before = this->image();
  target.ForEachTopic([&](const image::TopicState& topic) {
    AdoptTopic(before, target, topic, round);
  });
}

void PartitionTable::AdoptTopic(const image::ClusterImage& before,
                                const image::ClusterImage& target,
                                const image::TopicState& topic,
                                std::shared_ptr<Round> round) {
  const image::TopicState* old = before.FindTopic(topic.id);
  std::optional<PartitionSettings> settings;
  for (size_t i = 0; i < topic.partitions.size(); ++i) {
    const image::PartitionState& state = topic.partitions[i];
    const TopicPartition key{topic.id, PartitionIndex(static_cast<int32_t>(i))};
    // One that is open stays so: its new leader must be told to callers.
    if (!HasReplica(state, deps_.self) ||
        (!HoldsRecords(state, deps_.self) && Find(key) == nullptr)) {
      continue;
    }
    // Most topics are as they were: nothing to do for those led here.
    const bool same = old != nullptr && old->version == topic.version &&
                      i < old->partitions.size() &&
                      old->partitions[i] == state &&
                      state.leader == deps_.self &&
                      SameOuterSettings(before, target, deps_.self);
    if (same) continue;
    if (!settings.has_value()) settings = deps_.settings(target, topic);
    Adopt(key, topic.name, LeadershipOf(target, state), *settings, round);
  }
}

void PartitionTable::RoundEnded(const image::ClusterImage& image) {
  {
    absl::MutexLock lock(&mutex_);
    image_ = image;
  }
  std::vector<env::Task> ready;
  std::erase_if(waiting_, [&](std::pair<LogIndex, env::Task>& entry) {
    if (entry.first > image.version()) return false;
    ready.push_back(std::move(entry.second));
    return true;
  });
  applying_ = false;
  for (env::Task& done : ready) done();
  if (next_.has_value() && !applying_) StartRound();
}

void PartitionTable::Retire(const TopicPartition& key,
                            std::shared_ptr<Partition> partition,
                            std::shared_ptr<Round> round) {
  {
    absl::MutexLock lock(&mutex_);
    partitions_.erase(key);
  }
  LOG(INFO) << "Partition " << key << " (" << partition->topic()
            << ") is deleted";
  const absl::Status reason =
      MakeError(ErrorCode::kUnknownTopic,
                absl::StrCat("topic ", partition->topic(), " was deleted"),
                "refresh metadata");
  env::Task remove = [this, key, round] {
    const absl::Status deleted = deps_.directory->Delete(key);
    LOG_IF(ERROR, !deleted.ok()) << "The directory of deleted partition " << key
                                 << " could not be removed: " << deleted;
  };
  partition->loop()->PostAlways(
      [partition, reason, remove = std::move(remove)]() mutable {
        partition->Close(reason, std::move(remove));
      });
}

void PartitionTable::Adopt(const TopicPartition& key, const std::string& topic,
                           const Leadership& leadership,
                           const PartitionSettings& settings,
                           std::shared_ptr<Round> round) {
  std::shared_ptr<Partition> partition = Find(key);
  const bool fresh = partition == nullptr;
  if (fresh) {
    partition = std::make_shared<Partition>(
        Partition::Deps{.loop = deps_.loops->For(key),
                        .workers = deps_.workers,
                        .metrics = deps_.metrics,
                        .disk = deps_.disk},
        key, topic, settings);
    absl::MutexLock lock(&mutex_);
    partitions_.emplace(key, partition);
  }
  const bool configure = !fresh && partition->settings() != settings;
  partition->loop()->PostAlways(
      [partition, leadership, settings, configure, round] {
        if (configure) partition->Configure(settings);
        partition->Lead(leadership);
      });
  if (fresh) OpenLog(partition, round);
}

void PartitionTable::OpenLog(std::shared_ptr<Partition> partition,
                             std::shared_ptr<Round> round) {
  const bool taken = deps_.workers->Run([this, partition, round] {
    auto log = deps_.directory->OpenLog(partition->key(), partition->topic(),
                                        partition->settings().log);
    if (!log.ok()) {
      LOG(ERROR) << "Partition " << partition->key() << " ("
                 << partition->topic() << ") is offline: " << log.status();
    } else if ((*log)->recovery().cut_bytes > 0) {
      const log::RecoveryReport& report = (*log)->recovery();
      LOG(WARNING) << "Partition " << partition->key() << " ("
                   << partition->topic() << ") lost an unsynced tail of "
                   << report.cut_bytes << " bytes, kept in " << report.cut_file
                   << "; the log ends at " << report.end;
    }
    partition->loop()->PostAlways(
        [partition, round, log = std::move(log)]() mutable {
          partition->Open(std::move(log));
        });
  });
  if (taken) return;
  // Full with other openings: wait for a place.
  deps_.control->After(absl::Milliseconds(20),
                       [this, partition, round] { OpenLog(partition, round); });
}

void PartitionTable::SetStrangersAside(const image::ClusterImage& image) {
  for (const TopicPartition& key : deps_.directory->Present()) {
    const image::PartitionState* state = image.FindPartition(key);
    if (state != nullptr && HasReplica(*state, deps_.self)) continue;
    const absl::StatusOr<std::string> path = deps_.directory->SetAside(key);
    if (path.ok()) {
      LOG(WARNING) << "Partition directory " << key
                   << " belongs to no partition of this broker; it was set "
                      "aside as "
                   << *path;
    } else {
      LOG(ERROR) << "Unknown partition directory " << key
                 << " could not be set aside: " << path.status();
    }
  }
}

Leadership PartitionTable::LeadershipOf(
    const image::ClusterImage& image,
    const image::PartitionState& state) const {
  Leadership leadership;
  leadership.leading = state.leader == deps_.self;
  leadership.epoch = state.leader_epoch;
  leadership.in_sync = static_cast<int32_t>(state.isr.size());
  leadership.replicas = static_cast<int32_t>(state.replicas.size());
  if (!state.HasLeader()) leadership.awaited = state.isr;
  leadership.leader.broker = state.leader;
  leadership.leader.epoch = state.leader_epoch;
  leadership.leader.metadata_version = image.version();
  const image::BrokerState* leader =
      state.HasLeader() ? image.FindBroker(state.leader) : nullptr;
  const image::BrokerEndpoint* endpoint =
      leader == nullptr ? nullptr : leader->FindEndpoint("client");
  if (endpoint != nullptr) {
    leadership.leader.endpoint =
        absl::StrCat(endpoint->host, ":", endpoint->port);
  }
  return leadership;
}

void PartitionTable::StartRetention() {
  deps_.control->After(kRetentionInterval, [this] {
    const int64_t now_ms = deps_.control->clock().WallMs();
    for (const std::shared_ptr<Partition>& partition : All()) {
      partition->loop()->PostAlways(
          [partition, now_ms, workers = deps_.workers] {
            EnforceRetention(partition.get(), now_ms, workers);
          });
    }
    StartRetention();
  });
}

void PartitionTable::Close(env::Task done) {
  auto round = std::make_shared<Round>(deps_.control, std::move(done));
  const absl::Status reason =
      MakeError(ErrorCode::kShuttingDown, "the broker is stopping",
                "refresh metadata and go to another broker");
  for (const std::shared_ptr<Partition>& partition : All()) {
    partition->loop()->PostAlways(
        [partition, reason, round] { partition->Close(reason, [round] {}); });
  }
}

}  // namespace barnabas::broker
