#include "tools/cli/data/topic_check.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/types/error.h"
#include "proto/types/error_proto.h"
#include "proto/types/status_macros.h"
#include "tools/cli/frame/connect.h"

namespace barnabas::cli {
namespace {

absl::StatusOr<int32_t> Create(Session& session, client::Admin& admin,
                               const TopicWish& wish) {
  v1::CreateTopicsRequest request;
  request.set_request_id(session.RequestId());
  const bool dry_run = !session.flags().writes.dry_run.empty();
  request.set_validate_only(dry_run);
  v1::CreateTopic* topic = request.add_topics();
  topic->set_name(wish.topic);
  if (wish.partitions.has_value()) topic->set_partitions(*wish.partitions);
  for (const v1::SettingValue& setting : wish.settings) {
    *topic->add_settings() = setting;
  }
  ASSIGN_OR_RETURN(const v1::CreateTopicsResponse reply,
                   admin.CreateTopics(request));
  if (reply.results_size() != 1) {
    return MakeError(ErrorCode::kInternal,
                     "the server answered for another number of topics");
  }
  if (reply.results(0).has_error()) {
    return FromProto(reply.results(0).error());
  }
  const int32_t partitions = reply.results(0).partitions();
  session.Say(absl::StrCat("topic \"", wish.topic,
                           dry_run ? "\" would be created, " : "\" created, ",
                           partitions,
                           partitions == 1 ? " partition" : " partitions"));
  return partitions;
}

}  // namespace

absl::StatusOr<std::vector<int32_t>> PartitionsOf(client::Admin& admin,
                                                  const std::string& topic) {
  v1::DescribeTopicsRequest request;
  request.add_topics()->set_name(topic);
  request.set_include_internal(true);
  ASSIGN_OR_RETURN(const v1::DescribeTopicsResponse reply,
                   admin.DescribeTopics(request));
  if (reply.topics().empty()) {
    return MakeError(ErrorCode::kUnknownTopic,
                     absl::StrCat("no topic \"", topic, "\""),
                     "barnabas topic list");
  }
  if (reply.topics(0).has_error()) return FromProto(reply.topics(0).error());
  std::vector<int32_t> partitions;
  for (const v1::PartitionInfo& info : reply.topics(0).topic().partitions()) {
    partitions.push_back(info.partition());
  }
  std::sort(partitions.begin(), partitions.end());
  return partitions;
}

absl::Status CheckTopic(Session& session, const TopicWish& wish) {
  ASSIGN_OR_RETURN(const std::shared_ptr<client::Admin> admin,
                   Connect(session));
  const absl::StatusOr<std::vector<int32_t>> found =
      PartitionsOf(*admin, wish.topic);
  int64_t count = 0;
  if (found.ok()) {
    count = static_cast<int64_t>(found->size());
  } else if (CodeOf(found.status()) != ErrorCode::kUnknownTopic) {
    return found.status();
  } else if (!wish.create) {
    return WithHint(found.status(),
                    absl::StrCat("barnabas topic create ", wish.topic));
  } else if (wish.partition.value_or(0) > 0 && !wish.partitions.has_value()) {
    // How many partitions it should have is a guess that nobody wants.
    return WithHint(found.status(),
                    absl::StrCat("barnabas topic create ", wish.topic, " -p ",
                                 int64_t{*wish.partition} + 1));
  } else {
    ASSIGN_OR_RETURN(count, Create(session, *admin, wish));
  }
  if (wish.partition.has_value() && *wish.partition >= count) {
    return MakeError(
        ErrorCode::kUnknownPartition,
        absl::StrCat("topic \"", wish.topic, "\" has no partition ",
                     *wish.partition, ": it has ", count),
        absl::StrCat("barnabas topic describe ", wish.topic, " -p"));
  }
  return absl::OkStatus();
}

}  // namespace barnabas::cli
