// EntryFile: a file of entries of one fixed size, as both indexes are.
//
// What: while its segment is active all entries are in memory and reach the
//   file in batches (WritePending); once sealed they lie in the file alone
//   and look-ups read it. Writes are plain: a crash may lose or mangle them,
//   recovery notices by count and checksum and rebuilds (S5). The file is
//   open only while it is written or read: a broker of ten thousand partitions
//   has two of them for each, and descriptors are few.
// Place: below OffsetIndex and TimeIndex, which know what an entry says.
// Units: entries, bytes. Empty case: no entries; FindLast finds nothing.
// Thread: one writer; count, FindLast from any thread beside it.
// Errors: those of env::FileSystem; Load says CORRUPT_LOG when the file does
//   not hold what was expected. In memory nothing fails.
#ifndef BARNABAS_STORAGE_LOG_ENTRY_FILE_H_
#define BARNABAS_STORAGE_LOG_ENTRY_FILE_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/base/thread_annotations.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "storage/env/file.h"

namespace barnabas::log {

class EntryFile {
 public:
  // How many entries there are and the CRC-32C of their bytes.
  struct Extent {
    int32_t count = 0;
    uint32_t crc = 0;

    bool operator==(const Extent&) const = default;
  };

  EntryFile(env::FileSystem* files, std::string path, size_t entry_bytes);

  // Active and without entries. The file is made or emptied by the next
  // WritePending, so opening a log can still be refused without a trace.
  void Reset();
  // Active with the first `expected` entries of the file, which must have
  // that checksum. Without `expected`: all whole entries, unchecked. Reads
  // only.
  absl::Status Load(std::optional<Extent> expected);
  // Sealed; the memory is given back, nothing is read.
  void OpenSealed();

  // Active only.
  void Append(std::string_view entry);
  // Drops entries from `count` on; the file follows at WritePending.
  void Truncate(int32_t count);
  // Brings the file to what memory holds; not synced.
  absl::Status WritePending();
  // The file, to be synced. Before OpenSealed all must be written.
  absl::StatusOr<std::shared_ptr<env::File>> OpenFile() const;

  // Copies the last entry for which `holds` is true to `out`; false when none
  // is. `holds` must be true of a prefix of the entries.
  absl::StatusOr<bool> FindLast(absl::FunctionRef<bool(const char*)> holds,
                                char* out) const ABSL_LOCKS_EXCLUDED(mutex_);

  int32_t count() const ABSL_LOCKS_EXCLUDED(mutex_);
  // Of an active file.
  Extent extent() const ABSL_LOCKS_EXCLUDED(mutex_);
  // All bytes of an active file.
  std::string Copy() const ABSL_LOCKS_EXCLUDED(mutex_);

  const std::string& path() const { return path_; }

 private:
  bool FindLastInMemory(absl::FunctionRef<bool(const char*)> holds,
                        char* out) const ABSL_SHARED_LOCKS_REQUIRED(mutex_);
  absl::StatusOr<bool> FindLastInFile(
      absl::FunctionRef<bool(const char*)> holds, char* out) const;

  // Constant after construction.
  env::FileSystem* files_;
  const std::string path_;
  const size_t entry_bytes_;

  // State of the writer.
  size_t written_bytes_ = 0;
  // The file must be made, or cut to written_bytes_, before anything else.
  bool cut_ = true;

  // What readers see.
  mutable absl::Mutex mutex_;
  bool sealed_ ABSL_GUARDED_BY(mutex_) = false;
  std::string bytes_ ABSL_GUARDED_BY(mutex_);
  uint32_t crc_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace barnabas::log

#endif  // BARNABAS_STORAGE_LOG_ENTRY_FILE_H_
