#include "broker/replication/retention.h"

#include <algorithm>
#include <optional>

namespace barnabas::broker {

absl::Status ApplyRetention(const PartitionSettings& settings, int64_t now_ms,
                            Offset high_watermark, log::PartitionLog* log) {
  std::optional<int64_t> oldest_ms;
  if (settings.retention_ms >= 0 && now_ms > settings.retention_ms) {
    oldest_ms = now_ms - settings.retention_ms;
  }
  std::optional<int64_t> bytes_max;
  if (settings.retention_bytes >= 0) bytes_max = settings.retention_bytes;
  const Offset start =
      std::min(log->RetainedStart(oldest_ms, bytes_max), high_watermark);
  if (start <= log->facts().log_start) return absl::OkStatus();
  return log->AdvanceStart(start);
}

}  // namespace barnabas::broker
