#include "tools/cli/partition/partition_names.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/types/error_proto.h"
#include "proto/types/limits.h"
#include "proto/types/status_macros.h"
#include "tools/cli/frame/exit_code.h"
#include "tools/cli/frame/values.h"

namespace barnabas::cli {
namespace {

// Pages asked for, at most: a server that repeats itself ends here.
constexpr int kPagesMax = 10'000;

}  // namespace

absl::StatusOr<NamedPartition> ParsePartition(const std::string& text) {
  const size_t colon = text.rfind(':');
  NamedPartition named;
  named.topic = text.substr(0, colon);
  if (named.topic.empty()) {
    return UsageError(
        absl::StrCat("\"", text, "\" is not of the form TOPIC:PARTITION"),
        "barnabas partition describe orders:0");
  }
  if (colon == std::string::npos) return named;
  ASSIGN_OR_RETURN(
      const int64_t partition,
      ParseInteger(text.substr(colon + 1), 0, kPartitionsPerTopicMax));
  named.partition = static_cast<int32_t>(partition);
  return named;
}

absl::StatusOr<std::vector<ListedPartition>> DescribePartitions(
    client::Admin& admin, const std::vector<std::string>& topics) {
  v1::DescribeTopicsRequest request;
  request.set_include_internal(true);
  for (const std::string& topic : topics) request.add_topics()->set_name(topic);
  std::vector<ListedPartition> partitions;
  for (int page = 0; page < kPagesMax; ++page) {
    ASSIGN_OR_RETURN(v1::DescribeTopicsResponse reply,
                     admin.DescribeTopics(request));
    for (v1::DescribedTopic& described : *reply.mutable_topics()) {
      if (described.has_error()) return FromProto(described.error());
      for (v1::PartitionInfo& info :
           *described.mutable_topic()->mutable_partitions()) {
        partitions.push_back({described.topic().name(), std::move(info)});
      }
    }
    if (reply.next_page_token().empty()) break;
    request.set_page_token(reply.next_page_token());
  }
  return partitions;
}

}  // namespace barnabas::cli
