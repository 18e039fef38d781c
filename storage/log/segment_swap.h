// Putting a compacted segment in the place of those it was made of.
//
// Picture: the names of one swap, [base, next) of which N..M are replaced:
//   N.log.cleaned                 being written, then synced
//   N.log.swap                    whole: from here on a start finishes the swap
//   N.log.deleted M.log.deleted   the old ones are out of the way
//   N.log                         done
//   each with its .index and .timeindex, whose renames come before that of
//   the .log file, so that a .log file never has the indexes of another for
//   longer than a crash; those are judged like any (S5).
// Units: offsets. Empty case: no swap is under way.
// Thread: the log's writer, or its opening.
// Errors: those of env::FileSystem. After a failed SwapIn the names are
//   somewhere between; FinishSwaps at the next start brings them to the end.
// Durability: renames reach the disk in order or not at all, so nothing is
//   synced in between; the caller syncs the directory afterwards.
#ifndef BARNABAS_STORAGE_LOG_SEGMENT_SWAP_H_
#define BARNABAS_STORAGE_LOG_SEGMENT_SWAP_H_

#include <string>

#include "absl/status/status.h"
#include "absl/types/span.h"
#include "proto/types/offsets.h"
#include "storage/env/file.h"

namespace barnabas::log {

// Renames the files of a segment to "....deleted"; absent indexes are fine.
absl::Status SetSegmentAside(env::FileSystem* files,
                             const std::string& directory, Offset base);
// Removes what SetSegmentAside left; absent files are fine.
absl::Status RemoveSetAside(env::FileSystem* files,
                            const std::string& directory, Offset base);

// Removes a segment in the making.
absl::Status RemoveCleaned(env::FileSystem* files, const std::string& directory,
                           Offset base);

// The segment in the making at replaced[0] takes the place of `replaced`.
absl::Status SwapIn(env::FileSystem* files, const std::string& directory,
                    absl::Span<const Offset> replaced);

// Brings interrupted swaps to their end, durably. The swapped-in segments are
// read whole first: CORRUPT_LOG if one is damaged, with nothing changed.
absl::Status FinishSwaps(env::FileSystem* files, const std::string& directory);

}  // namespace barnabas::log

#endif  // BARNABAS_STORAGE_LOG_SEGMENT_SWAP_H_
