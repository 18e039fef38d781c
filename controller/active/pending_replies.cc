#include "controller/active/pending_replies.h"

#include <utility>

#include "glog/logging.h"
#include "proto/types/error.h"

namespace barnabas::active {
namespace {

void HandOut(PendingReply reply, Effects& effects) {
  if (Reply* answer = std::get_if<Reply>(&reply)) {
    effects.replies.push_back(std::move(*answer));
  } else {
    effects.sends.push_back(std::move(std::get<SessionSend>(reply)));
  }
}

}  // namespace

absl::Status OutcomeUnknown() {
  return MakeError(
      ErrorCode::kRequestTimedOut,
      "this controller ceased to lead before the change was committed",
      "look whether it took effect before trying again");
}

void PendingReplies::Park(LogIndex offset, PendingReply reply) {
  CHECK(waiting_.empty() || waiting_.back().offset <= offset)
      << "answers are parked in order of offset";
  waiting_.push_back(Waiting{offset, std::move(reply)});
}

void PendingReplies::Commit(LogIndex offset, Effects& effects) {
  while (!waiting_.empty() && waiting_.front().offset <= offset) {
    HandOut(std::move(waiting_.front().reply), effects);
    waiting_.pop_front();
  }
}

void PendingReplies::Drop(const absl::Status& status, Effects& effects) {
  for (Waiting& waiting : waiting_) {
    if (Reply* answer = std::get_if<Reply>(&waiting.reply)) {
      effects.replies.push_back(Reply{answer->id, status});
    }
  }
  waiting_.clear();
}

}  // namespace barnabas::active
