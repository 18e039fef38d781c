#include "tools/cli/bench/long_polls.h"

#include <grpcpp/client_context.h>

#include <optional>
#include <utility>

#include "barnabas/v1/consumer.grpc.pb.h"
#include "client/rpc/channel_pool.h"
#include "client/rpc/status_bridge.h"
#include "proto/types/error_proto.h"

namespace barnabas::cli {
namespace {

// Below the streams that a broker allows on one connection.
constexpr int64_t kPollsPerConnection = 500;
constexpr int64_t kWaitMs = 30000;
// An answer is due at the end of the wait; more means that it is lost.
constexpr int64_t kDeadlineMs = 2 * kWaitMs;

// The first partition's error: an answer as a whole is OK with it.
absl::Status ErrorOf(const v1::PollResponse& response) {
  for (const v1::FetchedPartition& part : response.partitions()) {
    if (part.has_error()) return FromProto(part.error());
  }
  return absl::OkStatus();
}

}  // namespace

// One poll after the other, on one connection.
class LongPolls::Call {
 public:
  Call(LongPolls* all, std::shared_ptr<grpc::Channel> channel)
      : all_(all), stub_(v1::Consumer::NewStub(std::move(channel))) {
    request_.mutable_topic()->set_name(all->options_.topic);
    request_.mutable_begin()->set_end(true);
    request_.set_lane(v1::LANE_ENCODED);
  }

  void Begin() {
    grpc::ClientContext* context = nullptr;
    {
      absl::MutexLock lock(&mutex_);
      context_.emplace();
      context_->set_deadline(gpr_time_from_millis(kDeadlineMs, GPR_TIMESPAN));
      context_->set_wait_for_ready(true);
      if (cancelled_) context_->TryCancel();
      context = &*context_;
    }
    stub_->async()->Poll(context, &request_, &response_,
                         [this](const grpc::Status& status) { End(status); });
  }

  void Cancel() {
    absl::MutexLock lock(&mutex_);
    cancelled_ = true;
    if (context_.has_value()) context_->TryCancel();
  }

 private:
  void End(const grpc::Status& status) {
    const bool first = request_.wait_ms() == 0;
    request_.set_wait_ms(kWaitMs);
    const absl::Status answer =
        status.ok() ? ErrorOf(response_) : rpc::FromGrpc(status);
    // After the last one, this call may be gone.
    if (all_->OnAnswer(first, answer)) Begin();
  }

  LongPolls* const all_;
  const std::unique_ptr<v1::Consumer::Stub> stub_;
  v1::PollRequest request_;
  v1::PollResponse response_;

  absl::Mutex mutex_;
  std::optional<grpc::ClientContext> context_ ABSL_GUARDED_BY(mutex_);
  bool cancelled_ ABSL_GUARDED_BY(mutex_) = false;
};

LongPolls::LongPolls(Options options) : options_(std::move(options)) {}

LongPolls::~LongPolls() { Stop(); }

void LongPolls::Start() {
  std::unique_ptr<rpc::ChannelPool> pool;
  for (int64_t i = 0; i < options_.count; ++i) {
    // Pools share no connections.
    if (i % kPollsPerConnection == 0) {
      pool = std::make_unique<rpc::ChannelPool>("barnabas-cli");
    }
    calls_.push_back(
        std::make_unique<Call>(this, pool->Get(options_.endpoint)));
  }
  {
    absl::MutexLock lock(&mutex_);
    under_way_ = options_.count;
  }
  for (const std::unique_ptr<Call>& call : calls_) call->Begin();
}

bool LongPolls::OnAnswer(bool first, const absl::Status& status) {
  absl::MutexLock lock(&mutex_);
  if (!stopping_ && status.ok()) {
    (first ? gathered_ : answers_) += 1;
    return true;
  }
  if (!stopping_ && status_.ok()) status_ = status;
  --under_way_;
  return false;
}

void LongPolls::Stop() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  for (const std::unique_ptr<Call>& call : calls_) call->Cancel();
  absl::MutexLock lock(&mutex_);
  mutex_.Await(absl::Condition(
      +[](int64_t* under_way) { return *under_way == 0; }, &under_way_));
}

bool LongPolls::Gathered() const {
  absl::MutexLock lock(&mutex_);
  return gathered_ >= options_.count;
}

absl::Status LongPolls::status() const {
  absl::MutexLock lock(&mutex_);
  return status_;
}

int64_t LongPolls::answers() const {
  absl::MutexLock lock(&mutex_);
  return answers_;
}

}  // namespace barnabas::cli
