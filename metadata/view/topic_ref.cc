#include "metadata/view/topic_ref.h"

#include <optional>
#include <string_view>

#include "absl/strings/str_cat.h"
#include "proto/types/error.h"
#include "proto/types/uuid.h"

namespace barnabas::view {
namespace {

constexpr std::string_view kHint = "barnabas topic list";

absl::StatusOr<const image::TopicState*> ResolveId(
    const image::ClusterImage& image, const v1::TopicRef& reference) {
  const std::optional<TopicId> id = TopicId::Parse(reference.id());
  if (!id.has_value()) {
    return MakeError(ErrorCode::kInvalidRequest,
                     absl::StrCat("\"", reference.id(),
                                  "\" is not a topic id of 22 characters"),
                     kHint);
  }
  const image::TopicState* topic = image.FindTopic(*id);
  if (topic == nullptr) {
    return MakeError(ErrorCode::kUnknownTopic,
                     absl::StrCat("no topic has the id ", reference.id()),
                     kHint);
  }
  return topic;
}

}  // namespace

absl::StatusOr<const image::TopicState*> ResolveTopic(
    const image::ClusterImage& image, const v1::TopicRef& reference) {
  if (reference.name().empty()) {
    if (!reference.id().empty()) return ResolveId(image, reference);
    return MakeError(ErrorCode::kInvalidRequest,
                     "a topic is named neither by name nor by id", kHint);
  }
  const image::TopicState* topic =
      image.FindTopic(std::string_view(reference.name()));
  if (topic == nullptr) {
    return MakeError(
        ErrorCode::kUnknownTopic,
        absl::StrCat("no topic has the name \"", reference.name(), "\""),
        kHint);
  }
  if (!reference.id().empty() && topic->id.ToString() != reference.id()) {
    return MakeError(
        ErrorCode::kInconsistentTopicId,
        absl::StrCat("topic \"", reference.name(), "\" has the id ",
                     topic->id.ToString(), ", not ", reference.id()),
        kHint);
  }
  return topic;
}

std::string TextOf(const v1::TopicRef& reference) {
  return reference.name().empty() ? reference.id() : reference.name();
}

}  // namespace barnabas::view
