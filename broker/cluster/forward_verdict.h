// ForwardVerdict: what the failure of a forwarded call means.
//
// What: pure rules: whether another controller may be asked, and whether a
//   write whose answer was lost can have had an effect.
// Units: absl::Duration. Empty case: a status of the controller's own is final.
// Thread: pure functions.
// Errors: Explain gives CONTROLLER_NOT_AVAILABLE when nothing was sent, or a
//   read was not answered; REQUEST_TIMED_OUT (outcome unknown) for a write
//   whose answer was lost; the controller's own errors unchanged.
#ifndef BARNABAS_BROKER_CLUSTER_FORWARD_VERDICT_H_
#define BARNABAS_BROKER_CLUSTER_FORWARD_VERDICT_H_

#include <string>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "metadata/image/cluster_image.h"
#include "proto/types/offsets.h"

namespace barnabas::broker {

enum class ForwardVerdict {
  // The controller's answer, or the caller's own deadline.
  kFinal,
  // Nothing was sent, or whoever got it said that it does not lead.
  kAskAnother,
  // It was sent; the connection broke, the call was given up, or the controller
  // was replaced before it could tell.
  kLost,
};

ForwardVerdict JudgeFailure(const absl::Status& status);

// What the caller is told.
absl::Status ExplainFailure(const absl::Status& status,
                            const std::string& endpoint, bool write);

// Before the next try, after `attempt` of them.
absl::Duration PauseBefore(int attempt);

enum class LostWrite { kHadNoEffect, kMayHaveHad, kNotKnownYet };

// Of a write that was sent when `version` and `term` were known. The next
// leader's first entries stand behind all that the lost one could have had
// committed; if nothing but them was committed since, it had no effect and
// never will.
LostWrite OutcomeOf(LogIndex version, Term term,
                    const image::ClusterImage& now);

}  // namespace barnabas::broker

#endif  // BARNABAS_BROKER_CLUSTER_FORWARD_VERDICT_H_
