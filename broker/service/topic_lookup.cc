#include "broker/service/topic_lookup.h"

#include <numeric>
#include <string>

#include "absl/strings/str_cat.h"
#include "metadata/view/topic_ref.h"
#include "proto/types/error.h"
#include "proto/types/limits.h"
#include "proto/types/status_macros.h"

namespace barnabas::broker {

absl::Status CheckStarted(const image::ClusterImage& image) {
  if (image.version() >= LogIndex(0)) return absl::OkStatus();
  return MakeError(ErrorCode::kBrokerNotAvailable,
                   "the broker is starting and knows no topics yet",
                   "try again in a moment");
}

absl::StatusOr<const image::TopicState*> FindTopic(
    const image::ClusterImage& image, const v1::TopicRef& topic) {
  RETURN_IF_ERROR(CheckStarted(image));
  return view::ResolveTopic(image, topic);
}

absl::StatusOr<std::vector<int32_t>> NamedPartitions(
    absl::Span<const int32_t> named, const image::TopicState& topic) {
  if (named.size() > static_cast<size_t>(kPartitionsPerTopicMax)) {
    return MakeError(
        ErrorCode::kLimitExceeded,
        absl::StrCat("the call names ", named.size(), " partitions, at most ",
                     kPartitionsPerTopicMax),
        "name each partition once");
  }
  std::vector<int32_t> wanted(named.begin(), named.end());
  if (wanted.empty()) {
    wanted.resize(topic.partitions.size());
    std::iota(wanted.begin(), wanted.end(), 0);
  }
  return wanted;
}

absl::StatusOr<std::shared_ptr<Partition>> FindPartition(
    const PartitionTable& table, const image::ClusterImage& image,
    const image::TopicState& topic, int32_t partition) {
  const int32_t count = static_cast<int32_t>(topic.partitions.size());
  if (partition < 0 || partition >= count) {
    return MakeError(
        ErrorCode::kUnknownPartition,
        absl::StrCat("topic ", topic.name, " has no partition ", partition,
                     ", its ", count, " are numbered from 0"),
        absl::StrCat("`barnabas topic describe ", topic.name, " -p`"));
  }
  std::shared_ptr<Partition> found =
      table.Find({topic.id, PartitionIndex(partition)});
  if (found != nullptr) return found;
  const image::PartitionState& state = topic.partitions[partition];
  return NotLedHere(table.LeadershipOf(image, state), PartitionIndex(partition),
                    topic.name);
}

}  // namespace barnabas::broker
