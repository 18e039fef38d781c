#include "controller/planner/topic_planner.h"

#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "controller/planner/item_error.h"
#include "controller/planner/partition_planner.h"
#include "controller/planner/topic_creation.h"
#include "metadata/command/draw.h"
#include "metadata/image/topic_state.h"
#include "metadata/view/topic_ref.h"
#include "proto/types/error.h"
#include "proto/types/error_proto.h"
#include "proto/types/limits.h"
#include "proto/types/status_macros.h"

namespace barnabas::planner {
namespace {

// A plan whose records make results true; without records, what would be.
template <typename Response>
command::Planned<Response> Finish(const PlanContext& context,
                                  bool validate_only, Records records,
                                  Response response) {
  if (validate_only) records.clear();
  for (v1::TopicResult& result : *response.mutable_results()) {
    if (result.has_error()) continue;
    if (validate_only) {
      result.clear_id();
    } else {
      result.set_version(context.offset.value());
    }
  }
  response.set_metadata_version(records.empty()
                                    ? context.image.version().value()
                                    : context.offset.value());
  return {std::move(records), std::move(response)};
}

// A failed item has a name and an error, nothing else.
void Fail(const std::string& name, const absl::Status& status,
          v1::TopicResult& result) {
  result.Clear();
  result.set_name(name);
  *result.mutable_error() = ToProto(status);
}

// What AddPartitions planned so far in this call.
class Growth {
 public:
  explicit Growth(const PlanContext& context)
      : context_(context),
        draw_(context.seed),
        partitions_(context.image.totals().partitions) {}

  Records TakeRecords() { return std::move(records_); }

  absl::Status Add(const v1::AddPartitions& item, v1::TopicResult& result) {
    v1::TopicRef reference;
    reference.set_name(item.name());
    ASSIGN_OR_RETURN(const image::TopicState* const topic,
                     view::ResolveTopic(context_.image, reference));
    if (!seen_.insert(item.name()).second) {
      return MakeError(ErrorCode::kInvalidRequest,
                       "the call names it more than once", "name it once");
    }
    if (item.has_expected_version()) {
      RETURN_IF_ERROR(CheckVersion(topic->version, item.expected_version()));
    }
    const int64_t more =
        item.total() - static_cast<int64_t>(topic->partitions.size());
    RETURN_IF_ERROR(CheckTotal(*topic, item.total(), more));
    ASSIGN_OR_RETURN(const placement::Assignment assignment,
                     Assign(*topic, item, static_cast<int32_t>(more)));
    int32_t next = static_cast<int32_t>(topic->partitions.size());
    std::set<BrokerId> brokers;
    for (const std::vector<BrokerId>& replicas : assignment) {
      records_.push_back(NewPartition(context_.image, topic->id,
                                      PartitionIndex(next++), replicas,
                                      context_.in_sync_max));
      brokers.insert(replicas.begin(), replicas.end());
    }
    partitions_ += more;
    result.set_id(topic->id.ToString());
    result.set_partitions(item.total());
    result.set_replication_factor(static_cast<int32_t>(assignment[0].size()));
    for (BrokerId id : brokers) result.add_brokers(id.value());
    return absl::OkStatus();
  }

 private:
  absl::Status CheckTotal(const image::TopicState& topic, int32_t total,
                          int64_t more) const {
    if (more == 0) {
      return MakeError(
          ErrorCode::kNothingToChange,
          absl::StrCat("it already has ", total, " partitions"),
          absl::StrCat("barnabas topic describe ", topic.name, " -p"));
    }
    if (more < 0 || total > kPartitionsPerTopicMax) {
      return MakeError(
          ErrorCode::kInvalidPartitionCount,
          more < 0 ? absl::StrCat("it has ", topic.partitions.size(),
                                  " partitions, which cannot become ", total,
                                  ": partitions only grow")
                   : absl::StrCat(total, " partitions > maximum ",
                                  kPartitionsPerTopicMax),
          absl::StrCat("barnabas topic describe ", topic.name, " -p"));
    }
    const int64_t records = static_cast<int64_t>(records_.size()) + more;
    if (partitions_ + more > kPartitionsPerClusterMax ||
        records > kRecordsPerPlanMax) {
      return MakeError(
          ErrorCode::kLimitExceeded,
          absl::StrCat(more, " partitions more make ", partitions_ + more,
                       " in the cluster (at most ", kPartitionsPerClusterMax,
                       ") and ", records, " records in the call (at most ",
                       kRecordsPerPlanMax, ")"),
          "add fewer partitions, or split the call");
    }
    return absl::OkStatus();
  }

  absl::StatusOr<placement::Assignment> Assign(const image::TopicState& topic,
                                               const v1::AddPartitions& item,
                                               int32_t more) {
    const int32_t factor =
        static_cast<int32_t>(topic.partitions[0].replicas.size());
    if (item.assignments_size() == 0) {
      return PlaceReplicas(context_.image, more, factor, draw_.Next());
    }
    if (item.assignments_size() != more ||
        item.assignments(0).brokers_size() != factor) {
      return MakeError(
          ErrorCode::kInvalidReplicaAssignment,
          absl::StrCat(item.assignments_size(), " lists of ",
                       item.assignments(0).brokers_size(), " replicas for ",
                       more, " new partitions of replication factor ", factor),
          "give one list for each new partition");
    }
    return CheckAssignment(context_.image, item.assignments());
  }

  const PlanContext context_;
  command::Draw draw_;
  std::set<std::string> seen_;
  int64_t partitions_;
  Records records_;
};

absl::Status PlanDeletion(const PlanContext& context,
                          const v1::DeleteTopic& item, std::set<TopicId>& seen,
                          Records& records, v1::TopicResult& result) {
  ASSIGN_OR_RETURN(const image::TopicState* const topic,
                   view::ResolveTopic(context.image, item.topic()));
  if (item.has_expected_version()) {
    RETURN_IF_ERROR(CheckVersion(topic->version, item.expected_version()));
  }
  if (topic->IsInternal()) {
    return MakeError(ErrorCode::kInvalidRequest, "it belongs to the system",
                     "barnabas topic list --internal");
  }
  if (!seen.insert(topic->id).second) {
    return MakeError(ErrorCode::kInvalidRequest,
                     "the call names it more than once", "name it once");
  }
  records.emplace_back().mutable_remove_topic()->set_topic_id(
      topic->id.ToString());
  result.set_name(topic->name);
  result.set_id(topic->id.ToString());
  result.set_partitions(static_cast<int32_t>(topic->partitions.size()));
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<command::Planned<v1::CreateTopicsResponse>> PlanCreateTopics(
    const PlanContext& context, const v1::CreateTopicsRequest& request) {
  RETURN_IF_ERROR(CheckItemCount("topics", request.topics_size()));
  TopicCreation creation(context);
  creation.NoteNames(request);
  v1::CreateTopicsResponse response;
  for (const v1::CreateTopic& topic : request.topics()) {
    v1::TopicResult& result = *response.add_results();
    result.set_name(topic.name());
    const absl::Status status =
        ItemError("topic", topic.name(), "created", creation.Add(topic, result),
                  "barnabas topic create --help");
    if (!status.ok()) Fail(topic.name(), status, result);
  }
  return Finish(context, request.validate_only(), creation.TakeRecords(),
                std::move(response));
}

absl::StatusOr<command::Planned<v1::AddPartitionsResponse>> PlanAddPartitions(
    const PlanContext& context, const v1::AddPartitionsRequest& request) {
  RETURN_IF_ERROR(CheckItemCount("topics", request.topics_size()));
  Growth growth(context);
  v1::AddPartitionsResponse response;
  for (const v1::AddPartitions& item : request.topics()) {
    v1::TopicResult& result = *response.add_results();
    result.set_name(item.name());
    const absl::Status status = ItemError(
        "topic", item.name(), "given more partitions", growth.Add(item, result),
        absl::StrCat("barnabas topic describe ", item.name()));
    if (!status.ok()) Fail(item.name(), status, result);
  }
  return Finish(context, request.validate_only(), growth.TakeRecords(),
                std::move(response));
}

absl::StatusOr<command::Planned<v1::DeleteTopicsResponse>> PlanDeleteTopics(
    const PlanContext& context, const v1::DeleteTopicsRequest& request) {
  RETURN_IF_ERROR(CheckItemCount("topics", request.topics_size()));
  v1::DeleteTopicsResponse response;
  std::set<TopicId> seen;
  Records records;
  for (const v1::DeleteTopic& item : request.topics()) {
    v1::TopicResult& result = *response.add_results();
    const std::string name = view::TextOf(item.topic());
    const absl::Status status =
        ItemError("topic", name, "deleted",
                  PlanDeletion(context, item, seen, records, result),
                  absl::StrCat("barnabas topic describe ", name));
    if (!status.ok()) Fail(name, status, result);
  }
  return Finish(context, request.validate_only(), std::move(records),
                std::move(response));
}

}  // namespace barnabas::planner
