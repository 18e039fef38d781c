// ServiceMetrics: what the RPCs of a broker count, for /metrics.
//
// Units: nanoseconds (rendered in seconds), counts.
// Empty case: zeros. Thread: any. Errors: none.
#ifndef BARNABAS_BROKER_SERVICE_SERVICE_METRICS_H_
#define BARNABAS_BROKER_SERVICE_SERVICE_METRICS_H_

#include "barnabas/v1/common.pb.h"
#include "storage/env/histogram.h"
#include "storage/env/metrics.h"

namespace barnabas::broker {

class ServiceMetrics {
 public:
  explicit ServiceMetrics(env::Registry* registry);

  // From a batch's arrival to its answer.
  env::Histogram* ProduceLatency(v1::Acks acks) const;
  env::Histogram* fetch_latency() const { return fetch_latency_; }
  env::Counter* fetch_requests() const { return fetch_requests_; }
  env::Gauge* streams() const { return streams_; }

 private:
  env::Histogram* const none_;
  env::Histogram* const leader_;
  env::Histogram* const all_;
  env::Histogram* const fetch_latency_;
  env::Counter* const fetch_requests_;
  env::Gauge* const streams_;
};

}  // namespace barnabas::broker

#endif  // BARNABAS_BROKER_SERVICE_SERVICE_METRICS_H_
