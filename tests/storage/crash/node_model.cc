#include "tests/storage/crash/node_model.h"

#include <glog/logging.h>

#include <string_view>

#include "storage/log/durable_point.h"
#include "storage/log/format.h"
#include "tests/support/fault_files.h"

namespace barnabas::crash {

bool IsReplacedWhole(const std::string& path) {
  const size_t slash = path.rfind('/');
  const std::string_view name = slash == std::string::npos
                                    ? std::string_view(path)
                                    : std::string_view(path).substr(slash + 1);
  return name == "identity" || name == "clean-stop" ||
         name == log::kEpochFileName || name == log::kLogStartFileName ||
         name == log::kPartitionMetadataFileName;
}

std::optional<int64_t> RoundOfPoint(const std::string& contents) {
  support::FaultFiles files;
  const auto file =
      files.Open(log::kDurablePointFileName.data(), env::OpenMode::kCreateNew);
  CHECK(file.ok()) << file.status();
  const std::string_view parts[] = {contents};
  CHECK((*file)->WriteAt(0, parts).ok());
  const auto point = log::DurablePointFile::Read(&files, ".");
  if (!point.ok() || !point->has_value()) return std::nullopt;
  return (*point)->round;
}

}  // namespace barnabas::crash
