#include "client/admin/leader_admin.h"

#include <map>
#include <string>
#include <vector>

#include "barnabas/v1/consumer.grpc.pb.h"
#include "barnabas/v1/topic_admin.grpc.pb.h"
#include "client/admin/node_ask.h"
#include "proto/types/error_proto.h"

namespace barnabas::client {
namespace {

// Leaders asked one after the other for partitions that others lead.
constexpr int kLeaderRoundsMax = 3;

// Partitions that another node leads, by that node's address.
template <typename Response>
std::map<std::string, std::vector<int32_t>> LedElsewhere(
    const Response& response) {
  std::map<std::string, std::vector<int32_t>> elsewhere;
  for (const auto& partition : response.partitions()) {
    if (partition.error().code() != v1::ERROR_CODE_NOT_LEADER) continue;
    const std::string& endpoint = partition.error().leader().endpoint();
    if (!endpoint.empty()) {
      elsewhere[endpoint].push_back(partition.partition());
    }
  }
  return elsewhere;
}

// Puts the answers for some partitions over those of `response`.
template <typename Response>
void Merge(const Response& part, Response* response) {
  for (auto& partition : *response->mutable_partitions()) {
    for (const auto& newer : part.partitions()) {
      if (newer.partition() == partition.partition()) partition = newer;
    }
  }
}

// The same failure for `partitions`: what became of them is not known.
template <typename Response>
Response AllFailed(const std::vector<int32_t>& partitions,
                   const absl::Status& status) {
  Response response;
  for (const int32_t index : partitions) {
    auto* partition = response.add_partitions();
    partition->set_partition(index);
    *partition->mutable_error() = ToProto(status);
  }
  return response;
}

// Asks any node, then leaders for what that node could not say.
template <typename Service, typename Response, typename Request,
          typename Method>
absl::StatusOr<Response> AskLeaders(NodeCaller* caller, CallKind kind,
                                    Request request, Method method) {
  absl::StatusOr<Response> response =
      Ask<Service, Response>(caller, kind, request, method);
  if (!response.ok()) return response;
  for (int round = 0; round < kLeaderRoundsMax; ++round) {
    const auto elsewhere = LedElsewhere(*response);
    if (elsewhere.empty()) break;
    for (const auto& [endpoint, partitions] : elsewhere) {
      request.mutable_partitions()->Assign(partitions.begin(),
                                           partitions.end());
      const absl::StatusOr<Response> part =
          AskAt<Service, Response>(caller, endpoint, kind, request, method);
      if (part.ok()) {
        Merge(*part, &*response);
      } else if (kind == CallKind::kWrite) {
        // It may have happened: whoever asked must hear that.
        Merge(AllFailed<Response>(partitions, part.status()), &*response);
      }
      // An unreachable leader leaves NOT_LEADER in the answer to a read.
    }
  }
  return response;
}

class HintedLeaders final : public LeaderAdmin {
 public:
  explicit HintedLeaders(NodeCaller* caller) : caller_(caller) {}

  absl::StatusOr<v1::ListOffsetsResponse> ListOffsets(
      const v1::ListOffsetsRequest& request) override {
    return AskLeaders<v1::Consumer, v1::ListOffsetsResponse>(
        caller_, CallKind::kRead, request, &v1::Consumer::Stub::ListOffsets);
  }
  absl::StatusOr<v1::OffsetsForTimesResponse> OffsetsForTimes(
      const v1::OffsetsForTimesRequest& request) override {
    return AskLeaders<v1::Consumer, v1::OffsetsForTimesResponse>(
        caller_, CallKind::kRead, request,
        &v1::Consumer::Stub::OffsetsForTimes);
  }
  absl::StatusOr<v1::TrimTopicResponse> TrimTopic(
      const v1::TrimTopicRequest& request) override {
    return AskLeaders<v1::TopicAdmin, v1::TrimTopicResponse>(
        caller_, CallKind::kWrite, request, &v1::TopicAdmin::Stub::TrimTopic);
  }
  absl::StatusOr<v1::CompactTopicResponse> CompactTopic(
      const v1::CompactTopicRequest& request) override {
    return AskLeaders<v1::TopicAdmin, v1::CompactTopicResponse>(
        caller_, CallKind::kWrite, request,
        &v1::TopicAdmin::Stub::CompactTopic);
  }

 private:
  NodeCaller* const caller_;
};

}  // namespace

std::unique_ptr<LeaderAdmin> LeaderAdmin::Make(NodeCaller* caller) {
  return std::make_unique<HintedLeaders>(caller);
}

}  // namespace barnabas::client
