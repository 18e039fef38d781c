#include "controller/planner/topic_name.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "metadata/image/topic_state.h"
#include "proto/types/error.h"
#include "proto/types/limits.h"
#include "proto/types/text.h"

namespace barnabas::planner {
namespace {

constexpr std::string_view kHint =
    "1 to 249 of letters, digits, '.', '_', '-': barnabas topic create NAME";

absl::Status Refuse(std::string_view what) {
  return MakeError(ErrorCode::kInvalidTopicName, what, kHint);
}

bool MayStand(unsigned char letter) {
  return absl::ascii_isalnum(letter) || letter == '.' || letter == '_' ||
         letter == '-';
}

char Folded(char letter) { return letter == '.' ? '_' : letter; }

}  // namespace

absl::Status CheckTopicName(std::string_view name) {
  if (name.empty()) return Refuse("the name is empty");
  if (name.size() > static_cast<size_t>(kTopicNameLengthMax)) {
    return Refuse(absl::StrCat("the name has ", name.size(),
                               " characters, at most ", kTopicNameLengthMax));
  }
  if (name == "." || name == "..") {
    return Refuse("the name is that of a folder");
  }
  const auto bad = std::find_if_not(name.begin(), name.end(), MayStand);
  if (bad != name.end()) {
    return Refuse(absl::StrCat("the name has '",
                               absl::CHexEscape(absl::string_view(&*bad, 1)),
                               "' at position ", bad - name.begin() + 1));
  }
  if (name.substr(0, 2) == "__") {
    return Refuse("names that begin with \"__\" belong to the system");
  }
  return absl::OkStatus();
}

bool NamesCollide(std::string_view a, std::string_view b) {
  return a != b && std::equal(a.begin(), a.end(), b.begin(), b.end(),
                              [](char left, char right) {
                                return Folded(left) == Folded(right);
                              });
}

std::optional<std::string> FindCollision(const image::ClusterImage& image,
                                         std::string_view name) {
  // Without either letter there is nothing to confuse.
  if (name.find_first_of("._") == std::string_view::npos) return std::nullopt;
  std::optional<std::string> found;
  image.ForEachTopic([&](const image::TopicState& topic) {
    if (!found.has_value() && NamesCollide(topic.name, name)) {
      found = topic.name;
    }
  });
  return found;
}

}  // namespace barnabas::planner
