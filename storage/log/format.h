// Constants of the disk format of a partition's directory, nothing else.
//
// Picture (README.md of this folder draws the bytes):
//   00000000000000000000.log        whole batches, Kafka's layout
//   00000000000000000000.index      8 bytes an entry, Kafka's layout
//   00000000000000000000.timeindex  12 bytes an entry, Kafka's layout
//   00000000000000000042.snapshot   producers at offset 42, Kafka's layout
//   00000000000000000042.cut        what recovery cut off at offset 42
//   leader-epoch-checkpoint         text, Kafka's layout
//   durable-point  log-start  clean-end  partition.metadata    ours
// Units: bytes. Empty case: none. Thread: constants. Errors: none.
#ifndef BARNABAS_STORAGE_LOG_FORMAT_H_
#define BARNABAS_STORAGE_LOG_FORMAT_H_

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "proto/types/units.h"

namespace barnabas::log {

inline constexpr std::string_view kLogSuffix = ".log";
inline constexpr std::string_view kOffsetIndexSuffix = ".index";
inline constexpr std::string_view kTimeIndexSuffix = ".timeindex";
inline constexpr std::string_view kSnapshotSuffix = ".snapshot";
// A segment on its way out; removed at the next start.
inline constexpr std::string_view kDeletedSuffix = ".deleted";
// Bytes that recovery cut off the tail.
inline constexpr std::string_view kCutSuffix = ".cut";
// A segment that compaction writes; removed at the next start.
inline constexpr std::string_view kCleanedSuffix = ".cleaned";
// One that is whole and takes the place of others; finished at the next start.
inline constexpr std::string_view kSwapSuffix = ".swap";
// A small file that is not yet renamed into place.
inline constexpr std::string_view kTemporarySuffix = ".tmp";

inline constexpr std::string_view kEpochFileName = "leader-epoch-checkpoint";
inline constexpr std::string_view kDurablePointFileName = "durable-point";
inline constexpr std::string_view kLogStartFileName = "log-start";
inline constexpr std::string_view kCleanEndFileName = "clean-end";
inline constexpr std::string_view kPartitionMetadataFileName =
    "partition.metadata";

// Digits of a base offset in a file name.
inline constexpr size_t kOffsetDigits = 20;

inline constexpr size_t kOffsetEntryBytes = 8;
inline constexpr size_t kTimeEntryBytes = 12;

// Largest position and relative offset that an index entry can hold.
inline constexpr int64_t kSegmentBytesMax = 0x7fffffff;

// The active segment's blocks are reserved in steps between these.
inline constexpr int64_t kAllocateStepMin = kMiB;
inline constexpr int64_t kAllocateStepMax = 64 * kMiB;

// A producer snapshot is taken at least this often, so that recovery replays
// little (README 31).
inline constexpr int64_t kSnapshotIntervalBytes = 64 * kMiB;

// Small files beyond this size are not ours.
inline constexpr int64_t kSmallFileBytesMax = 16 * kMiB;

// Cut tails kept; the oldest goes first.
inline constexpr int kCutFilesMax = 16;

}  // namespace barnabas::log

#endif  // BARNABAS_STORAGE_LOG_FORMAT_H_
