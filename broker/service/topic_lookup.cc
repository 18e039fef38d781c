#include "broker/service/topic_lookup.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "metadata/view/topic_ref.h"
#include "proto/types/error.h"
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
  const Leadership leadership = table.LeadershipOf(image, state);
  const bool led = state.HasLeader();
  return WithLeader(
      MakeError(led ? ErrorCode::kNotLeader : ErrorCode::kLeaderNotAvailable,
                absl::StrCat("this broker holds no replica of partition ",
                             partition, " of ", topic.name),
                led ? "go to the broker that the detail names"
                    : "wait for a broker with a replica to come back"),
      leadership.leader);
}

}  // namespace barnabas::broker
