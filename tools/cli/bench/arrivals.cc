#include "tools/cli/bench/arrivals.h"

#include <algorithm>

#include "tools/cli/bench/payload.h"

namespace barnabas::cli {

bool Arrivals::Take(std::string_view payload, int64_t now_ns) {
  const auto stamp = ReadStamp(run_, payload);
  if (!stamp.has_value()) return false;
  if (stamp->sequence < static_cast<uint64_t>(warm_up_)) return true;
  latency_ns_.Record(now_ns - stamp->sent_ns);
  first_due_ns_ = std::min(first_due_ns_, stamp->sent_ns);
  last_ns_ = std::max(last_ns_, now_ns);
  return true;
}

absl::Duration Arrivals::elapsed() const {
  if (last_ns_ < first_due_ns_) return absl::ZeroDuration();
  return absl::Nanoseconds(last_ns_ - first_due_ns_);
}

}  // namespace barnabas::cli
