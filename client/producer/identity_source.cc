#include "client/producer/identity_source.h"

#include <algorithm>
#include <utility>

#include "barnabas/v1/producer.grpc.pb.h"
#include "client/rpc/backoff.h"
#include "client/rpc/unary_call.h"
#include "proto/types/error.h"

namespace barnabas::client {
namespace {

// One node gets this long before the next one is asked.
constexpr absl::Duration kAttemptTimeout = absl::Seconds(5);

}  // namespace

IdentitySource::IdentitySource(Deps deps)
    : deps_(std::move(deps)), alive_(std::make_shared<Alive>()) {
  alive_->source = this;
}

IdentitySource::~IdentitySource() {
  alive_->source = nullptr;
  deps_.loop->Cancel(timer_);
}

void IdentitySource::Renew(const ProducerIdentity& stale) {
  if (asking_ || current_ != stale) return;
  asking_ = true;
  Ask();
}

void IdentitySource::Ask() {
  v1::InitProducerRequest request;
  if (!current_.IsNone()) {
    request.set_producer_id(current_.id.value());
    request.set_producer_epoch(current_.epoch.value());
  }
  auto stub = std::make_shared<v1::Producer::Stub>(
      deps_.channels->Get(deps_.endpoint()));
  rpc::CallUnary<v1::InitProducerResponse>(
      {std::min(kAttemptTimeout, deps_.options.request_timeout), false},
      std::move(request),
      [stub](auto... arguments) { stub->async()->InitProducer(arguments...); },
      [alive = alive_, loop = deps_.loop,
       stub](absl::StatusOr<v1::InitProducerResponse> answer) {
        loop->PostAlways([alive, answer = std::move(answer)] {
          if (alive->source != nullptr) alive->source->OnAnswer(answer);
        });
      });
}

void IdentitySource::OnAnswer(
    const absl::StatusOr<v1::InitProducerResponse>& answer) {
  last_status_ = answer.status();
  if (answer.ok()) {
    asking_ = false;
    failures_ = 0;
    current_.id = ProducerId(answer->producer_id());
    current_.epoch =
        ProducerEpoch(static_cast<int16_t>(answer->producer_epoch()));
  } else {
    // An id that the cluster does not accept is of no use any more.
    if (!IsRetriable(CodeOf(answer.status()))) current_ = {};
    const rpc::BackoffRange range{deps_.options.backoff_first,
                                  deps_.options.backoff_max};
    timer_ = deps_.loop->After(
        rpc::BackoffDelay(range, failures_++, deps_.seed), [this] { Ask(); });
  }
  deps_.on_attempt();
}

}  // namespace barnabas::client
