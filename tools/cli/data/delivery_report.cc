#include "tools/cli/data/delivery_report.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "barnabas/v1/common.pb.h"
#include "proto/types/error.h"
#include "tools/cli/frame/exit_code.h"
#include "tools/cli/output/units.h"

namespace barnabas::cli {
namespace {

// Partitions named in the line; the rest is counted.
constexpr size_t kRangesShown = 8;

const char* DurabilityText(int32_t durability) {
  switch (static_cast<v1::Durability>(durability)) {
    case v1::DURABILITY_LEADER_MEMORY:
      return "leader's memory";
    case v1::DURABILITY_LEADER_DISK:
      return "leader's disk";
    case v1::DURABILITY_REPLICAS_MEMORY:
      return "all replicas";
    case v1::DURABILITY_REPLICAS_DISK:
      return "all replicas on disk";
    default:
      return "acknowledged";
  }
}

bool IsUnknownOutcome(const absl::Status& status) {
  return ExitCodeOf(status) == static_cast<int>(ExitCode::kOutcomeUnknown);
}

}  // namespace

void DeliveryReport::Take(const absl::StatusOr<client::Delivery>& delivery) {
  absl::MutexLock lock(&mutex_);
  if (!delivery.ok()) {
    ++failed_;
    if (failure_.ok() ||
        (IsUnknownOutcome(delivery.status()) && !IsUnknownOutcome(failure_))) {
      failure_ = delivery.status();
    }
    return;
  }
  ++delivered_;
  duplicates_ += delivery->duplicate ? 1 : 0;
  durability_ = delivered_ == 1 ? delivery->durability
                                : std::min(durability_, delivery->durability);
  Range& range = ranges_[delivery->partition];
  ++range.records;
  if (delivery->offset < 0) return;
  if (range.first < 0 || delivery->offset < range.first) {
    range.first = delivery->offset;
  }
  range.last = std::max(range.last, delivery->offset);
}

std::string DeliveryReport::Line(absl::Duration took, bool acknowledged) const {
  absl::MutexLock lock(&mutex_);
  std::string line;
  size_t shown = 0;
  for (const auto& [partition, range] : ranges_) {
    if (range.first < 0 || shown == kRangesShown) continue;
    ++shown;
    absl::StrAppend(&line, topic_, "[", partition, "]@", range.first);
    if (range.last > range.first) absl::StrAppend(&line, "-", range.last);
    absl::StrAppend(&line, " ");
  }
  if (shown < ranges_.size() && shown == kRangesShown) {
    absl::StrAppend(&line, "and ", ranges_.size() - shown, " more ");
  }
  if (!line.empty()) absl::StrAppend(&line, "  ");
  absl::StrAppend(&line, CountText(delivered_),
                  delivered_ == 1 ? " record" : " records");
  if (delivered_ > 0) {
    absl::StrAppend(
        &line, ", ",
        acknowledged ? DurabilityText(durability_) : "not acknowledged");
  }
  absl::StrAppend(
      &line, absl::StrFormat(", %.1f ms", absl::ToDoubleMilliseconds(took)));
  if (duplicates_ > 0) {
    absl::StrAppend(&line, ", ", duplicates_, " stored by an earlier attempt");
  }
  return line;
}

absl::Status DeliveryReport::Verdict() const {
  absl::MutexLock lock(&mutex_);
  if (failed_ == 0) return absl::OkStatus();
  return WithPrefix(failure_,
                    absl::StrCat(failed_, failed_ == 1 ? " record" : " records",
                                 " not acknowledged"));
}

int64_t DeliveryReport::delivered() const {
  absl::MutexLock lock(&mutex_);
  return delivered_;
}

}  // namespace barnabas::cli
