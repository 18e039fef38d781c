// Verification: is everything in a partition's directory what was written?
//
// What: reads every byte of one log and says what is wrong with it: each
//   batch's checksum, offsets and epochs that rise without a gap, index
//   entries that point at batches, the small files beside them. Takes no
//   lock and changes nothing; behind `storage verify`.
// Units: offsets, bytes. Empty case: an empty directory has no findings.
// Thread: pure function over FileSystem.
// Errors: only what keeps the directory from being read at all; whatever can
//   be named is a finding.
// Bounds: kFindingsMax findings; more are counted.
#ifndef BARNABAS_STORAGE_LOG_VERIFY_H_
#define BARNABAS_STORAGE_LOG_VERIFY_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "proto/types/offsets.h"
#include "storage/env/file.h"

namespace barnabas::log {

inline constexpr int kFindingsMax = 1000;

enum class FindingKind {
  // At or below the durable point: the log will be refused, or readers get
  // an error.
  kDamage,
  // Above the durable point: the next start cuts it. Of a running node this
  // may be a write under way.
  kTail,
  // An index or a small file that the next start makes anew.
  kRebuildable,
};

struct Finding {
  FindingKind kind = FindingKind::kDamage;
  std::string file;
  int64_t position = 0;
  std::string what;
};

struct Verification {
  std::vector<Finding> findings;
  // Those beyond kFindingsMax.
  int64_t findings_left_out = 0;
  int64_t segments = 0;
  int64_t batches = 0;
  int64_t bytes = 0;
  int64_t index_entries = 0;
  Offset log_start;
  Offset log_end;

  // Nothing that a start would refuse.
  bool Sound() const;
};

absl::StatusOr<Verification> VerifyLog(env::FileSystem* files,
                                       const std::string& directory);

}  // namespace barnabas::log

#endif  // BARNABAS_STORAGE_LOG_VERIFY_H_
