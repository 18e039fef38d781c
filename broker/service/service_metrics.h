// ServiceMetrics: what the RPCs of a broker count, for /metrics.
//
// Units: nanoseconds (rendered in seconds), counts.
// Empty case: zeros. Thread: any. Errors: none.
#ifndef BARNABAS_BROKER_SERVICE_SERVICE_METRICS_H_
#define BARNABAS_BROKER_SERVICE_SERVICE_METRICS_H_

#include <string>
#include <vector>

#include "client/serving/call_metrics.h"
#include "storage/env/clock.h"
#include "storage/env/histogram.h"
#include "storage/env/metrics.h"

namespace barnabas::broker {

class ServiceMetrics {
 public:
  // `services` are the full names of all that the broker serves.
  ServiceMetrics(const std::vector<std::string>& services,
                 env::Registry* registry, const env::Clock* clock);

  // For the listener.
  rpc::CallMetrics* calls() { return &calls_; }
  // The hot streams count their calls by themselves.
  rpc::CallSeries* produce_streams() const { return produce_streams_; }
  rpc::CallSeries* fetch_streams() const { return fetch_streams_; }

  env::Histogram* fetch_latency() const { return fetch_latency_; }
  env::Counter* fetch_requests() const { return fetch_requests_; }
  env::Gauge* streams() const { return streams_; }

 private:
  rpc::CallMetrics calls_;
  rpc::CallSeries* const produce_streams_;
  rpc::CallSeries* const fetch_streams_;
  env::Histogram* const fetch_latency_;
  env::Counter* const fetch_requests_;
  env::Gauge* const streams_;
};

}  // namespace barnabas::broker

#endif  // BARNABAS_BROKER_SERVICE_SERVICE_METRICS_H_
