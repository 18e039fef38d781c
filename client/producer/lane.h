// Lane: one partition as a producer sees it.
//
// What: the queue that Send fills, on any thread, and what the sender keeps
//   about the partition, on its loop. Lanes live as long as the producer.
// Units: monotonic time. Empty case: an idle lane has nothing queued and
//   nothing unresolved.
// Thread: `queue` any; everything else the loop. Errors: none.
#ifndef BARNABAS_CLIENT_PRODUCER_LANE_H_
#define BARNABAS_CLIENT_PRODUCER_LANE_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "client/producer/partition_queue.h"
#include "client/producer/send_window.h"

namespace barnabas::client {

class ProduceLink;

struct Lane {
  Lane(std::string topic_name, int32_t index,
       const PartitionQueue::Options& options, size_t in_flight_max)
      : topic(std::move(topic_name)),
        partition(index),
        queue(options),
        window(in_flight_max) {}

  const std::string topic;
  const int32_t partition;
  PartitionQueue queue;

  SendWindow window;
  std::string topic_id;
  // Where its batches are in flight or wait to go; null when neither.
  ProduceLink* link = nullptr;
  // In the list of those that `link` serves next.
  bool ready = false;
  // In the list of those whose records gather until `link` is idle.
  bool gathering = false;
  // When a timer looks at it again.
  absl::Duration look_at = absl::InfiniteDuration();
  // Waits for a leader or an identity.
  bool stranded = false;
  // Nothing goes before this.
  absl::Duration not_before = -absl::InfiniteDuration();
  // Refusals in a row.
  int failures = 0;
  // The last of them; OK once something was stored.
  absl::Status refused;
  // Since when brokers say that its topic does not exist.
  std::optional<absl::Duration> unknown_since;
};

}  // namespace barnabas::client

#endif  // BARNABAS_CLIENT_PRODUCER_LANE_H_
