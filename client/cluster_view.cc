#include "client/cluster_view.h"

#include <algorithm>
#include <utility>

#include "barnabas/v1/discovery.grpc.pb.h"
#include "client/rpc/backoff.h"
#include "client/rpc/unary_call.h"
#include "proto/types/limits.h"

namespace barnabas::client {
namespace {

constexpr char kDefaultBootstrap[] = "localhost:9292";
// Rounds that are asked for one right after the other begin ever further
// apart.
constexpr rpc::BackoffRange kRoundGap{absl::Milliseconds(10),
                                      absl::Milliseconds(500)};
// After so long without rounds the gap is small again.
constexpr absl::Duration kCalm = absl::Seconds(1);
// One node gets this long before the next one is tried.
constexpr absl::Duration kRoundTimeout = absl::Seconds(3);

}  // namespace

std::vector<std::string> BootstrapOf(const ClientOptions& options) {
  if (options.bootstrap.empty()) return {kDefaultBootstrap};
  return options.bootstrap;
}

ClusterView::ClusterView(Deps deps)
    : deps_(std::move(deps)),
      alive_(std::make_shared<Alive>()),
      watch_({deps_.channels, deps_.loop, [this] { Refresh(); }}) {
  alive_->view = this;
}

ClusterView::~ClusterView() {
  alive_->view = nullptr;
  deps_.loop->Cancel(timer_);
}

void ClusterView::Watch(const std::string& topic) {
  if (watched_.insert(topic).second || table_.Find(topic) == nullptr) {
    Refresh();
  }
}

void ClusterView::Unwatch(const std::string& topic) { watched_.erase(topic); }

void ClusterView::Refresh() {
  if (std::exchange(wanted_, true) || asking_) return;
  const absl::Duration since = deps_.loop->clock().Monotonic() - began_;
  if (since > kCalm) hurry_ = 0;
  const rpc::BackoffRange after_failure{deps_.options.backoff_first,
                                        deps_.options.backoff_max};
  const absl::Duration gap =
      failures_ == 0
          ? rpc::BackoffDelay(kRoundGap, hurry_++, deps_.seed)
          : rpc::BackoffDelay(after_failure, failures_ - 1, deps_.seed);
  if (since >= gap) {
    Begin();
  } else {
    ArmTimer(gap - since);
  }
}

void ClusterView::ArmTimer(absl::Duration delay) {
  deps_.loop->Cancel(timer_);
  timer_ = deps_.loop->After(delay, [alive = alive_] {
    if (alive->view != nullptr && !alive->view->asking_) alive->view->Begin();
  });
}

std::string ClusterView::AnyEndpoint() const {
  // Brokers that run, then where we began: all of them may have moved.
  std::vector<std::string> endpoints = table_.LiveEndpoints();
  for (std::string& bootstrap : BootstrapOf(deps_.options)) {
    if (std::find(endpoints.begin(), endpoints.end(), bootstrap) ==
        endpoints.end()) {
      endpoints.push_back(std::move(bootstrap));
    }
  }
  const uint64_t turn = deps_.seed + static_cast<uint64_t>(failures_);
  return endpoints[turn % endpoints.size()];
}

void ClusterView::Begin() {
  asking_ = true;
  wanted_ = false;
  began_ = deps_.loop->clock().Monotonic();
  const std::string endpoint = AnyEndpoint();
  auto stub =
      std::make_shared<v1::Discovery::Stub>(deps_.channels->Get(endpoint));
  rpc::CallUnary<v1::DescribeClusterResponse>(
      {std::min(kRoundTimeout, deps_.options.request_timeout), false},
      v1::DescribeClusterRequest(),
      [stub](auto... arguments) {
        stub->async()->DescribeCluster(arguments...);
      },
      [alive = alive_, loop = deps_.loop, endpoint,
       stub](absl::StatusOr<v1::DescribeClusterResponse> answer) {
        loop->PostAlways([alive, endpoint, answer = std::move(answer)] {
          ClusterView* view = alive->view;
          if (view == nullptr) return;
          if (!answer.ok()) return view->End(answer.status());
          view->table_.Update(*answer);
          view->AskTopics(endpoint, answer->metadata_version(),
                          std::vector<std::string>(view->watched_.begin(),
                                                   view->watched_.end()),
                          0);
        });
      });
}

void ClusterView::AskTopics(const std::string& endpoint, int64_t version,
                            std::vector<std::string> names, size_t begin) {
  if (begin >= names.size()) {
    // What changed while the round was under way is told by the watch.
    watch_.Follow(endpoint, {names.begin(), names.end()}, version);
    return End(absl::OkStatus());
  }
  const size_t end = std::min<size_t>(names.size(), begin + kItemsPerCallMax);
  v1::DescribeTopicsRequest request;
  request.set_include_internal(true);
  for (size_t i = begin; i < end; ++i) {
    request.add_topics()->set_name(names[i]);
  }
  auto stub =
      std::make_shared<v1::Discovery::Stub>(deps_.channels->Get(endpoint));
  rpc::CallUnary<v1::DescribeTopicsResponse>(
      {std::min(kRoundTimeout, deps_.options.request_timeout), false},
      std::move(request),
      [stub](auto... arguments) {
        stub->async()->DescribeTopics(arguments...);
      },
      [alive = alive_, loop = deps_.loop, stub, endpoint, version,
       names = std::move(names),
       end](absl::StatusOr<v1::DescribeTopicsResponse> answer) mutable {
        loop->PostAlways([alive, endpoint, version, names = std::move(names),
                          end, answer = std::move(answer)]() mutable {
          ClusterView* view = alive->view;
          if (view == nullptr) return;
          if (!answer.ok()) return view->End(answer.status());
          view->table_.Update(*answer);
          view->AskTopics(endpoint, version, std::move(names), end);
        });
      });
}

void ClusterView::End(const absl::Status& status) {
  asking_ = false;
  last_status_ = status;
  if (status.ok()) {
    failures_ = 0;
    ArmTimer(deps_.options.metadata_age_max);
  } else {
    ++failures_;
    wanted_ = true;
  }
  if (std::exchange(wanted_, false)) Refresh();
  if (deps_.on_round != nullptr) deps_.on_round();
}

}  // namespace barnabas::client
