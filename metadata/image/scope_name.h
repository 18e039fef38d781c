// The names of setting scopes in records and texts.
//
// What: "cluster", "broker", "topic". Units: none.
// Empty case: none; every scope has a name.
// Thread: pure functions. Errors: nullopt for any other text.
#ifndef BARNABAS_METADATA_IMAGE_SCOPE_NAME_H_
#define BARNABAS_METADATA_IMAGE_SCOPE_NAME_H_

#include <optional>
#include <string_view>

#include "metadata/image/cluster_image.h"

namespace barnabas::image {

std::string_view NameOf(ConfigScope scope);
std::optional<ConfigScope> ParseScope(std::string_view name);

}  // namespace barnabas::image

#endif  // BARNABAS_METADATA_IMAGE_SCOPE_NAME_H_
