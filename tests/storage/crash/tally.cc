#include "tests/storage/crash/tally.h"

#include "absl/strings/str_format.h"
#include "proto/types/text.h"

namespace barnabas::crash {

std::string Tally::Table() const {
  std::string text =
      absl::StrFormat("%-28s %9s\n", "crash images by kind", "images");
  for (int i = 0; i < kImageKinds; ++i) {
    absl::StrAppendFormat(&text, "%-28s %9d\n",
                          AsAbsl(NameOf(static_cast<ImageKind>(i))),
                          images_[static_cast<size_t>(i)]);
  }
  absl::StrAppendFormat(&text,
                        "%-28s %9d (%d more were equal to one of them)\n",
                        "all", total_, repeated_);
  absl::StrAppendFormat(&text, "\n%-28s %9s\n", "invariant", "checked");
  for (const auto& [invariant, count] : checks_) {
    absl::StrAppendFormat(&text, "%-28s %9d\n", invariant, count);
  }
  return text;
}

}  // namespace barnabas::crash
