#include "broker/cluster/one_hop.h"

#include "proto/types/error.h"

namespace barnabas::broker {

absl::Status OneHop::ForwardedBefore() {
  return MakeError(ErrorCode::kInvalidRequest, "this call was forwarded before",
                   "point cluster.controllers at controllers' peer "
                   "listeners, not at brokers");
}

void OneHop::WatchOver(const AttemptPtr& attempt, const std::string& endpoint,
                       int64_t seen) {
  if (attempt->answered) return;
  if (deps_.controllers->Replaced(endpoint, seen)) return attempt->Cancel();
  attempt->timer = deps_.loop->After(kLook, [this, attempt, endpoint, seen] {
    WatchOver(attempt, endpoint, seen);
  });
}

}  // namespace barnabas::broker
