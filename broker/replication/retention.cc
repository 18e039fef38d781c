#include "broker/replication/retention.h"

#include "proto/types/error.h"

namespace barnabas::broker {

absl::Status ApplyRetention(const PartitionSettings& settings, int64_t now_ms,
                            Offset high_watermark, log::PartitionLog* log) {
  // Only closed segments can go or be compacted. A full disk must not keep the
  // start from rising: that makes room.
  const absl::Status rolled =
      log->cleaning().RollActive(log::RollWhen::kIfAged).status();
  if (!rolled.ok() && CodeOf(rolled) != ErrorCode::kDiskFull) return rolled;
  log::KeptRange kept;
  if (settings.retention_ms >= 0 && now_ms > settings.retention_ms) {
    kept.oldest_ms = now_ms - settings.retention_ms;
  }
  if (settings.retention_bytes >= 0) kept.bytes_max = settings.retention_bytes;
  return log->AdvanceStart(kept, high_watermark);
}

}  // namespace barnabas::broker
