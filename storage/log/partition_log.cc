#include "storage/log/partition_log.h"

#include <utility>

#include "proto/types/status_macros.h"
#include "storage/log/recovery.h"
#include "storage/log/segmented_log.h"

namespace barnabas::log {

absl::StatusOr<std::unique_ptr<PartitionLog>> PartitionLog::Open(
    const Options& options) {
  RETURN_IF_ERROR(options.files->CreateDirectory(options.directory));
  ASSIGN_OR_RETURN(RecoveredLog recovered,
                   Recover(RecoveryOptions{
                       options.files, options.clock, options.directory,
                       options.config.index_interval_bytes, options.clean}));
  return std::make_unique<SegmentedLog>(options, std::move(recovered));
}

}  // namespace barnabas::log
