// TopicTable: the topics that a producer sends to, and their lanes.
//
// What: what Send needs to know without asking: how many partitions a topic
//   has, which of them have leaders, and the lane of each. The loop fills it
//   from the cluster's metadata.
// Units: none. Empty case: a topic that nobody asked for is unknown.
// Thread: any; lanes are never destroyed before the table.
// Errors: UNKNOWN_TOPIC once brokers said so for kUnknownGrace (a new topic is
//   not known everywhere at once); LEADER_NOT_AVAILABLE when no broker told of
//   the topic in time; UNKNOWN_PARTITION.
// Always true: a lane, once there, stays; partitions never get fewer unless
//   the topic was made anew.
#ifndef BARNABAS_CLIENT_PRODUCER_TOPIC_TABLE_H_
#define BARNABAS_CLIENT_PRODUCER_TOPIC_TABLE_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "client/cluster_table.h"
#include "client/producer/lane.h"
#include "client/producer/partitioner.h"

namespace barnabas::client {

class TopicTable {
 public:
  static constexpr absl::Duration kUnknownGrace = absl::Seconds(2);

  struct Options {
    PartitionQueue::Options queue;
    size_t in_flight_max = 5;
    uint64_t seed = 0;
    // Asks the cluster about a topic; must not block. Called without locks.
    std::function<void(const std::string&)> ask;
  };

  class Topic;

  explicit TopicTable(const Options& options);
  ~TopicTable();

  // A topic that is known already; else null.
  Topic* Find(std::string_view name) const;
  // Waits up to `timeout` for the topic to be known.
  absl::StatusOr<Topic*> Get(std::string_view name, absl::Duration timeout);

  // Where a record goes.
  absl::StatusOr<Lane*> Choose(Topic* topic,
                               const std::optional<int32_t>& given,
                               const std::optional<std::string_view>& key,
                               int64_t record_bytes);

  // On the loop: the news about topics that were asked for. Lanes that are new
  // are added to `added`.
  void Update(const ClusterTable& cluster, std::vector<Lane*>* added);
  // Waiting calls fail, and queues take nothing more.
  void Shut();

  // Records that the queues ever took.
  int64_t accepted() const;

 private:
  // Why `topic` cannot be used after waiting for `waited`; OK to go on
  // waiting.
  absl::Status Judge(const Topic& topic, absl::Duration waited) const
      ABSL_SHARED_LOCKS_REQUIRED(mutex_);

  const Options options_;

  // The topic that was found last; most calls ask for it again.
  mutable std::atomic<Topic*> last_ = nullptr;

  mutable absl::Mutex mutex_;
  absl::CondVar changed_;
  absl::flat_hash_map<std::string, std::unique_ptr<Topic>> topics_
      ABSL_GUARDED_BY(mutex_);
  bool shut_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace barnabas::client

#endif  // BARNABAS_CLIENT_PRODUCER_TOPIC_TABLE_H_
