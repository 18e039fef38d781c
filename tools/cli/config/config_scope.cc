#include "tools/cli/config/config_scope.h"

#include <cstddef>

#include "absl/strings/str_cat.h"
#include "proto/types/status_macros.h"
#include "tools/cli/frame/exit_code.h"
#include "tools/cli/frame/nearest.h"
#include "tools/cli/frame/values.h"

namespace barnabas::cli {
namespace {

constexpr char kForms[] = "cluster, broker/ID or topic/NAME";

}  // namespace

absl::StatusOr<v1::ConfigScope> ParseScope(const std::string& text) {
  v1::ConfigScope scope;
  if (text.empty() || text == "cluster") {
    scope.set_kind(v1::SCOPE_KIND_CLUSTER);
    return scope;
  }
  const size_t slash = text.find('/');
  const std::string kind = text.substr(0, slash);
  const std::string name =
      slash == std::string::npos ? "" : text.substr(slash + 1);
  if (kind == "client") {
    return Unsupported("client/NAME (quotas)", kForms);
  }
  if (kind == "topic" && !name.empty()) {
    scope.set_kind(v1::SCOPE_KIND_TOPIC);
  } else if (kind == "broker" && !name.empty()) {
    scope.set_kind(v1::SCOPE_KIND_BROKER);
    RETURN_IF_ERROR(ParseInteger(name, 0, INT32_MAX).status());
  } else {
    const std::string near = Nearest(kind, {"cluster", "broker", "topic"});
    return UsageError(
        absl::StrCat("\"", text, "\" is no scope"),
        near.empty() || name.empty()
            ? kForms
            : absl::StrCat("did you mean ", near, "/", name, "?"));
  }
  scope.set_name(name);
  return scope;
}

std::string ScopeText(const v1::ConfigScope& scope) {
  if (scope.kind() == v1::SCOPE_KIND_TOPIC) {
    return absl::StrCat("topic/", scope.name());
  }
  if (scope.kind() == v1::SCOPE_KIND_BROKER) {
    return absl::StrCat("broker/", scope.name());
  }
  return "cluster";
}

absl::StatusOr<v1::ConfigScope> TakeScope(std::vector<std::string>* words) {
  if (words->empty()) return ParseScope("");
  const std::string first = words->front();
  const bool scope =
      first == "cluster" || (first.find('/') != std::string::npos &&
                             first.find('=') > first.find('/'));
  if (!scope) return ParseScope("");
  words->erase(words->begin());
  return ParseScope(first);
}

}  // namespace barnabas::cli
