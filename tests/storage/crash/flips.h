// Flips: a disk at rest on which one bit is not what was written.
//
// What: after a workload and the process's end, each byte of each file gets
//   one bit flipped in a copy of the disk, and the copy is opened: what lies
//   at or below the durable point is refused or told, never missing and never
//   wrong (S3, S4); everything else is made anew.
// Units: bytes. Empty case: a disk without files has no flips.
// Thread: one test. Errors: the first failure; nullopt when all held.
#ifndef BARNABAS_TESTS_STORAGE_CRASH_FLIPS_H_
#define BARNABAS_TESTS_STORAGE_CRASH_FLIPS_H_

#include <cstdint>
#include <optional>
#include <string>

#include "tests/storage/crash/invariants.h"
#include "tests/storage/crash/run.h"
#include "tests/storage/crash/tally.h"

namespace barnabas::crash {

// Every `stride`-th byte, beginning with `first`; of the small index files,
// which have no checksum of their own, every `index_bits`-th bit.
struct FlipPattern {
  int64_t first = 0;
  int64_t stride = 1;
  int64_t index_bits = 1;
};

std::optional<Failure> RunFlips(const RunOptions& options,
                                const FlipPattern& pattern, Tally* tally);

// Judges one disk in which a bit of the byte at `position` of `path` is
// flipped.
Verdict CheckFlipped(const NodeModel& model, const Image& image,
                     const std::string& path, int64_t position, Tally* tally);

}  // namespace barnabas::crash

#endif  // BARNABAS_TESTS_STORAGE_CRASH_FLIPS_H_
