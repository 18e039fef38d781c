#include "tests/sim/call_checker.h"

#include <string_view>

#include "absl/strings/str_cat.h"

namespace barnabas::sim {

void CallChecker::OnRead(LogIndex begun_at, LogIndex shown) {
  ++reads_;
  if (shown >= begun_at) return;
  checker_->Break(absl::StrCat("R18: a read shows version ", shown.value(),
                               ", and ", begun_at.value(),
                               " was answered before it began"));
}

void CallChecker::CheckMade(const image::ClusterImage& image) {
  for (const std::string& name : made_) {
    if (doubtful_.contains(name)) continue;
    if (image.FindTopic(std::string_view(name)) != nullptr) continue;
    checker_->Break(absl::StrCat("R7: topic ", name,
                                 " was answered as made, and is not there"));
  }
  for (const std::string& name : refused_) {
    if (image.FindTopic(std::string_view(name)) == nullptr) continue;
    checker_->Break(absl::StrCat("G5: topic ", name,
                                 " was answered as not made, and is there"));
  }
}

}  // namespace barnabas::sim
