#include "storage/log/durable_point.h"

#include <array>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/types/error.h"
#include "proto/types/status_macros.h"
#include "storage/log/checkpoint_file.h"
#include "storage/log/file_names.h"
#include "storage/log/format.h"
#include "storage/record/byte_order.h"
#include "storage/record/crc32c.h"

namespace barnabas::log {
namespace {

using record::LoadBigEndian;
using record::StoreBigEndian;

constexpr uint32_t kMagic = 0x42445031;  // "BDP1"
constexpr size_t kSlotBytes = 68;
constexpr size_t kBodyPosition = 8;
constexpr int64_t kSlotDistance = 512;

using Slot = std::array<char, kSlotBytes>;

Slot Encode(const DurablePoint& point) {
  Slot slot;
  char* const to = slot.data();
  StoreBigEndian(kMagic, to);
  StoreBigEndian(point.round, to + 8);
  StoreBigEndian(point.end.value(), to + 16);
  StoreBigEndian(point.segment_base.value(), to + 24);
  StoreBigEndian(static_cast<int32_t>(point.position), to + 32);
  StoreBigEndian(point.index.offsets.count, to + 36);
  StoreBigEndian(point.index.offsets.crc, to + 40);
  StoreBigEndian(point.index.times.count, to + 44);
  StoreBigEndian(point.index.times.crc, to + 48);
  StoreBigEndian(point.index.max.timestamp_ms, to + 52);
  StoreBigEndian(point.index.max.offset.value(), to + 60);
  StoreBigEndian(record::Crc32c(std::string_view(to + kBodyPosition,
                                                 kSlotBytes - kBodyPosition)),
                 to + 4);
  return slot;
}

std::optional<DurablePoint> Decode(std::string_view bytes) {
  if (bytes.size() < kSlotBytes) return std::nullopt;
  bytes = bytes.substr(0, kSlotBytes);
  const char* const from = bytes.data();
  if (LoadBigEndian<uint32_t>(from) != kMagic ||
      LoadBigEndian<uint32_t>(from + 4) !=
          record::Crc32c(bytes.substr(kBodyPosition))) {
    return std::nullopt;
  }
  DurablePoint point;
  point.round = LoadBigEndian<int64_t>(from + 8);
  point.end = Offset(LoadBigEndian<int64_t>(from + 16));
  point.segment_base = Offset(LoadBigEndian<int64_t>(from + 24));
  point.position = LoadBigEndian<int32_t>(from + 32);
  point.index.offsets.count = LoadBigEndian<int32_t>(from + 36);
  point.index.offsets.crc = LoadBigEndian<uint32_t>(from + 40);
  point.index.times.count = LoadBigEndian<int32_t>(from + 44);
  point.index.times.crc = LoadBigEndian<uint32_t>(from + 48);
  point.index.max.timestamp_ms = LoadBigEndian<int64_t>(from + 52);
  point.index.max.offset = Offset(LoadBigEndian<int64_t>(from + 60));
  return point;
}

}  // namespace

absl::StatusOr<std::optional<DurablePoint>> DurablePointFile::Read(
    env::FileSystem* files, const std::string& directory) {
  const std::string path = JoinPath(directory, kDurablePointFileName);
  ASSIGN_OR_RETURN(const std::optional<std::string> contents,
                   ReadSmallFile(files, path));
  if (!contents.has_value()) return std::nullopt;
  std::optional<DurablePoint> best;
  for (const size_t at : {size_t{0}, static_cast<size_t>(kSlotDistance)}) {
    if (at > contents->size()) continue;
    const std::optional<DurablePoint> point =
        Decode(std::string_view(*contents).substr(at));
    if (point.has_value() && (!best || point->round > best->round)) {
      best = point;
    }
  }
  if (!best.has_value()) {
    return MakeError(ErrorCode::kCorruptLog,
                     absl::StrCat(path, " at position 0: no sound slot"),
                     "barnabas storage verify DIR");
  }
  return best;
}

DurablePointFile::DurablePointFile(env::FileSystem* files,
                                   const std::string& directory, int64_t round)
    : files_(files),
      path_(JoinPath(directory, kDurablePointFileName)),
      round_(round) {}

absl::Status DurablePointFile::Create(env::FileSystem* files,
                                      const std::string& directory,
                                      const DurablePoint& point) {
  const Slot slot = Encode(point);
  std::string contents(2 * kSlotDistance, '\0');
  contents.replace(0, slot.size(), slot.data(), slot.size());
  contents.replace(kSlotDistance, slot.size(), slot.data(), slot.size());
  return ReplaceFile(files, directory, kDurablePointFileName, contents);
}

absl::Status DurablePointFile::Write(DurablePoint point) {
  point.round = ++round_;
  const Slot slot = Encode(point);
  const std::string_view parts[] = {std::string_view(slot.data(), slot.size())};
  ASSIGN_OR_RETURN(const std::unique_ptr<env::File> file,
                   files_->Open(path_, env::OpenMode::kReadWrite));
  RETURN_IF_ERROR(file->WriteAt((point.round % 2) * kSlotDistance, parts));
  return file->Sync();
}

}  // namespace barnabas::log
