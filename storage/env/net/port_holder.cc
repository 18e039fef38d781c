#include "storage/env/net/port_holder.h"

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

#include <cstdlib>
#include <set>
#include <string_view>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace barnabas::env {
namespace {

// Enough for 100,000 sockets; what lies beyond is not looked at.
constexpr size_t kTableBytesMax = 16 << 20;
constexpr std::string_view kListening = "0A";

std::string ReadWhole(const std::string& path, size_t bytes_max) {
  std::string text;
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return text;
  char buffer[16384];
  while (text.size() < bytes_max) {
    const ssize_t got = ::read(descriptor, buffer, sizeof(buffer));
    if (got <= 0) break;
    text.append(buffer, static_cast<size_t>(got));
  }
  close(descriptor);
  return text;
}

// Socket inodes that listen on `port`, of one table of /proc/net.
void CollectInodes(const std::string& table, int32_t port,
                   std::set<std::string>* inodes) {
  const std::string suffix = absl::StrFormat(":%04X", port);
  for (absl::string_view line : absl::StrSplit(table, '\n')) {
    const std::vector<std::string> words =
        absl::StrSplit(line, ' ', absl::SkipEmpty());
    if (words.size() < 10 || words[3] != kListening) continue;
    if (absl::EndsWith(words[1], suffix)) inodes->insert(words[9]);
  }
}

std::vector<std::string> Names(const std::string& path) {
  std::vector<std::string> names;
  DIR* directory = opendir(path.c_str());
  if (directory == nullptr) return names;
  while (const dirent* entry = readdir(directory)) {
    names.emplace_back(entry->d_name);
  }
  closedir(directory);
  return names;
}

bool HoldsOne(const std::string& process, const std::set<std::string>& inodes) {
  const std::string folder = absl::StrCat("/proc/", process, "/fd");
  for (const std::string& name : Names(folder)) {
    char target[64] = {};
    const ssize_t size = readlink(absl::StrCat(folder, "/", name).c_str(),
                                  target, sizeof(target) - 1);
    if (size <= 0) continue;
    absl::string_view text(target, static_cast<size_t>(size));
    if (!absl::ConsumePrefix(&text, "socket:[") ||
        !absl::ConsumeSuffix(&text, "]")) {
      continue;
    }
    if (inodes.count(std::string(text)) > 0) return true;
  }
  return false;
}

}  // namespace

std::string PortHolder(int32_t port) {
  std::set<std::string> inodes;
  CollectInodes(ReadWhole("/proc/net/tcp", kTableBytesMax), port, &inodes);
  CollectInodes(ReadWhole("/proc/net/tcp6", kTableBytesMax), port, &inodes);
  if (inodes.empty()) return "";
  for (const std::string& process : Names("/proc")) {
    int number = 0;
    if (!absl::SimpleAtoi(process, &number)) continue;
    if (!HoldsOne(process, inodes)) continue;
    // Not /proc/N/comm: the kernel cuts it to 15 characters.
    const std::string command =
        ReadWhole(absl::StrCat("/proc/", process, "/cmdline"), 4096);
    std::string program = command.substr(0, command.find('\0'));
    program = program.substr(program.rfind('/') + 1);
    return absl::StrCat(program.empty() ? "a program" : program, " (process ",
                        number, ")");
  }
  return "";
}

}  // namespace barnabas::env
