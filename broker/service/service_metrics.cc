#include "broker/service/service_metrics.h"

#include <string>

namespace barnabas::broker {
namespace {

env::Histogram* Latency(env::Registry* registry, const std::string& acks) {
  return registry->AddHistogram("barnabas_produce_latency_seconds",
                                "From a batch's arrival to its answer.",
                                env::Scale::Seconds(), {{"acks", acks}});
}

}  // namespace

ServiceMetrics::ServiceMetrics(env::Registry* registry)
    : none_(Latency(registry, "none")),
      leader_(Latency(registry, "leader")),
      all_(Latency(registry, "all")),
      fetch_latency_(registry->AddHistogram(
          "barnabas_fetch_latency_seconds",
          "Duration of one read for a client, without waiting for records.",
          env::Scale::Seconds())),
      fetch_requests_(registry->AddCounter("barnabas_fetch_requests_total",
                                           "Reads for clients.")),
      streams_(registry->AddGauge("barnabas_grpc_streams",
                                  "Streams and waiting calls that are open.",
                                  {{"kind", "all"}})) {}

env::Histogram* ServiceMetrics::ProduceLatency(v1::Acks acks) const {
  if (acks == v1::ACKS_NONE) return none_;
  return acks == v1::ACKS_LEADER ? leader_ : all_;
}

}  // namespace barnabas::broker
