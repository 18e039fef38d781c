// Topic names: which ones may be made.
//
// What: 1…249 letters, digits, '.', '_', '-'; neither "." nor ".."; two
//   leading underscores belong to the system; two names that differ only in
//   '.' and '_' collide, since metrics and file names treat both alike.
// Units: bytes. Empty case: the empty name is refused.
// Thread: pure functions. Errors: INVALID_TOPIC_NAME with the bound broken.
#ifndef BARNABAS_CONTROLLER_PLANNER_TOPIC_NAME_H_
#define BARNABAS_CONTROLLER_PLANNER_TOPIC_NAME_H_

#include <optional>
#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "metadata/image/cluster_image.h"

namespace barnabas::planner {

absl::Status CheckTopicName(std::string_view name);

// True if the two are different names that read alike.
bool NamesCollide(std::string_view a, std::string_view b);

// A topic whose name collides with `name`.
std::optional<std::string> FindCollision(const image::ClusterImage& image,
                                         std::string_view name);

}  // namespace barnabas::planner

#endif  // BARNABAS_CONTROLLER_PLANNER_TOPIC_NAME_H_
