#include "tools/cli/ceiling/ceiling_files.h"

#include <unistd.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/types/error.h"
#include "proto/types/status_macros.h"

namespace barnabas::cli {

absl::StatusOr<std::unique_ptr<CeilingFiles>> CeilingFiles::Open(
    env::FileSystem* files, const std::string& directory, int64_t count) {
  if (count < 1 || count > kFilesMax) {
    return MakeError(ErrorCode::kInvalidRequest,
                     absl::StrCat(count, " files are out of range"),
                     absl::StrCat("1 to ", kFilesMax));
  }
  std::unique_ptr<CeilingFiles> all(new CeilingFiles(files));
  for (int64_t i = 0; i < count; ++i) {
    // Of its own for each process, fresh: no page of it is in memory yet.
    const std::string path =
        absl::StrCat(directory, "/barnabas-ceiling-", getpid(), "-", i, ".log");
    ASSIGN_OR_RETURN(std::unique_ptr<env::File> file,
                     files->Open(path, env::OpenMode::kTruncate));
    all->open_.push_back(std::move(file));
  }
  return all;
}

CeilingFiles::~CeilingFiles() {
  for (const std::unique_ptr<env::File>& file : open_) {
    // A file left behind by a failed removal is told of by its name.
    const absl::Status ignored = files_->RemoveFile(file->path());
  }
}

}  // namespace barnabas::cli
