// TopicRef: the topic that a caller named by name, by id, or by both.
//
// What: look-up with the error that callers get, and the text that messages
//   name the topic by.
// Units: none. Empty case: a reference without name and id is an error.
// Thread: pure functions.
// Errors: UNKNOWN_TOPIC, INCONSISTENT_TOPIC_ID when name and id disagree,
//   INVALID_REQUEST for no reference at all or an id that is none.
#ifndef BARNABAS_METADATA_VIEW_TOPIC_REF_H_
#define BARNABAS_METADATA_VIEW_TOPIC_REF_H_

#include <string>

#include "absl/status/statusor.h"
#include "barnabas/v1/common.pb.h"
#include "metadata/image/cluster_image.h"
#include "metadata/image/topic_state.h"

namespace barnabas::view {

// Lives as long as the image.
absl::StatusOr<const image::TopicState*> ResolveTopic(
    const image::ClusterImage& image, const v1::TopicRef& reference);

// The name if there is one, else the id.
std::string TextOf(const v1::TopicRef& reference);

}  // namespace barnabas::view

#endif  // BARNABAS_METADATA_VIEW_TOPIC_REF_H_
