#include "tests/chaos/loop_disk.h"

#include <fcntl.h>
#include <glog/logging.h>
#include <sched.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/time/time.h"
#include "proto/types/error.h"
#include "proto/types/status_macros.h"
#include "tests/e2e/node_process.h"

namespace barnabas::chaos {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(60);

// EXT4_IOC_SHUTDOWN, _IOR('X', 125, __u32), and its flag that drops the
// journal; the kernel's header for users lacks them.
constexpr unsigned long kShutdown = _IOR('X', 125, uint32_t);
constexpr uint32_t kNoLogFlush = 2;

absl::Status LeaveOthersMounts() {
  if (unshare(CLONE_NEWNS) == 0 &&
      mount("none", "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0) {
    return absl::OkStatus();
  }
  return MakeError(ErrorCode::kInternal,
                   absl::StrCat("no mounts of one's own: errno ", errno),
                   "run it as root, outside of a sandbox");
}

}  // namespace

absl::StatusOr<std::unique_ptr<LoopDisk>> LoopDisk::Make(
    const std::string& folder, int64_t bytes) {
  RETURN_IF_ERROR(LeaveOthersMounts());
  auto disk = std::unique_ptr<LoopDisk>(new LoopDisk(folder));
  std::filesystem::create_directories(disk->path());
  RETURN_IF_ERROR(disk->Run(
      {"/usr/bin/truncate", absl::StrCat("--size=", bytes), disk->image()}));
  RETURN_IF_ERROR(
      disk->Run({"/usr/sbin/mkfs.ext4", "-q", "-F", "-E",
                 "lazy_itable_init=0,lazy_journal_init=0", disk->image()}));
  RETURN_IF_ERROR(disk->Mount());
  return disk;
}

LoopDisk::~LoopDisk() {
  const absl::Status unmounted = Unmount();
  LOG_IF(ERROR, !unmounted.ok()) << unmounted;
  std::error_code ignored;
  std::filesystem::remove(image(), ignored);
  std::filesystem::remove(copy(), ignored);
}

absl::Status LoopDisk::Run(const std::vector<std::string>& command) const {
  const std::string output = folder_ + "/disk.txt";
  e2e::NodeProcess process(command, output);
  const std::optional<int> code = process.WaitForExit(kPatience);
  if (code == 0) return absl::OkStatus();
  return MakeError(ErrorCode::kInternal,
                   absl::StrCat(absl::StrJoin(command, " "),
                                " failed: ", e2e::ReadText(output)));
}

absl::Status LoopDisk::Mount() {
  RETURN_IF_ERROR(Run({"/usr/bin/mount", "-t", "ext4", "-o", "loop,commit=300",
                       image(), path()}));
  mounted_ = true;
  return absl::OkStatus();
}

absl::Status LoopDisk::Unmount() {
  if (!mounted_) return absl::OkStatus();
  RETURN_IF_ERROR(Run({"/usr/bin/umount", path()}));
  mounted_ = false;
  return absl::OkStatus();
}

absl::Status LoopDisk::Copy() {
  return Run({"/usr/bin/cp", "--sparse=always", image(), copy()});
}

absl::Status LoopDisk::SwapInCopy() {
  RETURN_IF_ERROR(Unmount());
  std::error_code error;
  std::filesystem::rename(copy(), image(), error);
  if (error) return MakeError(ErrorCode::kInternal, error.message());
  return Mount();
}

absl::Status LoopDisk::Fail() {
  const int folder = ::open(path().c_str(), O_RDONLY | O_DIRECTORY);
  uint32_t flags = kNoLogFlush;
  const int shut = ioctl(folder, kShutdown, &flags);
  const int error = errno;
  ::close(folder);
  if (shut != 0) {
    return MakeError(ErrorCode::kInternal,
                     absl::StrCat("ext4 cannot be shut down: errno ", error));
  }
  const int file =
      ::open((path() + "/proof").c_str(), O_WRONLY | O_CREAT, 0600);
  if (file < 0 && errno == EIO) return absl::OkStatus();
  if (file >= 0) ::close(file);
  return MakeError(ErrorCode::kInternal, "the disk that failed still works");
}

absl::Status LoopDisk::Remount() {
  RETURN_IF_ERROR(Unmount());
  return Mount();
}

}  // namespace barnabas::chaos
