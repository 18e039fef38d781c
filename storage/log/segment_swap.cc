#include "storage/log/segment_swap.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

#include "absl/strings/str_cat.h"
#include "glog/logging.h"
#include "proto/types/error.h"
#include "proto/types/status_macros.h"
#include "proto/types/text.h"
#include "proto/types/units.h"
#include "storage/log/batch_walk.h"
#include "storage/log/file_names.h"
#include "storage/log/format.h"
#include "storage/log/log_files.h"

namespace barnabas::log {
namespace {

constexpr size_t kCheckWindow = kMiB;

// The .log file comes last: see the header.
constexpr std::array<std::string_view, 3> kSuffixes = {
    kOffsetIndexSuffix, kTimeIndexSuffix, kLogSuffix};

// Renames the files of a segment from one state to another.
absl::Status Move(env::FileSystem* files, const std::string& directory,
                  Offset base, std::string_view from, std::string_view to) {
  for (const std::string_view suffix : kSuffixes) {
    const absl::Status status =
        files->Rename(JoinPath(directory, FileName(base, suffix, from)),
                      JoinPath(directory, FileName(base, suffix, to)));
    // Indexes are made anew when they are missing.
    if (absl::IsNotFound(status) && suffix != kLogSuffix) continue;
    RETURN_IF_ERROR(status);
  }
  return absl::OkStatus();
}

absl::Status Remove(env::FileSystem* files, const std::string& directory,
                    Offset base, std::string_view state) {
  for (const std::string_view suffix : kSuffixes) {
    RETURN_IF_ERROR(RemoveIfPresent(
        files, JoinPath(directory, FileName(base, suffix, state))));
  }
  return absl::OkStatus();
}

absl::Status Refuse(std::string_view why) {
  return MakeError(ErrorCode::kCorruptLog,
                   absl::StrCat(AsAbsl(why),
                                ", in a compacted segment; nothing was "
                                "changed"),
                   "barnabas storage verify DIR");
}

// Where the segment that is to be swapped in ends.
absl::StatusOr<Offset> EndOfSwap(env::FileSystem* files,
                                 const std::string& directory, Offset base) {
  ASSIGN_OR_RETURN(
      const std::unique_ptr<env::File> file,
      files->Open(JoinPath(directory, FileName(base, kLogSuffix, kSwapSuffix)),
                  env::OpenMode::kRead));
  ASSIGN_OR_RETURN(const int64_t size, file->Size());
  BatchWalk walk(file.get(), 0, size, WalkDepth::kChecksums, kCheckWindow);
  Offset end = base;
  while (true) {
    const absl::StatusOr<std::optional<BatchWalk::Step>> step = walk.Next();
    if (CodeOf(step.status()) == ErrorCode::kCorruptRecord) {
      return Refuse(AsStd(step.status().message()));
    }
    RETURN_IF_ERROR(step.status());
    if (!step->has_value()) return end;
    // The offset is not part of the checksum.
    if ((*step)->header.base_offset < end) {
      return Refuse(absl::StrCat(file->path(), " at position ",
                                 (*step)->position, ": offset ",
                                 (*step)->header.base_offset.value(),
                                 " stands where ", end.value(), " is due"));
    }
    end = (*step)->header.NextOffset();
  }
}

}  // namespace

absl::Status SetSegmentAside(env::FileSystem* files,
                             const std::string& directory, Offset base) {
  return Move(files, directory, base, "", kDeletedSuffix);
}

absl::Status RemoveSetAside(env::FileSystem* files,
                            const std::string& directory, Offset base) {
  return Remove(files, directory, base, kDeletedSuffix);
}

absl::Status RemoveCleaned(env::FileSystem* files, const std::string& directory,
                           Offset base) {
  return Remove(files, directory, base, kCleanedSuffix);
}

absl::Status SwapIn(env::FileSystem* files, const std::string& directory,
                    absl::Span<const Offset> replaced) {
  const Offset base = replaced.front();
  RETURN_IF_ERROR(Move(files, directory, base, kCleanedSuffix, kSwapSuffix));
  for (const Offset old : replaced) {
    RETURN_IF_ERROR(SetSegmentAside(files, directory, old));
  }
  return Move(files, directory, base, kSwapSuffix, "");
}

absl::Status FinishSwaps(env::FileSystem* files, const std::string& directory) {
  ASSIGN_OR_RETURN(const LogFiles listing, ListLogFiles(files, directory));
  if (listing.swaps.empty()) return absl::OkStatus();
  std::vector<Offset> ends;
  for (const Offset base : listing.swaps) {
    ASSIGN_OR_RETURN(const Offset end, EndOfSwap(files, directory, base));
    // It ends where the next segment begins, or it says what is not so.
    if (!std::binary_search(listing.segments.begin(), listing.segments.end(),
                            end)) {
      return Refuse(absl::StrCat(
          JoinPath(directory, FileName(base, kLogSuffix, kSwapSuffix)),
          " ends at offset ", end.value(), ", where no segment begins"));
    }
    ends.push_back(end);
  }
  for (size_t i = 0; i < listing.swaps.size(); ++i) {
    const Offset base = listing.swaps[i];
    LOG(INFO) << "The compaction of offsets [" << base << ", " << ends[i]
              << ") of " << directory << " was interrupted and is finished";
    for (const Offset old : listing.segments) {
      if (old < base || old >= ends[i]) continue;
      RETURN_IF_ERROR(RemoveSegmentFiles(files, directory, old));
    }
    RETURN_IF_ERROR(Move(files, directory, base, kSwapSuffix, ""));
  }
  return files->SyncDirectory(directory);
}

}  // namespace barnabas::log
