// ClusterTable: what a client last learned of brokers, topics and leaders.
//
// What: takes answers of Discovery and hints of brokers, newest word wins: a
//   leader never changes back to an older epoch of the same topic.
// Units: ids, epochs. Empty case: knows nothing; Find gives null.
// Thread: one at a time. Errors: a topic that Discovery could not describe is
//   kept with the error as its status.
// Always true: partitions of a topic are indexed 0, 1, ... without holes.
#ifndef BARNABAS_CLIENT_CLUSTER_TABLE_H_
#define BARNABAS_CLIENT_CLUSTER_TABLE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "barnabas/v1/discovery.pb.h"
#include "proto/types/error.h"

namespace barnabas::client {

// Who leads a partition; broker -1 while nobody does.
struct KnownLeader {
  int32_t broker = -1;
  int32_t epoch = -1;
};

struct KnownTopic {
  std::string name;
  std::string id;
  std::vector<KnownLeader> partitions;
  // Why it could not be described; the rest is then what was known before.
  absl::Status status;
};

class ClusterTable {
 public:
  void Update(const v1::DescribeClusterResponse& cluster);
  void Update(const v1::DescribeTopicsResponse& topics);
  // What a NOT_LEADER error says. Ignored when older than what is known.
  void ApplyHint(std::string_view topic, int32_t partition,
                 const LeaderHint& hint);

  // Null if the topic was never described.
  const KnownTopic* Find(std::string_view topic) const;
  // Null if there is no leader, or its address is not known.
  const std::string* EndpointOf(std::string_view topic,
                                int32_t partition) const;
  const std::string* EndpointOfBroker(int32_t broker) const;

  // Addresses of brokers that are running.
  std::vector<std::string> LiveEndpoints() const;
  const std::string& cluster_id() const { return cluster_id_; }

 private:
  std::string cluster_id_;
  absl::flat_hash_map<int32_t, std::string> endpoints_;
  std::vector<int32_t> live_;
  absl::flat_hash_map<std::string, KnownTopic> topics_;
};

}  // namespace barnabas::client

#endif  // BARNABAS_CLIENT_CLUSTER_TABLE_H_
