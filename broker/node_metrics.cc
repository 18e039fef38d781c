#include "broker/node_metrics.h"

#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "proto/types/version.h"

namespace barnabas::broker {
namespace {

// Pages of the machine; Linux on x86-64 and arm64 as we build it.
constexpr double kPageBytes = 4096;

double ResidentBytes(env::FileSystem* files) {
  const absl::StatusOr<std::unique_ptr<env::File>> file =
      files->Open("/proc/self/statm", env::OpenMode::kRead);
  if (!file.ok()) return 0;
  char text[128];
  const absl::StatusOr<size_t> read = (*file)->ReadAt(0, sizeof(text), text);
  if (!read.ok()) return 0;
  const std::vector<std::string> fields =
      absl::StrSplit(std::string(text, *read), ' ');
  double pages = 0;
  if (fields.size() < 2 || !absl::SimpleAtod(fields[1], &pages)) return 0;
  return pages * kPageBytes;
}

double OpenDescriptors(env::FileSystem* files) {
  const absl::StatusOr<std::vector<std::string>> names =
      files->List("/proc/self/fd");
  return names.ok() ? static_cast<double>(names->size()) : 0;
}

struct PartitionCounts {
  double all = 0;
  double led = 0;
  double offline = 0;
  double segments = 0;
};

PartitionCounts Count(const PartitionTable& table) {
  PartitionCounts counts;
  for (const std::shared_ptr<Partition>& partition : table.All()) {
    ++counts.all;
    const auto log = partition->Log();
    if (log.ok()) {
      ++counts.led;
      counts.segments += (*log)->facts().segments;
      if ((*log)->facts().failed) ++counts.offline;
    } else if (CodeOf(log.status()) != ErrorCode::kNotLeader) {
      ++counts.offline;
    }
  }
  return counts;
}

void RegisterPartitions(const PartitionTable* table, env::Registry* registry) {
  registry->AddGaugeFunction("barnabas_partitions",
                             "Partitions with a replica on this broker.", {},
                             [table] { return Count(*table).all; });
  registry->AddGaugeFunction("barnabas_leader_partitions",
                             "Partitions that this broker leads.", {},
                             [table] { return Count(*table).led; });
  registry->AddGaugeFunction("barnabas_offline_partitions",
                             "Partitions of this broker that cannot be served.",
                             {}, [table] { return Count(*table).offline; });
  registry->AddGaugeFunction("barnabas_storage_segments",
                             "Segments of the logs that this broker leads.", {},
                             [table] { return Count(*table).segments; });
}

void RegisterProcess(const NodeMetricsSource& source, env::Registry* registry) {
  env::FileSystem* files = source.files;
  registry->AddGaugeFunction("process_resident_memory_bytes",
                             "Resident memory of the process.", {},
                             [files] { return ResidentBytes(files); });
  registry->AddGaugeFunction("process_open_fds", "Open file descriptors.", {},
                             [files] { return OpenDescriptors(files); });
  registry
      ->AddGauge("process_start_time_seconds",
                 "When the process started, seconds since 1970.")
      ->Set(static_cast<double>(source.clock->WallMs()) / 1000);
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
  const BufferPool* buffers = source.buffers;
  registry->AddGaugeFunction(
      "barnabas_memory_used_bytes", "Bytes that a pool holds.",
      {{"pool", "read_buffers"}},
      [buffers] { return static_cast<double>(buffers->pooled_bytes()); });
  registry->AddGaugeFunction("barnabas_connections", "Open connections.",
                             {{"listener", "client"}}, source.connections);
  RegisterProcess(source, registry);
}

}  // namespace barnabas::broker
