#include "storage/log/cut_file.h"

#include <algorithm>
#include <memory>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "proto/types/status_macros.h"
#include "proto/types/text.h"
#include "proto/types/units.h"
#include "storage/log/file_names.h"
#include "storage/log/format.h"
#include "storage/log/log_files.h"

namespace barnabas::log {
namespace {

constexpr int64_t kCopyBytes = kMiB;

}  // namespace

absl::StatusOr<std::string> KeepTail(env::FileSystem* files,
                                     const std::string& directory,
                                     Offset offset, const env::File& from,
                                     int64_t begin, int64_t end) {
  const std::string path = JoinPath(directory, FileName(offset, kCutSuffix));
  ASSIGN_OR_RETURN(const std::unique_ptr<env::File> to,
                   files->Open(path, env::OpenMode::kTruncate));
  std::string buffer;
  for (int64_t at = begin; at < end;) {
    buffer.resize(static_cast<size_t>(std::min(kCopyBytes, end - at)));
    ASSIGN_OR_RETURN(const size_t got,
                     from.ReadAt(at, buffer.size(), buffer.data()));
    if (got == 0) break;
    const std::string_view parts[] = {std::string_view(buffer).substr(0, got)};
    RETURN_IF_ERROR(to->WriteAt(at - begin, parts));
    at += static_cast<int64_t>(got);
  }
  RETURN_IF_ERROR(to->Sync());
  return path;
}

absl::StatusOr<std::string> KeepSegment(env::FileSystem* files,
                                        const std::string& directory,
                                        Offset base) {
  const std::string path = JoinPath(directory, FileName(base, kLogSuffix));
  const std::string aside = absl::StrCat(path, AsAbsl(kCutSuffix));
  RETURN_IF_ERROR(files->Rename(path, aside));
  RETURN_IF_ERROR(RemoveSegmentFiles(files, directory, base));
  return aside;
}

absl::Status BoundCutFiles(env::FileSystem* files, const std::string& directory,
                           std::vector<std::string> names) {
  std::sort(names.begin(), names.end());
  for (size_t i = 0; i + kCutFilesMax < names.size(); ++i) {
    RETURN_IF_ERROR(RemoveIfPresent(files, JoinPath(directory, names[i])));
  }
  return absl::OkStatus();
}

}  // namespace barnabas::log
