#include "tests/storage/crash/node_model.h"

#include <string_view>

#include "storage/log/format.h"

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

}  // namespace barnabas::crash
