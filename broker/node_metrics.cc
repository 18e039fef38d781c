#include "broker/node_metrics.h"

#include <memory>

#include "proto/types/version.h"
#include "storage/env/process_metrics.h"

namespace barnabas::broker {
namespace {

struct PartitionCounts {
  double led = 0;
  double offline = 0;
  double segments = 0;
};

PartitionCounts Count(const PartitionTable& table) {
  PartitionCounts counts;
  for (const std::shared_ptr<Partition>& partition : table.All()) {
    const auto log = partition->Log();
    if (!log.ok()) {
      ++counts.offline;
      continue;
    }
    counts.segments += (*log)->facts().segments;
    if ((*log)->facts().failed) ++counts.offline;
    if (partition->Serve(std::nullopt).ok()) ++counts.led;
  }
  return counts;
}

// What the metadata says of partitions with a replica here. While brokers do
// not copy, most replicas that do not lead have nothing open.
struct ReplicaCounts {
  double all = 0;
  // Of those that this broker leads.
  double under_replicated = 0;
  double under_min_isr = 0;
};

ReplicaCounts CountReplicas(const PartitionTable& table, BrokerId self) {
  ReplicaCounts counts;
  const image::ClusterImage image = table.image();
  for (const TopicPartition& key : image.PartitionsOn(self)) {
    ++counts.all;
    const image::PartitionState& state = *image.FindPartition(key);
    if (state.leader != self) continue;
    if (state.isr.size() < state.replicas.size()) ++counts.under_replicated;
    const std::shared_ptr<Partition> partition = table.Find(key);
    if (partition == nullptr) continue;
    if (static_cast<int64_t>(state.isr.size()) <
        partition->settings().min_insync_replicas) {
      ++counts.under_min_isr;
    }
  }
  return counts;
}

void RegisterReplicas(const PartitionTable* table, BrokerId self,
                      env::Registry* registry) {
  registry->AddGaugeFunction(
      "barnabas_partitions", "Partitions with a replica on this broker.", {},
      [table, self] { return CountReplicas(*table, self).all; });
  registry->AddGaugeFunction(
      "barnabas_under_replicated_partitions",
      "Partitions led here that have replicas out of sync.", {},
      [table, self] { return CountReplicas(*table, self).under_replicated; });
  registry->AddGaugeFunction(
      "barnabas_under_min_isr_partitions",
      "Partitions led here with fewer in sync than min.insync.replicas.", {},
      [table, self] { return CountReplicas(*table, self).under_min_isr; });
}

void RegisterPartitions(const PartitionTable* table, env::Registry* registry) {
  registry->AddGaugeFunction("barnabas_leader_partitions",
                             "Partitions that this broker leads.", {},
                             [table] { return Count(*table).led; });
  registry->AddGaugeFunction("barnabas_offline_partitions",
                             "Partitions of this broker that cannot be served.",
                             {}, [table] { return Count(*table).offline; });
  registry->AddGaugeFunction("barnabas_storage_segments",
                             "Segments of the logs of this broker.", {},
                             [table] { return Count(*table).segments; });
}

}  // namespace

void RegisterNodeMetrics(const NodeMetricsSource& source,
                         env::Registry* registry) {
  registry
      ->AddGauge(
          "barnabas_build_info", "The build; always 1.",
          {{"version", kVersion}, {"revision", kRevision}, {"role", "broker"}})
      ->Set(1);
  const rpc::HealthBoard* health = source.health;
  registry->AddGaugeFunction(
      "barnabas_broker_ready", "1 when the broker serves clients.", {},
      [health] { return health->IsServing("readiness") ? 1 : 0; });
  registry->AddGaugeFunction(
      "barnabas_broker_state", "1 for the state that the broker is in.",
      {{"state", "running"}},
      [health] { return health->IsServing("readiness") ? 1 : 0; });
  registry->AddGaugeFunction(
      "barnabas_broker_state", "1 for the state that the broker is in.",
      {{"state", "fenced"}},
      [health] { return health->IsServing("readiness") ? 0 : 1; });
  RegisterReplicas(source.table, source.self, registry);
  RegisterPartitions(source.table, registry);
  log::LogDirectory* directory = source.directory;
  const env::Labels dir = {{"dir", directory->path()}};
  registry->AddGaugeFunction(
      "barnabas_storage_free_bytes", "Free bytes of the file system.", dir,
      [directory] {
        const auto space = directory->Space();
        return space.ok() ? static_cast<double>(space->free_bytes) : 0;
      });
  registry->AddGaugeFunction(
      "barnabas_storage_used_bytes", "Used bytes of the file system.", dir,
      [directory] {
        const auto space = directory->Space();
        if (!space.ok()) return 0.0;
        return static_cast<double>(space->total_bytes - space->free_bytes);
      });
  const DiskGuard* disk = source.disk;
  registry->AddGaugeFunction(
      "barnabas_storage_reserve_bytes",
      "Produce is refused while less than this is free.", dir,
      [disk] { return static_cast<double>(disk->facts().reserve_bytes); });
  registry->AddGaugeFunction(
      "barnabas_storage_full",
      "1 while produce is refused because the disk is nearly full.", dir,
      [disk] { return disk->facts().full ? 1 : 0; });
  const BufferPool* buffers = source.buffers;
  registry->AddGaugeFunction(
      "barnabas_memory_used_bytes", "Bytes that a pool holds.",
      {{"pool", "read_buffers"}},
      [buffers] { return static_cast<double>(buffers->pooled_bytes()); });
  source.listener->RegisterMetrics(registry);
  env::RegisterProcessMetrics(*source.clock, registry);
}

}  // namespace barnabas::broker
