#include "tests/storage/crash/flips.h"

#include <algorithm>
#include <map>
#include <memory>
#include <set>
#include <string_view>
#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/types/error.h"
#include "storage/log/durable_point.h"
#include "storage/log/format.h"
#include "storage/log/log_directory.h"
#include "storage/log/verify.h"
#include "storage/record/batch_header.h"
#include "storage/record/crc32c.h"
#include "tests/storage/log/log_fixture.h"

namespace barnabas::crash {
namespace {

using log::PartitionLog;
using support::FaultFiles;
using support::MemoryDisk;

// The process died, the disk is as it was seen.
class AsSeen final : public MemoryDisk::PowerCut {
 public:
  bool KeepsName(size_t) override { return true; }
  std::string BytesOf(const MemoryDisk::Node& file) override {
    return file.bytes;
  }
};

std::map<std::string, std::string> Below(const FaultFiles& files,
                                         const std::string& folder) {
  std::map<std::string, std::string> found;
  for (auto& [path, bytes] : files.disk().Everything()) {
    if (path.rfind(folder + "/", 0) == 0) found[path] = bytes;
  }
  return found;
}

bool IsRefusal(const absl::Status& status) {
  switch (CodeOf(status)) {
    case ErrorCode::kCorruptLog:
    case ErrorCode::kCorruptRecord:
    case ErrorCode::kWrongIdentity:
    case ErrorCode::kNotFormatted:
    case ErrorCode::kUnsupportedFormat:
      return true;
    default:
      return false;
  }
}

// Base offset, length and leader epoch: outside the checksum, as the format
// has it (storage/record/batch_header.h).
constexpr size_t kUnchecked = 16;

// What a client would take from the log: batches whose checksum is good.
// Reading goes on behind what cannot be read.
Verdict CheckWhatIsServed(const LogModel& model, const PartitionLog& log) {
  std::set<std::string_view> written;
  for (const ModelBatch& batch : model.batches()) {
    written.insert(std::string_view(batch.stored).substr(kUnchecked));
  }
  std::string memory;
  Offset at = log.facts().log_start;
  while (at < log.facts().log_end) {
    const auto read = log::ReadFrom(log, at, 1, &memory);
    if (!read.ok() || read->bytes.empty()) {
      at = at.Next();
      continue;
    }
    const auto header = record::BatchHeader::Parse(read->bytes);
    const bool sound =
        header.has_value() &&
        record::Crc32c(read->bytes.substr(record::kCrcBegin)) == header->crc;
    if (sound && !written.contains(read->bytes.substr(kUnchecked))) {
      return Violation{"S4",
                       absl::StrCat("a batch at ", header->base_offset.value(),
                                    " was served that nobody wrote")};
    }
    at = std::max(read->next_offset, at.Next());
  }
  return std::nullopt;
}

// Whether `position` is of the leader epoch of a batch above the durable
// point: nothing else on the disk need tell that epoch yet.
bool IsYoungEpoch(const Image& image, const std::string& path,
                  int64_t position) {
  constexpr int64_t kEpochBegin = 12;
  constexpr int64_t kEpochEnd = 16;
  const std::string folder = path.substr(0, path.rfind('/'));
  const auto point = log::DurablePointFile::Read(image.files, folder);
  if (!point.ok() || !point->has_value()) return false;
  const std::string_view bytes = image.files->disk().Find(path)->bytes;
  size_t at = 0;
  while (at + record::kBatchHeaderBytes <= bytes.size()) {
    const auto header = record::BatchHeader::Parse(bytes.substr(at));
    if (!header.has_value()) return false;
    const int64_t within = position - static_cast<int64_t>(at);
    if (within < kEpochEnd) {
      return within >= kEpochBegin && header->base_offset >= (*point)->end;
    }
    at += static_cast<size_t>(header->SizeBytes());
  }
  return false;
}

// Also where no checksum is, `storage verify` finds a changed bit.
Verdict CheckVerifyFinds(const Image& image, const std::string& path) {
  const std::string folder = path.substr(0, path.rfind('/'));
  const auto verified = log::VerifyLog(image.files, folder);
  if (verified.ok() && verified->findings.empty()) {
    return Violation{"S4", "verify finds nothing wrong"};
  }
  return std::nullopt;
}

}  // namespace

Verdict CheckFlipped(const NodeModel& model, const Image& image,
                     const std::string& path, int64_t position, Tally* tally) {
  if (path.ends_with(".log") && !IsYoungEpoch(image, path, position)) {
    tally->CountCheck("S4");
    if (Verdict wrong = CheckVerifyFinds(image, path)) return wrong;
  }
  const uint64_t before = HashOf(image.files->disk());
  log::LogDirectory::Options options;
  options.files = image.files;
  options.clock = image.clock;
  options.path = kDirectory;
  options.node_id = model.identity.node_id;
  options.role = model.identity.role;
  tally->CountCheck("S3");
  const auto directory = log::LogDirectory::Open(options);
  if (!directory.ok()) {
    if (!IsRefusal(directory.status())) {
      return Violation{"S3", directory.status().ToString()};
    }
    if (HashOf(image.files->disk()) == before) return std::nullopt;
    return Violation{"S3", "a refused directory was changed"};
  }
  for (const TopicPartition& partition : (*directory)->Present()) {
    const std::string folder =
        absl::StrCat(kDirectory, "/", partition.ToString());
    const auto there = Below(*image.files, folder);
    const auto point = log::DurablePointFile::Read(image.files, folder);
    const auto log = (*directory)->OpenLog(partition, "topic", model.config);
    if (!log.ok()) {
      if (!IsRefusal(log.status())) {
        return Violation{"S3", log.status().ToString()};
      }
      if (path.rfind(folder, 0) != 0) {
        return Violation{"S3", "damage of one log refused another"};
      }
      if (Below(*image.files, folder) != there) {
        return Violation{"S3", "a refused log was changed"};
      }
      continue;
    }
    if (point.ok() && point->has_value() &&
        (*log)->facts().log_end < (*point)->end) {
      return Violation{"S3", "what was durable was cut"};
    }
    if (Verdict wrong = CheckCutIsKept(**log, image.files)) return wrong;
    tally->CountCheck("S4");
    const LogModel& expected = model.logs.at(partition);
    if (Verdict wrong = CheckWhatIsServed(expected, **log)) return wrong;
    // All but the batches themselves can be made anew (S5).
    if (path.ends_with(".log")) continue;
    if (Verdict wrong = CheckLog(expected, log->get(), tally)) return wrong;
  }
  return std::nullopt;
}

std::optional<Failure> RunFlips(const RunOptions& options,
                                const FlipPattern& pattern, Tally* tally) {
  Run run(options, tally);
  run.SetCutting(false);
  run.Format();
  run.RunSteps();
  if (run.failure().has_value()) return run.failure();
  run.workload()->Abandon();
  AsSeen as_seen;
  const auto at_rest = run.files()->disk().AfterPowerCut(&as_seen);
  // Flips one bit and judges; false when something is wrong.
  const auto holds = [&](const std::string& path, int64_t at, int64_t bit) {
    FaultFiles copy(at_rest->AfterPowerCut(&as_seen));
    copy.FlipBits(path, at, static_cast<uint8_t>(1 << bit));
    tally->CountImage(ImageKind::kFlippedBit);
    const Verdict wrong = CheckFlipped(
        *run.model(), Image{&copy, &run.workload()->clock()}, path, at, tally);
    if (!wrong.has_value()) return true;
    run.Fail(ImageKind::kFlippedBit,
             {wrong->invariant, absl::StrCat(wrong->what, "; flipped: ", path,
                                             " at ", at, " bit ", bit)});
    return false;
  };
  for (const auto& [path, bytes] : at_rest->Everything()) {
    const bool is_index = path.ends_with(log::kOffsetIndexSuffix) ||
                          path.ends_with(log::kTimeIndexSuffix);
    const int64_t bits = static_cast<int64_t>(bytes.size()) * 8;
    // Of other files, another bit in each byte.
    for (int64_t i = is_index ? 0 : pattern.first * 8 + pattern.first * 5 % 8;
         i < bits;
         i += is_index ? pattern.index_bits : pattern.stride * 8 + 5) {
      if (!holds(path, i / 8, i % 8)) return run.failure();
    }
  }
  return std::nullopt;
}

}  // namespace barnabas::crash
