#include "client/admin/node_caller.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/synchronization/notification.h"
#include "client/rpc/backoff.h"
#include "client/rpc/status_bridge.h"
#include "client/rpc/unary_call.h"
#include "proto/types/error.h"
#include "storage/env/random.h"

namespace barnabas::client {
namespace {

// How long a cluster of which no node can be reached is tried.
constexpr absl::Duration kUnreachableFor = absl::Seconds(2);
// One attempt to connect.
constexpr absl::Duration kConnectFor = absl::Seconds(1);
// Hinted nodes are remembered up to this many.
constexpr size_t kEndpointsMax = 64;

// Refusals that name no fault of the request.
bool MayPass(ErrorCode code) {
  return code == ErrorCode::kNotController ||
         code == ErrorCode::kControllerNotAvailable ||
         code == ErrorCode::kBrokerNotAvailable ||
         code == ErrorCode::kShuttingDown || code == ErrorCode::kOverloaded;
}

// gRPC's own word, not a node's.
bool IsForeign(const grpc::Status& status) {
  return status.error_details().empty();
}

gpr_timespec Span(absl::Duration duration) {
  return gpr_time_from_millis(
      std::max<int64_t>(1, absl::ToInt64Milliseconds(duration)), GPR_TIMESPAN);
}

void Pause(absl::Duration duration) {
  absl::Notification never;
  never.WaitForNotificationWithTimeout(duration);
}

}  // namespace

NodeCaller::NodeCaller(const ClientOptions& options,
                       std::vector<std::string> endpoints)
    : options_(options),
      channels_(options.client_name),
      seed_(env::RandomSeed()),
      endpoints_(std::move(endpoints)) {
  if (endpoints_.empty()) endpoints_.push_back("localhost:9292");
}

absl::Status NodeCaller::TryOnce(const std::string& endpoint, CallKind kind,
                                 absl::Duration timeout,
                                 const Attempt& attempt) {
  const std::shared_ptr<grpc::Channel> channel = channels_.Get(endpoint);
  // Connecting apart from calling: a call that fails was then really sent.
  if (!channel->WaitForConnected(Span(std::min(kConnectFor, timeout)))) {
    return absl::Status(absl::StatusCode::kUnavailable,
                        absl::StrCat("cannot reach ", endpoint));
  }
  grpc::ClientContext context;
  rpc::SetUp({timeout, /*wait_for_ready=*/false}, &context);
  const grpc::Status status = attempt(channel, &context);
  if (status.ok()) return absl::OkStatus();
  const bool lost = status.error_code() == grpc::StatusCode::UNAVAILABLE ||
                    status.error_code() == grpc::StatusCode::CANCELLED ||
                    status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED;
  if (kind == CallKind::kWrite && IsForeign(status) && lost) {
    return MakeError(
        ErrorCode::kRequestTimedOut,
        absl::StrCat(endpoint, " did not answer (", status.error_message(),
                     "); the change may have been made"),
        "look whether it was made before trying again");
  }
  return rpc::FromGrpc(status);
}

std::string NodeCaller::Current() {
  absl::MutexLock lock(&mutex_);
  return endpoints_[turn_ % endpoints_.size()];
}

void NodeCaller::TurnFrom(const std::string& endpoint,
                          const absl::Status& status) {
  const std::optional<LeaderHint> hint = LeaderOf(status);
  absl::MutexLock lock(&mutex_);
  if (endpoints_[turn_ % endpoints_.size()] != endpoint) return;
  if (hint.has_value() && !hint->endpoint.empty()) {
    auto found =
        std::find(endpoints_.begin(), endpoints_.end(), hint->endpoint);
    if (found == endpoints_.end() && endpoints_.size() < kEndpointsMax) {
      found = endpoints_.insert(endpoints_.end(), hint->endpoint);
    }
    if (found != endpoints_.end()) {
      turn_ = static_cast<size_t>(found - endpoints_.begin());
      return;
    }
  }
  ++turn_;
}

absl::Status NodeCaller::Call(CallKind kind, const Attempt& attempt) {
  const absl::Duration begin = clock_.Monotonic();
  const rpc::BackoffRange range{options_.backoff_first, options_.backoff_max};
  for (int attempts = 0;; ++attempts) {
    const absl::Duration left =
        begin + options_.request_timeout - clock_.Monotonic();
    const std::string endpoint = Current();
    const absl::Status status = TryOnce(endpoint, kind, left, attempt);
    if (status.ok()) return status;
    const absl::Duration spent = clock_.Monotonic() - begin;
    // What MakeError made carries a code; "cannot reach" and gRPC's own
    // statuses read as BROKER_NOT_AVAILABLE.
    const bool unreachable = status.code() == absl::StatusCode::kUnavailable &&
                             CodeOf(status) == ErrorCode::kBrokerNotAvailable &&
                             HintOf(status).empty();
    if (!unreachable && !MayPass(CodeOf(status))) return status;
    const absl::Duration wait =
        std::max(rpc::BackoffDelay(range, attempts, seed_),
                 absl::Milliseconds(RetryAfterOf(status).value_or(0)));
    const absl::Duration patience =
        unreachable ? std::min(kUnreachableFor, options_.request_timeout)
                    : options_.request_timeout;
    if (spent + wait >= patience) return status;
    TurnFrom(endpoint, status);
    Pause(wait);
  }
}

absl::Status NodeCaller::CallAt(const std::string& endpoint, CallKind kind,
                                const Attempt& attempt) {
  return TryOnce(endpoint, kind, options_.request_timeout, attempt);
}

}  // namespace barnabas::client
