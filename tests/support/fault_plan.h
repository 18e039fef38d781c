// FaultPlan: which operations of a FaultFiles fail, and what was done so far.
//
// What: rules that a test sets, asked before every operation; a record of all
//   operations with counts.
// Units: positions and sizes in bytes; operations are counted from 0.
// Empty case: a new plan lets everything pass and has recorded nothing.
// Thread: one at a time; FaultFiles locks. Tests set rules between steps.
// Errors: Check gives an errno, 0 when the operation may go on.
// Bounds: the record keeps the first kRecordedMax operations; counts go on.
#ifndef BARNABAS_TESTS_SUPPORT_FAULT_PLAN_H_
#define BARNABAS_TESTS_SUPPORT_FAULT_PLAN_H_

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace barnabas::support {

enum class FileAction {
  kOpen,
  kRead,
  kWrite,
  kSync,
  kTruncate,
  kAllocate,
  kCreateDirectory,
  kRemove,
  kRename,
  kSyncDirectory,
  kList,
  kLock,
};

struct FileOperation {
  FileAction action;
  std::string path;
  int64_t position = 0;
  int64_t bytes = 0;
};

class FaultPlan {
 public:
  static constexpr size_t kRecordedMax = 1000 * 1000;
  static constexpr int kForEver = -1;

  // Operations of one kind on paths that contain `path_part` fail.
  struct Rule {
    FileAction action = FileAction::kSync;
    std::string path_part = "";
    // How many such operations pass first.
    int after = 0;
    // How many fail then.
    int times = 1;
    int error = EIO;
  };
  void Fail(const Rule& rule) { rules_.push_back(rule); }

  // The disk holds this many bytes; beyond is ENOSPC, after a partial write.
  void SetCapacity(std::optional<int64_t> bytes) { capacity_bytes_ = bytes; }
  std::optional<int64_t> capacity_bytes() const { return capacity_bytes_; }

  // After `count` more changing operations (write, sync, truncate, names) all
  // operations fail, the first of them half done: the machine is dying. Follow
  // with FaultFiles::Crash.
  void DieAfter(int64_t count) { left_to_live_ = count; }
  bool dead() const { return left_to_live_.has_value() && *left_to_live_ < 0; }

  // Drops rules, capacity and death; the record stays.
  void Clear();

  // Records the operation and says whether it may go on.
  int Check(const FileOperation& operation);

  const std::vector<FileOperation>& operations() const { return operations_; }
  int64_t CountOf(FileAction action) const;

 private:
  std::vector<Rule> rules_;
  std::optional<int64_t> capacity_bytes_;
  std::optional<int64_t> left_to_live_;

  std::vector<FileOperation> operations_;
  std::map<FileAction, int64_t> counts_;
};

}  // namespace barnabas::support

#endif  // BARNABAS_TESTS_SUPPORT_FAULT_PLAN_H_
