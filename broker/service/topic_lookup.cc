#include "broker/service/topic_lookup.h"

#include <optional>
#include <string>

#include "absl/strings/str_cat.h"
#include "proto/types/error.h"
#include "proto/types/uuid.h"

namespace barnabas::broker {
namespace {

constexpr char kListHint[] =
    "`barnabas topic list` shows what there is, `barnabas topic create` makes "
    "one";

absl::StatusOr<const image::TopicState*> FindById(
    const image::ClusterImage& image, const v1::TopicRef& topic) {
  const std::optional<Uuid> id = Uuid::Parse(topic.id());
  if (!id.has_value()) {
    return MakeError(ErrorCode::kInvalidRequest,
                     absl::StrCat("\"", topic.id(), "\" is no topic id"),
                     "a topic id has 22 characters of URL-safe base64");
  }
  const image::TopicState* found = image.FindTopic(*id);
  if (found != nullptr) {
    if (topic.name().empty() || topic.name() == found->name) return found;
    return MakeError(ErrorCode::kInconsistentTopicId,
                     absl::StrCat("topic id ", topic.id(), " belongs to ",
                                  found->name, ", not to ", topic.name()),
                     "refresh metadata");
  }
  if (!topic.name().empty() && image.FindTopic(topic.name()) != nullptr) {
    return MakeError(
        ErrorCode::kInconsistentTopicId,
        absl::StrCat("topic ", topic.name(),
                     " was made anew and has another id than ", topic.id()),
        "refresh metadata");
  }
  return MakeError(ErrorCode::kUnknownTopic,
                   absl::StrCat("no topic has the id ", topic.id()), kListHint);
}

}  // namespace

absl::StatusOr<const image::TopicState*> FindTopic(
    const image::ClusterImage& image, const v1::TopicRef& topic) {
  if (!topic.id().empty()) return FindById(image, topic);
  if (topic.name().empty()) {
    return MakeError(ErrorCode::kInvalidRequest, "no topic is named",
                     "give a topic's name or id");
  }
  const image::TopicState* found = image.FindTopic(topic.name());
  if (found != nullptr) return found;
  return MakeError(ErrorCode::kUnknownTopic,
                   absl::StrCat("no topic has the name ", topic.name()),
                   kListHint);
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
