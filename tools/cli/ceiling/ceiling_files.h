// CeilingFiles: the fresh files that the far end of the ceiling writes.
//
// What: one file for each partition that the run beside it has, made in a
//   directory and removed again. Message after message goes to the next one.
// Units: counts. Ranges: 1 to kFilesMax files. Empty case: files are empty at
//   first.
// Thread: made and destroyed by one; at() from any. The files are as
//   env::File says.
// Errors: those of FileSystem; INVALID_REQUEST for a count out of range.
#ifndef BARNABAS_TOOLS_CLI_CEILING_CEILING_FILES_H_
#define BARNABAS_TOOLS_CLI_CEILING_CEILING_FILES_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "storage/env/file.h"

namespace barnabas::cli {

class CeilingFiles {
 public:
  static constexpr int64_t kFilesMax = 1000;

  // `files` outlives them.
  static absl::StatusOr<std::unique_ptr<CeilingFiles>> Open(
      env::FileSystem* files, const std::string& directory, int64_t count);

  CeilingFiles(const CeilingFiles&) = delete;
  CeilingFiles& operator=(const CeilingFiles&) = delete;
  ~CeilingFiles();

  size_t count() const { return open_.size(); }
  // The file of message `number`.
  env::File* at(size_t number) const {
    return open_[number % open_.size()].get();
  }

 private:
  explicit CeilingFiles(env::FileSystem* files) : files_(files) {}

  env::FileSystem* const files_;
  std::vector<std::unique_ptr<env::File>> open_;
};

}  // namespace barnabas::cli

#endif  // BARNABAS_TOOLS_CLI_CEILING_CEILING_FILES_H_
