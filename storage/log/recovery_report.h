// RecoveryReport: what opening a log found and did.
//
// Units: bytes, offsets, milliseconds. Empty case: clean and nothing cut.
// Thread: a plain value. Errors: none.
#ifndef BARNABAS_STORAGE_LOG_RECOVERY_REPORT_H_
#define BARNABAS_STORAGE_LOG_RECOVERY_REPORT_H_

#include <cstdint>
#include <string>

#include "proto/types/offsets.h"

namespace barnabas::log {

struct RecoveryReport {
  // The last stop was clean; nothing was scanned.
  bool clean = true;
  // Bytes read and checked above the durable point.
  int64_t scanned_bytes = 0;
  // Bytes that were cut off the tail, and the file that keeps them.
  int64_t cut_bytes = 0;
  std::string cut_file;
  // Log end after opening.
  Offset end;
  int32_t indexes_rebuilt = 0;
  int64_t duration_ms = 0;
};

}  // namespace barnabas::log

#endif  // BARNABAS_STORAGE_LOG_RECOVERY_REPORT_H_
