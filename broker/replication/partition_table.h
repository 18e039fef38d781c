// PartitionTable: the partitions on this broker, as the metadata wants them.
//
// What: applies images one after the other: opens or creates the logs of new
//   partitions (recovery runs on workers, a damaged log stops its partition
//   only), hands leadership and settings on, closes and deletes what a
//   committed record deleted, and sets aside, once, directories that nobody
//   asked for (C6). Images that arrive while one is applied replace each other.
// Units: counts. Empty case: before the first image nothing is found.
// Thread: every method from any thread; the work is done on the control loop.
// Errors: none of its own; a partition tells why it does not serve.
// Always true: `done` of Apply is called after every partition that the image
//   gives to this broker can be found and has its log open or a named error;
//   image() is never newer than what the partitions obey.
#ifndef BARNABAS_BROKER_REPLICATION_PARTITION_TABLE_H_
#define BARNABAS_BROKER_REPLICATION_PARTITION_TABLE_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/synchronization/mutex.h"
#include "broker/replication/data_loops.h"
#include "broker/replication/disk_guard.h"
#include "broker/replication/partition.h"
#include "broker/replication/partition_settings.h"
#include "broker/replication/replication_metrics.h"
#include "metadata/image/cluster_image.h"
#include "proto/types/topic_partition.h"
#include "storage/env/event_loop.h"
#include "storage/log/log_directory.h"

namespace barnabas::broker {

// The effective settings of one topic's partitions.
using SettingsSource = std::function<PartitionSettings(
    const image::ClusterImage&, const image::TopicState&)>;

class PartitionTable {
 public:
  struct Deps {
    BrokerId self;
    log::LogDirectory* directory = nullptr;
    const DataLoops* loops = nullptr;
    env::EventLoop* control = nullptr;
    env::WorkerPool* workers = nullptr;
    ReplicationMetrics* metrics = nullptr;
    DiskGuard* disk = nullptr;
    SettingsSource settings;
  };

  explicit PartitionTable(Deps deps);

  // Makes the partitions obey `image`; then calls `done` on the control loop.
  void Apply(image::ClusterImage image, env::Task done);

  // Calls `done` on the control loop once an image of `version` or newer is
  // applied.
  void WhenApplied(LogIndex version, env::Task done);

  // The last image that was applied.
  image::ClusterImage image() const;
  // Null if the broker holds no such partition.
  std::shared_ptr<Partition> Find(const TopicPartition& key) const;
  std::vector<std::shared_ptr<Partition>> All() const;

  // What a partition in `state` means for this broker and its callers.
  Leadership LeadershipOf(const image::ClusterImage& image,
                          const image::PartitionState& state) const;

  // Enforces retention on all partitions, every few seconds from now on.
  void StartRetention();

  // Closes every log, acknowledging what was accepted; then calls `done`.
  void Close(env::Task done);

 private:
  // What one round of Apply still waits for, kept alive by its tasks.
  class Round;

  void StartRound();
  void RoundEnded(const image::ClusterImage& image);
  void Retire(const TopicPartition& key, std::shared_ptr<Partition> partition,
              std::shared_ptr<Round> round);
  void AdoptTopic(const image::ClusterImage& before,
                  const image::ClusterImage& target,
                  const image::TopicState& topic, std::shared_ptr<Round> round);
  void Adopt(const TopicPartition& key, const std::string& topic,
             const Leadership& leadership, const PartitionSettings& settings,
             std::shared_ptr<Round> round);
  void OpenLog(std::shared_ptr<Partition> partition,
               std::shared_ptr<Round> round);
  void SetStrangersAside(const image::ClusterImage& image);

  const Deps deps_;

  mutable absl::Mutex mutex_;
  absl::flat_hash_map<TopicPartition, std::shared_ptr<Partition>> partitions_
      ABSL_GUARDED_BY(mutex_);
  image::ClusterImage image_ ABSL_GUARDED_BY(mutex_);

  // Of the control loop.
  bool applying_ = false;
  bool strangers_seen_ = false;
  std::optional<image::ClusterImage> next_;
  std::vector<std::pair<LogIndex, env::Task>> waiting_;
};

}  // namespace barnabas::broker

#endif  // BARNABAS_BROKER_REPLICATION_PARTITION_TABLE_H_
