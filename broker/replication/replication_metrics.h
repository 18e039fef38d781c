// ReplicationMetrics: what partitions count, for /metrics.
//
// What: the instruments of ecosystem.md A that partitions feed, made once.
// Units: bytes, records, nanoseconds (rendered in seconds).
// Empty case: zeros. Thread: any. Errors: none; beyond the registry's bound
// topics share the series "_other".
#ifndef BARNABAS_BROKER_REPLICATION_REPLICATION_METRICS_H_
#define BARNABAS_BROKER_REPLICATION_REPLICATION_METRICS_H_

#include <string>

#include "barnabas/v1/common.pb.h"
#include "storage/env/histogram.h"
#include "storage/env/metrics.h"

namespace barnabas::broker {

// Of one topic; copies count into the same instruments.
struct TopicCounters {
  env::Counter* produced_records = nullptr;
  env::Counter* produced_bytes = nullptr;
  env::Counter* fetched_bytes = nullptr;
};

class ReplicationMetrics {
 public:
  explicit ReplicationMetrics(env::Registry* registry);

  TopicCounters ForTopic(const std::string& topic) const;

  env::Counter* stored() const { return stored_; }
  env::Counter* refused() const { return refused_; }
  env::Counter* corruptions() const { return corruptions_; }
  env::Histogram* sync_nanoseconds() const { return sync_nanoseconds_; }
  // From a batch's arrival to its answer.
  env::Histogram* ProduceLatency(v1::Acks acks) const;

 private:
  env::Registry* const registry_;
  env::Counter* const stored_;
  env::Counter* const refused_;
  env::Counter* const corruptions_;
  env::Histogram* const sync_nanoseconds_;
  env::Histogram* const latency_none_;
  env::Histogram* const latency_leader_;
  env::Histogram* const latency_all_;
};

}  // namespace barnabas::broker

#endif  // BARNABAS_BROKER_REPLICATION_REPLICATION_METRICS_H_
