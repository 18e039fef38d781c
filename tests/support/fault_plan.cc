#include "tests/support/fault_plan.h"

namespace barnabas::support {
namespace {

bool Changes(FileAction action) {
  switch (action) {
    case FileAction::kOpen:
    case FileAction::kRead:
    case FileAction::kList:
    case FileAction::kLock:
      return false;
    case FileAction::kWrite:
    case FileAction::kSync:
    case FileAction::kTruncate:
    case FileAction::kAllocate:
    case FileAction::kCreateDirectory:
    case FileAction::kRemove:
    case FileAction::kRename:
    case FileAction::kSyncDirectory:
      return true;
  }
  return true;
}

}  // namespace

void FaultPlan::Clear() {
  rules_.clear();
  capacity_bytes_.reset();
  left_to_live_.reset();
}

int FaultPlan::Check(const FileOperation& operation) {
  ++counts_[operation.action];
  if (operations_.size() < kRecordedMax) operations_.push_back(operation);
  if (left_to_live_.has_value()) {
    if (*left_to_live_ < 0) return EIO;
    if (Changes(operation.action) && --*left_to_live_ < 0) return EIO;
  }
  for (Rule& rule : rules_) {
    if (rule.action != operation.action ||
        operation.path.find(rule.path_part) == std::string::npos) {
      continue;
    }
    if (rule.after > 0) {
      --rule.after;
      continue;
    }
    if (rule.times == 0) continue;
    if (rule.times != kForEver) --rule.times;
    return rule.error;
  }
  return 0;
}

int64_t FaultPlan::CountOf(FileAction action) const {
  const auto found = counts_.find(action);
  return found == counts_.end() ? 0 : found->second;
}

}  // namespace barnabas::support
