#include "broker/cluster/producer_id_block.h"

#include <glog/logging.h>

#include <deque>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "barnabas/internal/v1/controller.grpc.pb.h"
#include "client/rpc/backoff.h"
#include "client/rpc/unary_call.h"
#include "proto/types/error.h"
#include "proto/types/limits.h"

namespace barnabas::broker {
namespace {

constexpr absl::Duration kCallTimeout = absl::Seconds(5);

using AllocateResponse = internal::v1::AllocateProducerIdsResponse;

absl::Status Stopping() {
  return MakeError(ErrorCode::kShuttingDown, "this broker is stopping",
                   "ask another broker");
}

class PrefetchedBlock final : public ProducerIdBlock {
 public:
  PrefetchedBlock(const Options& options, const Deps& deps)
      : options_(options), deps_(deps) {}

  ~PrefetchedBlock() override { Stop(); }

  void Next(Done done) override {
    deps_.loop->PostAlways(
        [self = alive_, this, done = std::move(done)]() mutable {
          if (*self) return Take(std::move(done));
          done(Stopping());
        });
  }

  void Stop() override;

 private:
  struct Range {
    int64_t next = 0;
    int64_t end = 0;

    int64_t Left() const { return end - next; }
  };
  struct Waiter {
    env::TimerId timer = 0;
    Done done;
  };

  void Take(Done done);
  void TimeOut();
  void MaybeFetch();
  void Fetched(const std::string& endpoint,
               const absl::StatusOr<AllocateResponse>& answer);
  ProducerId TakeId();
  int64_t Left() const { return current_.Left() + reserve_.Left(); }

  const Options options_;
  const Deps deps_;
  // False once stopped; shared with what may come later.
  const std::shared_ptr<bool> alive_ = std::make_shared<bool>(true);

  Range current_;
  Range reserve_;
  // In order of arrival, so also in that of their timers.
  std::deque<Waiter> waiters_;
  bool fetching_ = false;
  int attempt_ = 0;
};

void PrefetchedBlock::Stop() {
  *alive_ = false;
  std::deque<Waiter> waiters = std::move(waiters_);
  waiters_.clear();
  for (Waiter& waiter : waiters) {
    deps_.loop->Cancel(waiter.timer);
    waiter.done(Stopping());
  }
}

ProducerId PrefetchedBlock::TakeId() {
  if (current_.Left() == 0) {
    current_ = reserve_;
    reserve_ = Range();
  }
  return ProducerId(current_.next++);
}

void PrefetchedBlock::Take(Done done) {
  if (Left() > 0) {
    const ProducerId id = TakeId();
    MaybeFetch();
    return done(id);
  }
  if (waiters_.size() >= static_cast<size_t>(kWaitersMax)) {
    return done(
        MakeError(ErrorCode::kOverloaded,
                  absl::StrCat(kWaitersMax, " producers wait for ids already"),
                  "try again later"));
  }
  Waiter waiter;
  waiter.done = std::move(done);
  waiter.timer = deps_.loop->After(options_.timeout, [this] { TimeOut(); });
  waiters_.push_back(std::move(waiter));
  MaybeFetch();
}

void PrefetchedBlock::TimeOut() {
  // Timers run in order, so it is the first one's.
  CHECK(!waiters_.empty());
  Done done = std::move(waiters_.front().done);
  waiters_.pop_front();
  done(MakeError(ErrorCode::kControllerNotAvailable,
                 "no controller gave producer ids in time",
                 "see that a controller runs: barnabas health"));
}

void PrefetchedBlock::MaybeFetch() {
  const bool enough = waiters_.empty() && Left() > kProducerIdBlock / 2;
  if (fetching_ || enough || !*alive_) return;
  fetching_ = true;
  const std::string endpoint = deps_.controllers->Current();
  const std::optional<BrokerEpoch> epoch = options_.epoch();
  auto done = [self = alive_, this, loop = deps_.loop,
               endpoint](absl::StatusOr<AllocateResponse> answer) {
    loop->PostAlways([self, this, endpoint, answer = std::move(answer)] {
      if (*self) Fetched(endpoint, answer);
    });
  };
  if (!epoch.has_value()) {
    done(MakeError(ErrorCode::kBrokerNotRegistered,
                   "this broker is not registered yet"));
    return;
  }
  internal::v1::AllocateProducerIdsRequest request;
  request.set_broker_id(options_.broker.value());
  request.set_broker_epoch(epoch->value());
  rpc::UnaryOptions call;
  call.timeout = kCallTimeout;
  rpc::CallUnary<AllocateResponse>(
      call, request,
      [channel = deps_.channels->Get(endpoint)](auto... arguments) {
        internal::v1::Controller::NewStub(channel)
            ->async()
            ->AllocateProducerIds(arguments...);
      },
      std::move(done));
}

void PrefetchedBlock::Fetched(const std::string& endpoint,
                              const absl::StatusOr<AllocateResponse>& answer) {
  if (!answer.ok() || answer->count() <= 0 || answer->first() < 0) {
    if (!answer.ok() &&
        CodeOf(answer.status()) != ErrorCode::kBrokerNotRegistered) {
      deps_.controllers->Failed(endpoint, answer.status());
    }
    const absl::Duration delay =
        rpc::BackoffDelay(rpc::BackoffRange(), attempt_++, options_.seed);
    deps_.loop->After(delay, [self = alive_, this] {
      if (!*self) return;
      fetching_ = false;
      MaybeFetch();
    });
    return;
  }
  fetching_ = false;
  attempt_ = 0;
  Range& free = current_.Left() == 0 ? current_ : reserve_;
  free = Range{answer->first(), answer->first() + answer->count()};
  while (!waiters_.empty() && Left() > 0) {
    Waiter waiter = std::move(waiters_.front());
    waiters_.pop_front();
    deps_.loop->Cancel(waiter.timer);
    waiter.done(TakeId());
  }
  MaybeFetch();
}

}  // namespace

std::unique_ptr<ProducerIdBlock> ProducerIdBlock::Make(const Options& options,
                                                       const Deps& deps) {
  return std::make_unique<PrefetchedBlock>(options, deps);
}

}  // namespace barnabas::broker
