// LoopDisk: a small disk of one's own whose power can be cut.
//
// What: ext4 on a file, mounted over a loop device with no journal commits of
//   its own accord (commit=300). The power goes in one of two ways:
//     Copy, SwapInCopy  a copy of that file has what was synced, and of the
//                       rest only what the kernel had happened to write; it
//                       takes the place of the original
//     Fail, Remount     the file system is shut down under those who write:
//                       whatever was not synced is gone, and from then on they
//                       are told EIO
// Units: bytes. Empty case: mounted and empty.
// Thread: one at a time: the one that called Make, which from then on has
//   mounts of its own, as have the processes that it starts. A sandbox that
//   somebody else opens meanwhile would otherwise keep the disk mounted.
// Errors: what mkfs, mount, cp or umount say. Needs root and loop devices.
// Always true: unmounted and gone at the end, however the process ends.
#ifndef BARNABAS_TESTS_CHAOS_LOOP_DISK_H_
#define BARNABAS_TESTS_CHAOS_LOOP_DISK_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace barnabas::chaos {

class LoopDisk {
 public:
  // Files lie below `folder`, which must be there.
  static absl::StatusOr<std::unique_ptr<LoopDisk>> Make(
      const std::string& folder, int64_t bytes);
  ~LoopDisk();
  LoopDisk(const LoopDisk&) = delete;
  LoopDisk& operator=(const LoopDisk&) = delete;

  // Where it is mounted.
  std::string path() const { return folder_ + "/disk"; }

  // Takes the copy, while whoever writes stands still.
  absl::Status Copy();
  // Unmounts, nobody having files open any more, and mounts the copy.
  absl::Status SwapInCopy();
  // From now on everything fails; proven by a write. No sync may be under way.
  absl::Status Fail();
  // Mounts again what was left, nobody having files open any more.
  absl::Status Remount();

 private:
  explicit LoopDisk(std::string folder) : folder_(std::move(folder)) {}

  absl::Status Mount();
  absl::Status Unmount();
  absl::Status Run(const std::vector<std::string>& command) const;
  std::string image() const { return folder_ + "/image"; }
  std::string copy() const { return folder_ + "/copy"; }

  const std::string folder_;
  bool mounted_ = false;
};

}  // namespace barnabas::chaos

#endif  // BARNABAS_TESTS_CHAOS_LOOP_DISK_H_
