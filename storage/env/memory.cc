#include "storage/env/memory.h"

#include <fcntl.h>
#include <sys/sysinfo.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"

namespace barnabas::env {
namespace {

// The beginning of a short file of the kernel's.
std::string ReadStart(const char* path) {
  const int descriptor = open(path, O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return "";
  char text[256];
  const ssize_t read = ::read(descriptor, text, sizeof(text));
  close(descriptor);
  return std::string(text, static_cast<size_t>(std::max<ssize_t>(read, 0)));
}

}  // namespace

int64_t ResidentBytes() {
  const std::vector<std::string> fields =
      absl::StrSplit(ReadStart("/proc/self/statm"), ' ');
  int64_t pages = 0;
  if (fields.size() < 2 || !absl::SimpleAtoi(fields[1], &pages)) return 0;
  return pages * sysconf(_SC_PAGESIZE);
}

int64_t MemoryLimitBytes() {
  struct sysinfo machine {};
  int64_t limit = 0;
  if (sysinfo(&machine) == 0) {
    limit = static_cast<int64_t>(machine.totalram) * machine.mem_unit;
  }
  // "max" where there is no limit; the file of the group that is our root,
  // which is what a container sees.
  int64_t group = 0;
  if (absl::SimpleAtoi(ReadStart("/sys/fs/cgroup/memory.max"), &group) &&
      group > 0) {
    limit = std::min(limit, group);
  }
  return limit;
}

}  // namespace barnabas::env
