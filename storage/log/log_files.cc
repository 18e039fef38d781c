#include "storage/log/log_files.h"

#include <algorithm>
#include <optional>
#include <string_view>

#include "proto/types/status_macros.h"
#include "storage/log/file_names.h"
#include "storage/log/format.h"

namespace barnabas::log {
namespace {

constexpr std::string_view kSwapLogSuffix = ".log.swap";

}  // namespace

absl::StatusOr<LogFiles> ListLogFiles(env::FileSystem* files,
                                      const std::string& directory) {
  ASSIGN_OR_RETURN(const std::vector<std::string> names,
                   files->List(directory));
  LogFiles found;
  std::vector<std::pair<Offset, std::string>> indexes;
  for (const std::string& name : names) {
    if (const auto base = ParseFileName(name, kLogSuffix)) {
      found.segments.push_back(*base);
    } else if (const auto at = ParseFileName(name, kSnapshotSuffix)) {
      found.snapshots.push_back(*at);
    } else if (const auto offsets = ParseFileName(name, kOffsetIndexSuffix)) {
      indexes.emplace_back(*offsets, name);
    } else if (const auto times = ParseFileName(name, kTimeIndexSuffix)) {
      indexes.emplace_back(*times, name);
    } else if (const auto swap = ParseFileName(name, kSwapLogSuffix)) {
      found.swaps.push_back(*swap);
    } else if (name.ends_with(kDeletedSuffix) ||
               name.ends_with(kCleanedSuffix) || name.ends_with(kSwapSuffix) ||
               name.ends_with(kTemporarySuffix)) {
      found.leftovers.push_back(name);
    } else if (name.ends_with(kCutSuffix)) {
      found.cuts.push_back(name);
    }
  }
  for (const auto& [base, name] : indexes) {
    if (!std::binary_search(found.segments.begin(), found.segments.end(),
                            base)) {
      found.orphans.push_back(name);
    }
  }
  return found;
}

absl::Status RemoveIfPresent(env::FileSystem* files, const std::string& path) {
  const absl::Status status = files->RemoveFile(path);
  return absl::IsNotFound(status) ? absl::OkStatus() : status;
}

absl::Status RemoveSegmentFiles(env::FileSystem* files,
                                const std::string& directory, Offset base) {
  // The .log file last: without it the others are orphans that the next start
  // removes, with it a segment whose indexes it rebuilds.
  for (const std::string_view suffix :
       {kOffsetIndexSuffix, kTimeIndexSuffix, kLogSuffix}) {
    RETURN_IF_ERROR(
        RemoveIfPresent(files, JoinPath(directory, FileName(base, suffix))));
  }
  return absl::OkStatus();
}

}  // namespace barnabas::log
