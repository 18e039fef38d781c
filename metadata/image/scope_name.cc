#include "metadata/image/scope_name.h"

namespace barnabas::image {

std::string_view NameOf(ConfigScope scope) {
  switch (scope) {
    case ConfigScope::kCluster:
      return "cluster";
    case ConfigScope::kBroker:
      return "broker";
    case ConfigScope::kTopic:
      return "topic";
  }
  return "cluster";
}

std::optional<ConfigScope> ParseScope(std::string_view name) {
  for (ConfigScope scope :
       {ConfigScope::kCluster, ConfigScope::kBroker, ConfigScope::kTopic}) {
    if (name == NameOf(scope)) return scope;
  }
  return std::nullopt;
}

}  // namespace barnabas::image
