#include "broker/replication/retention.h"

#include <algorithm>
#include <optional>

#include "absl/status/statusor.h"
#include "proto/types/status_macros.h"

namespace barnabas::broker {

absl::Status ApplyRetention(const PartitionSettings& settings, int64_t now_ms,
                            Offset high_watermark, log::PartitionLog* log) {
  const log::PartitionLog::Facts facts = log->facts();
  Offset start = facts.log_start;
  if (settings.retention_ms >= 0 && now_ms > settings.retention_ms) {
    ASSIGN_OR_RETURN(const std::optional<log::PartitionLog::TimeMatch> young,
                     log->FindTime(now_ms - settings.retention_ms));
    start = std::max(start, young.has_value() ? young->offset : facts.log_end);
  }
  start = std::min(start, high_watermark);
  if (start <= facts.log_start) return absl::OkStatus();
  return log->AdvanceStart(start);
}

}  // namespace barnabas::broker
