#include "broker/service/service_metrics.h"

namespace barnabas::broker {
ServiceMetrics::ServiceMetrics(const std::vector<std::string>& services,
                               env::Registry* registry, const env::Clock* clock)
    : calls_(services, registry, clock),
      produce_streams_(calls_.Own("/barnabas.v1.Producer/ProduceStream")),
      fetch_streams_(calls_.Own("/barnabas.v1.Consumer/FetchStream")),
      fetch_latency_(registry->AddHistogram(
          "barnabas_fetch_latency_seconds",
          "Duration of one read for a client, without waiting for records.",
          env::Scale::Seconds())),
      fetch_requests_(registry->AddCounter("barnabas_fetch_requests_total",
                                           "Reads for clients.")),
      streams_(registry->AddGauge("barnabas_grpc_streams",
                                  "Streams and waiting calls that are open.",
                                  {{"kind", "all"}})) {}

}  // namespace barnabas::broker
