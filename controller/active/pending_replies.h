// PendingReplies: answers that wait until what they tell is committed.
//
// What: answers parked by the offset of the metadata log that must commit
//   first; handed out in order of offset, then of arrival.
// Units: offsets. Empty case: nothing waits.
// Thread: one at a time.
// Errors: none; the owner keeps the count below its bound.
// Always true: each parked answer is handed out once, by Commit or by Drop.
#ifndef BARNABAS_CONTROLLER_ACTIVE_PENDING_REPLIES_H_
#define BARNABAS_CONTROLLER_ACTIVE_PENDING_REPLIES_H_

#include <cstddef>
#include <deque>
#include <variant>

#include "absl/status/status.h"
#include "controller/active/effects.h"
#include "proto/types/offsets.h"

namespace barnabas::active {

using PendingReply = std::variant<Reply, SessionSend>;

// What is said of a change that others may still commit.
absl::Status OutcomeUnknown();

class PendingReplies {
 public:
  size_t size() const { return waiting_.size(); }

  // Offsets never go back between calls.
  void Park(LogIndex offset, PendingReply reply);
  // Hands out what waits for `offset` or less.
  void Commit(LogIndex offset, Effects& effects);
  // Answers every request with `status` and forgets what sessions would have
  // been told.
  void Drop(const absl::Status& status, Effects& effects);

 private:
  struct Waiting {
    LogIndex offset;
    PendingReply reply;
  };
  std::deque<Waiting> waiting_;
};

}  // namespace barnabas::active

#endif  // BARNABAS_CONTROLLER_ACTIVE_PENDING_REPLIES_H_
