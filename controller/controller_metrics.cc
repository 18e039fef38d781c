#include "controller/controller_metrics.h"

#include "proto/types/version.h"
#include "storage/env/process_metrics.h"

namespace barnabas::controller {
namespace {

void RegisterQuorum(const MetricsSource& source, env::Registry* registry) {
  const quorum::MetadataQuorum* quorum = source.quorum;
  registry->AddGaugeFunction(
      "barnabas_raft_term", "Term of the metadata quorum.", {},
      [quorum] { return static_cast<double>(quorum->facts().term.value()); });
  registry->AddGaugeFunction(
      "barnabas_raft_commit_index",
      "Offset of the last committed metadata entry.", {}, [quorum] {
        return static_cast<double>(quorum->committed_end().value() - 1);
      });
  registry->AddGaugeFunction(
      "barnabas_raft_is_leader", "1 if this controller is the active one.", {},
      [driver = source.driver] { return driver->leading() ? 1.0 : 0.0; });
  registry->AddCounterFunction(
      "barnabas_raft_elections_total", "Terms that this controller began.", {},
      [quorum] { return static_cast<double>(quorum->facts().elections); });
  registry->AddGaugeFunction(
      "barnabas_raft_uncommitted_bytes",
      "Bytes of metadata entries that wait for their commit.", {}, [quorum] {
        return static_cast<double>(quorum->facts().uncommitted_bytes);
      });
}

void RegisterCluster(const MetricsSource& source, env::Registry* registry) {
  const ActiveDriver* driver = source.driver;
  registry->AddGaugeFunction(
      "barnabas_topics", "Topics of the cluster.", {}, [driver] {
        return static_cast<double>(driver->image().totals().topics);
      });
  registry->AddGaugeFunction(
      "barnabas_partitions", "Partitions of the cluster.", {}, [driver] {
        return static_cast<double>(driver->image().totals().partitions);
      });
  registry->AddGaugeFunction(
      "barnabas_registered_brokers", "Brokers that the cluster knows.", {},
      [driver] {
        return static_cast<double>(driver->image().totals().brokers);
      });
  registry->AddGaugeFunction(
      "barnabas_fenced_brokers",
      "Brokers that are not known to be alive and caught up.", {}, [driver] {
        int fenced = 0;
        driver->image().ForEachBroker(
            [&fenced](const image::BrokerState& broker) {
              if (broker.fenced) ++fenced;
            });
        return static_cast<double>(fenced);
      });
  registry->AddGaugeFunction("barnabas_broker_sessions",
                             "Streams that brokers beat on.", {},
                             [front = source.front] {
                               return static_cast<double>(front->sessions());
                             });
}

void RegisterNode(const MetricsSource& source, env::Registry* registry) {
  registry
      ->AddGauge("barnabas_build_info", "The build that runs.",
                 {{"version", kVersion},
                  {"revision", kRevision},
                  {"role", "controller"}})
      ->Set(1);
  source.listener->RegisterMetrics(registry);
  env::RegisterProcessMetrics(*source.clock, registry);
  log::LogDirectory* directory = source.directory;
  const env::Labels place = {{"dir", directory->path()}};
  registry->AddGaugeFunction(
      "barnabas_storage_free_bytes", "Free bytes of the data directory's disk.",
      place, [directory] {
        const auto space = directory->Space();
        return space.ok() ? static_cast<double>(space->free_bytes) : 0.0;
      });
  registry->AddGaugeFunction(
      "barnabas_storage_used_bytes", "Used bytes of the data directory's disk.",
      place, [directory] {
        const auto space = directory->Space();
        if (!space.ok()) return 0.0;
        return static_cast<double>(space->total_bytes - space->free_bytes);
      });
}

}  // namespace

void RegisterControllerMetrics(const MetricsSource& source,
                               env::Registry* registry) {
  RegisterQuorum(source, registry);
  RegisterCluster(source, registry);
  RegisterNode(source, registry);
}

}  // namespace barnabas::controller
