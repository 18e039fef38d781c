#include "client/serving/name_pattern.h"

#include <re2/re2.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/types/error.h"

namespace barnabas::rpc {

NamePattern::NamePattern(std::shared_ptr<const re2::RE2> expression)
    : expression_(std::move(expression)) {}

absl::StatusOr<NamePattern> NamePattern::Compile(const std::string& pattern) {
  if (pattern.empty()) return NamePattern(nullptr);
  if (pattern.size() > kPatternBytesMax) {
    return MakeError(ErrorCode::kInvalidRequest,
                     absl::StrCat("the pattern has ", pattern.size(),
                                  " bytes, more than ", kPatternBytesMax),
                     "use a shorter one");
  }
  re2::RE2::Options options;
  options.set_log_errors(false);
  options.set_never_capture(true);
  auto expression = std::make_shared<const re2::RE2>(pattern, options);
  if (!expression->ok()) {
    return MakeError(ErrorCode::kInvalidRequest,
                     absl::StrCat("the pattern is no regular expression: ",
                                  expression->error()),
                     "see the syntax of RE2, for example orders-.*");
  }
  return NamePattern(std::move(expression));
}

bool NamePattern::Matches(std::string_view name) const {
  if (expression_ == nullptr) return true;
  return re2::RE2::FullMatch(re2::StringPiece(name.data(), name.size()),
                             *expression_);
}

}  // namespace barnabas::rpc
