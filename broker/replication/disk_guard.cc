#include "broker/replication/disk_guard.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "proto/types/error.h"

namespace barnabas::broker {

bool DiskGuard::Measured(const env::FileSystem::Space& space,
                         const Limits& limits) {
  // In this order: a hundredfold of the total might overflow.
  const int64_t part = space.total_bytes / 100 * limits.reserve_percent;
  const int64_t reserve = std::min(limits.reserve_bytes, part);
  absl::MutexLock lock(&mutex_);
  const bool was_full = facts_.full;
  const int64_t needed = was_full ? reserve + reserve / 4 : reserve;
  facts_ = {.total_bytes = space.total_bytes,
            .free_bytes = space.free_bytes,
            .reserve_bytes = reserve,
            .full = space.free_bytes < needed || space.free_bytes == 0};
  budget_.store(
      facts_.full ? 0 : std::max<int64_t>(1, space.free_bytes - reserve),
      std::memory_order_relaxed);
  return facts_.full != was_full;
}

absl::Status DiskGuard::Check() const {
  if (budget_.load(std::memory_order_relaxed) > 0) return absl::OkStatus();
  const Facts now = facts();
  return WithRetryAfter(
      MakeError(ErrorCode::kDiskFull,
                absl::StrCat(
                    "the disk of this broker is nearly full: ", now.free_bytes,
                    " of ", now.total_bytes, " bytes are free, ",
                    now.reserve_bytes, " are kept in reserve"),
                "free space: barnabas topic trim, retention.bytes, a larger "
                "disk; see barnabas broker log-dirs"),
      absl::ToInt64Milliseconds(kInterval));
}

DiskGuard::Facts DiskGuard::facts() const {
  absl::MutexLock lock(&mutex_);
  return facts_;
}

}  // namespace barnabas::broker
