// Cuts: every disk that a power cut at one moment could leave, by kind.
//
// What: enumerates, change by change, which unsynced bytes and names survive,
//   where the model of MemoryDisk draws at random: each write lost, alone,
//   turned to zeros or torn; each name lost with those behind it or alone.
// Units: bytes; torn at each sector of 512 bytes, and at each byte in files
//   of up to kSmallFileBytes.
// Empty case: a disk without unsynced changes is one image, as it is seen.
// Thread: pure functions over a disk that nobody uses meanwhile.
// Errors: none. Bounds: as many images as there are unsynced changes and torn
//   places; the caller's visitor takes what it has time for.
#ifndef BARNABAS_TESTS_STORAGE_CRASH_CUTS_H_
#define BARNABAS_TESTS_STORAGE_CRASH_CUTS_H_

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "tests/support/memory_disk.h"

namespace barnabas::crash {

inline constexpr int64_t kSmallFileBytes = 4096;

enum class ImageKind {
  // Everything that was done is there: the process alone died.
  kKilled,
  // Nothing unsynced is there.
  kAllLost,
  // Names survive, unsynced bytes do not; and the other way round.
  kBytesLost,
  kNamesLost,
  // One file forgets, or remembers, all that is unsynced.
  kFileLost,
  kFileAlone,
  // One unsynced write is missing, is there alone, or is all zeros.
  kWriteLost,
  kWriteAlone,
  kWriteZeroed,
  // The last write of a file is there up to a sector or a byte.
  kTornSector,
  kTornByte,
  // A change of names is missing with those behind it, or alone.
  kNameLost,
  kNameLostAlone,
  // Drawn by a seed.
  kDrawn,
  // The power fails once more while the first cut is being recovered from.
  kSecondCut,
  // The process was killed and started anew; then the power failed.
  kRestarted,
  // A bit is flipped in a disk at rest.
  kFlippedBit,
  // An operation fails: a sync, the space, any other; then the power.
  kSyncFailed,
  kDiskFull,
  kWriteFailed,
};
inline constexpr int kImageKinds =
    static_cast<int>(ImageKind::kWriteFailed) + 1;

std::string_view NameOf(ImageKind kind);

// One possible image; `make` builds it.
struct Cut {
  ImageKind kind = ImageKind::kKilled;
  std::function<std::unique_ptr<support::MemoryDisk>()> make;
};

// The cuts of `disk` as it is now. They refer to it and to its files: use them
// before it changes.
std::vector<Cut> CutsOf(const support::MemoryDisk& disk, uint64_t seed);

// A number for what is seen on the disk: equal disks, equal numbers.
uint64_t HashOf(const support::MemoryDisk& disk);

}  // namespace barnabas::crash

#endif  // BARNABAS_TESTS_STORAGE_CRASH_CUTS_H_
