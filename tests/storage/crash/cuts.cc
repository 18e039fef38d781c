#include "tests/storage/crash/cuts.h"

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <set>
#include <utility>

namespace barnabas::crash {
namespace {

using support::MemoryDisk;
using Node = MemoryDisk::Node;
using Change = MemoryDisk::Change;

constexpr int64_t kSectorBytes = 512;
constexpr uint64_t kDrawnSeeds = 2;

// What becomes of one unsynced change.
struct Fate {
  bool survives = true;
  bool zeroed = false;
  // Only this many bytes of a write.
  std::optional<size_t> bytes = std::nullopt;
};

// Fates that differ from the rule for all others.
struct Choice {
  bool bytes_survive = true;
  bool names_survive = true;
  std::optional<size_t> lost_name = std::nullopt;
  bool names_in_order = true;
  // The one file, or the one change of it, that fares otherwise.
  const Node* file = nullptr;
  std::optional<size_t> change = std::nullopt;
  Fate fate = {};
  // Of the other changes of `file`, when `change` is set.
  bool others_survive = true;
};

// The size reached the disk and the bytes did not: new blocks read as zeros,
// old ones as they were.
void ZeroWhatIsNew(const Node& file, Change* change) {
  const int64_t old = std::max<int64_t>(
      0, static_cast<int64_t>(file.durable.size()) - change->position);
  const size_t kept = std::min(static_cast<size_t>(old), change->bytes.size());
  change->position += static_cast<int64_t>(kept);
  change->bytes.assign(change->bytes.size() - kept, '\0');
}

class ChosenCut final : public MemoryDisk::PowerCut {
 public:
  explicit ChosenCut(const Choice& choice) : choice_(choice) {}

  bool KeepsName(size_t i) override {
    return choice_.names_survive && choice_.lost_name != i;
  }
  bool names_in_order() const override { return choice_.names_in_order; }

  std::string BytesOf(const Node& file) override {
    std::string content = file.durable;
    for (size_t i = 0; i < file.changes.size(); ++i) {
      const Fate fate = FateOf(file, i);
      if (!fate.survives) continue;
      Change change = file.changes[i];
      if (fate.zeroed) ZeroWhatIsNew(file, &change);
      if (fate.bytes.has_value()) change.bytes.resize(*fate.bytes);
      change.ApplyTo(&content);
    }
    return content;
  }

 private:
  Fate FateOf(const Node& file, size_t i) const {
    // What a failed sync lost is lost, unless the machine stayed up.
    if (file.changes[i].lost) return {.survives = false};
    if (&file != choice_.file) return {.survives = choice_.bytes_survive};
    if (!choice_.change.has_value() || *choice_.change == i) {
      return choice_.fate;
    }
    return {.survives = choice_.others_survive};
  }

  const Choice choice_;
};

// The process died, the machine did not: also what a failed sync lost is
// still seen.
class SeenCut final : public MemoryDisk::PowerCut {
 public:
  bool KeepsName(size_t) override { return true; }
  std::string BytesOf(const Node& file) override { return file.bytes; }
};

class Enumeration {
 public:
  explicit Enumeration(const MemoryDisk& disk) : disk_(disk) {}

  std::vector<Cut> Run(uint64_t seed);

 private:
  void Add(ImageKind kind, const Choice& choice) {
    const MemoryDisk* const disk = &disk_;
    cuts_.push_back({kind, [disk, choice] {
                       ChosenCut cut(choice);
                       return disk->AfterPowerCut(&cut);
                     }});
  }
  void AddNames();
  void AddFile(const Node& file);
  void AddTorn(const Node& file);

  const MemoryDisk& disk_;
  std::vector<Cut> cuts_;
};

std::vector<Cut> Enumeration::Run(uint64_t seed) {
  const MemoryDisk* const disk = &disk_;
  cuts_.push_back({ImageKind::kKilled, [disk] {
                     SeenCut cut;
                     return disk->AfterPowerCut(&cut);
                   }});
  const std::vector<MemoryDisk::NodePtr> files = disk_.UnsyncedFiles();
  if (files.empty() && disk_.unsynced_names() == 0) return std::move(cuts_);
  Add(ImageKind::kAllLost, {.bytes_survive = false, .names_survive = false});
  Add(ImageKind::kBytesLost, {.bytes_survive = false});
  Add(ImageKind::kNamesLost, {.names_survive = false});
  for (uint64_t i = 0; i < kDrawnSeeds; ++i) {
    const uint64_t drawn = seed * kDrawnSeeds + i;
    cuts_.push_back({ImageKind::kDrawn,
                     [disk, drawn] { return disk->AfterPowerCut(drawn); }});
  }
  AddNames();
  for (const MemoryDisk::NodePtr& file : files) {
    AddFile(*file);
    AddTorn(*file);
  }
  return std::move(cuts_);
}

void Enumeration::AddNames() {
  for (size_t i = 0; i < disk_.unsynced_names(); ++i) {
    Add(ImageKind::kNameLost, {.lost_name = i});
    Add(ImageKind::kNameLostAlone, {.lost_name = i, .names_in_order = false});
  }
}

void Enumeration::AddFile(const Node& file) {
  const Fate lost{.survives = false};
  Add(ImageKind::kFileLost, {.file = &file, .fate = lost});
  Add(ImageKind::kFileAlone, {.bytes_survive = false, .file = &file});
  for (size_t i = 0; i < file.changes.size(); ++i) {
    Choice choice{.file = &file, .change = i, .fate = lost};
    Add(ImageKind::kWriteLost, choice);
    choice.fate = Fate{};
    choice.others_survive = false;
    Add(ImageKind::kWriteAlone, choice);
    if (file.changes[i].is_truncate) continue;
    choice.others_survive = true;
    choice.fate.zeroed = true;
    Add(ImageKind::kWriteZeroed, choice);
  }
}

// Earlier writes were the last one at an earlier moment.
void Enumeration::AddTorn(const Node& file) {
  if (file.changes.empty() || file.changes.back().is_truncate) return;
  const Change& last = file.changes.back();
  const int64_t size = static_cast<int64_t>(last.bytes.size());
  const bool small = static_cast<int64_t>(file.bytes.size()) <= kSmallFileBytes;
  for (int64_t bytes = 1; bytes < size; ++bytes) {
    const bool at_sector = (last.position + bytes) % kSectorBytes == 0;
    if (!at_sector && !small) continue;
    Add(at_sector ? ImageKind::kTornSector : ImageKind::kTornByte,
        {.file = &file,
         .change = file.changes.size() - 1,
         .fate = {.bytes = static_cast<size_t>(bytes)}});
  }
}

}  // namespace

std::string_view NameOf(ImageKind kind) {
  switch (kind) {
    case ImageKind::kKilled:
      return "process killed";
    case ImageKind::kAllLost:
      return "all unsynced lost";
    case ImageKind::kBytesLost:
      return "unsynced bytes lost";
    case ImageKind::kNamesLost:
      return "unsynced names lost";
    case ImageKind::kFileLost:
      return "one file's bytes lost";
    case ImageKind::kFileAlone:
      return "one file's bytes alone";
    case ImageKind::kWriteLost:
      return "one write lost";
    case ImageKind::kWriteAlone:
      return "one write alone";
    case ImageKind::kWriteZeroed:
      return "one write zeroed";
    case ImageKind::kTornSector:
      return "torn at a sector";
    case ImageKind::kTornByte:
      return "torn at a byte";
    case ImageKind::kNameLost:
      return "names lost from one on";
    case ImageKind::kNameLostAlone:
      return "one name lost";
    case ImageKind::kDrawn:
      return "drawn by a seed";
    case ImageKind::kSecondCut:
      return "cut while recovering";
    case ImageKind::kRestarted:
      return "cut after a restart";
    case ImageKind::kFlippedBit:
      return "flipped bit";
    case ImageKind::kSyncFailed:
      return "failed sync";
    case ImageKind::kDiskFull:
      return "full disk";
    case ImageKind::kWriteFailed:
      return "failed operation";
  }
  return "unknown";
}

std::vector<Cut> CutsOf(const MemoryDisk& disk, uint64_t seed) {
  return Enumeration(disk).Run(seed);
}

uint64_t HashOf(const MemoryDisk& disk) {
  uint64_t hash = 0;
  const auto mix = [&hash](std::string_view bytes) {
    hash = (hash ^ std::hash<std::string_view>()(bytes)) * 0x9e3779b97f4a7c15;
    hash ^= hash >> 29;
  };
  for (const auto& [path, bytes] : disk.Everything()) {
    mix(path);
    mix(bytes);
  }
  return hash;
}

}  // namespace barnabas::crash
