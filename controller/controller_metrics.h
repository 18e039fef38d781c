// ControllerMetrics: what /metrics tells of a controller (ecosystem.md A).
//
// What: registers gauges and counters that are asked for when somebody looks.
// Units: base units (bytes, seconds). Empty case: zeros.
// Thread: registered once; values are asked for on the HTTP thread.
// Errors: a value that cannot be read is 0.
#ifndef BARNABAS_CONTROLLER_CONTROLLER_METRICS_H_
#define BARNABAS_CONTROLLER_CONTROLLER_METRICS_H_

#include "client/serving/listener.h"
#include "controller/quorum/metadata_quorum.h"
#include "controller/service/active_driver.h"
#include "controller/service/front.h"
#include "storage/env/clock.h"
#include "storage/env/metrics.h"
#include "storage/log/log_directory.h"

namespace barnabas::controller {

// Everything outlives the registry's use.
struct MetricsSource {
  const quorum::MetadataQuorum* quorum = nullptr;
  const ActiveDriver* driver = nullptr;
  const Front* front = nullptr;
  const rpc::Listener* listener = nullptr;
  log::LogDirectory* directory = nullptr;
  const env::Clock* clock = nullptr;
};

void RegisterControllerMetrics(const MetricsSource& source,
                               env::Registry* registry);

}  // namespace barnabas::controller

#endif  // BARNABAS_CONTROLLER_CONTROLLER_METRICS_H_
