#include "controller/quorum/invariant_watch.h"

#include <glog/logging.h>

#include <utility>
#include <variant>

#include "absl/strings/str_cat.h"

namespace barnabas::quorum {
namespace {

#ifdef NDEBUG
constexpr bool kDebug = false;
#else
constexpr bool kDebug = true;
#endif

// What a message says is durable here, and equal to the leader's of its term.
LogIndex Acknowledged(const raft::Message& message) {
  const auto* reply = std::get_if<raft::AppendReply>(&message.body);
  return reply != nullptr && reply->accepted ? reply->match : raft::kNoIndex;
}

}  // namespace

InvariantWatch::InvariantWatch(const raft::Core* core, Broken broken)
    : core_(core), broken_(std::move(broken)) {}

bool InvariantWatch::on() const { return kDebug || broken_ != nullptr; }

void InvariantWatch::Tell(const std::string& what) {
  if (broken_ != nullptr) return broken_(what);
  LOG(FATAL) << "A broken invariant: " << what;
}

void InvariantWatch::AfterEvent() {
  if (!on()) return;
  const raft::Replica& replica = core_->replica();
  for (const std::string& what : raft::BrokenIn(replica)) Tell(what);
  if (before_.has_value()) {
    for (const std::string& what : raft::BrokenBetween(*before_, replica)) {
      Tell(what);
    }
  }
  before_ = raft::Remember(replica);
}

void InvariantWatch::BeforeSending(const raft::Message& message) {
  if (!on()) return;
  const LogIndex said = Acknowledged(message);
  const raft::ReplicaLog& log = core_->replica().log;
  if (said <= log.snapshot().index) return;
  const std::optional<Term> term = log.TermAt(said);
  if (term.has_value() && *term <= message.term) return;
  Tell(absl::StrCat("R9: node ", message.from.id.value(),
                    " acknowledges entry ", said.value(), " in term ",
                    message.term.value(), ", which its log does not hold"));
}

}  // namespace barnabas::quorum
