// DiskGuard: refuses produce while the disk is nearly full, so that what a
// broker needs for itself (checkpoints, log starts, deletions) still fits.
//
// What: knows how many bytes may still be written before the reserve begins;
//   each measurement of the disk says so anew, each write takes off what it
//   took. Produce is refused from there on and let in again once a quarter
//   more than the reserve is free, so that it does not flap.
// Picture:   total [ used ............ | budget | reserve )
//                                      free = budget + reserve
// Units: bytes; percent of the file system. The reserve is the smaller one of
//   its two limits. Empty case: before the first measurement all is let in.
// Thread: any; Check and Wrote are one atomic operation each.
// Errors: Check: DISK_FULL with what is free, what is kept and what to do.
// Always true: reads, deletions and metadata never ask the guard.
#ifndef BARNABAS_BROKER_REPLICATION_DISK_GUARD_H_
#define BARNABAS_BROKER_REPLICATION_DISK_GUARD_H_

#include <atomic>
#include <cstdint>
#include <limits>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "storage/env/file.h"

namespace barnabas::broker {

class DiskGuard {
 public:
  struct Limits {
    int64_t reserve_bytes = 0;
    int32_t reserve_percent = 0;
  };
  struct Facts {
    int64_t total_bytes = 0;
    int64_t free_bytes = 0;
    int64_t reserve_bytes = 0;
    bool full = false;
  };

  // How often the disk is to be measured; what refused producers are told.
  static constexpr absl::Duration kInterval = absl::Milliseconds(500);

  // Takes a measurement; true if it changed whether produce is let in.
  bool Measured(const env::FileSystem::Space& space, const Limits& limits);

  // Whether a batch may be appended.
  absl::Status Check() const;
  // A batch of so many bytes was appended.
  void Wrote(int64_t bytes) {
    budget_.fetch_sub(bytes, std::memory_order_relaxed);
  }

  // As of the last measurement.
  Facts facts() const;

 private:
  std::atomic<int64_t> budget_{std::numeric_limits<int64_t>::max()};

  mutable absl::Mutex mutex_;
  Facts facts_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace barnabas::broker

#endif  // BARNABAS_BROKER_REPLICATION_DISK_GUARD_H_
