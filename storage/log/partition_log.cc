#include "storage/log/partition_log.h"

#include <utility>

#include "proto/types/status_macros.h"
#include "storage/log/recovery.h"
#include "storage/log/segmented_log.h"

namespace barnabas::log {
namespace {

// With a durable name, since all that lies inside depends on it.
absl::Status MakeDirectory(env::FileSystem* files, const std::string& path) {
  if (files->IsDirectory(path)) return absl::OkStatus();
  RETURN_IF_ERROR(files->CreateDirectory(path));
  const size_t slash = path.rfind('/');
  if (slash == std::string::npos) return files->SyncDirectory(".");
  return files->SyncDirectory(slash == 0 ? "/" : path.substr(0, slash));
}

}  // namespace

absl::StatusOr<std::unique_ptr<PartitionLog>> PartitionLog::Open(
    const Options& options) {
  RETURN_IF_ERROR(MakeDirectory(options.files, options.directory));
  ASSIGN_OR_RETURN(RecoveredLog recovered,
                   Recover(RecoveryOptions{
                       options.files, options.clock, options.directory,
                       options.config.index_interval_bytes, options.clean}));
  return std::make_unique<SegmentedLog>(options, std::move(recovered));
}

}  // namespace barnabas::log
