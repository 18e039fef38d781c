// NamePattern: the regular expression that callers filter names by.
//
// What: RE2 over the whole name, so its time is linear in the name whatever a
//   caller sends.
// Units: bytes. Empty case: an empty pattern matches every name.
// Thread: Matches from any thread.
// Errors: INVALID_REQUEST for a pattern that RE2 does not take or that is
//   longer than kPatternBytesMax.
#ifndef BARNABAS_CLIENT_SERVING_NAME_PATTERN_H_
#define BARNABAS_CLIENT_SERVING_NAME_PATTERN_H_

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"

namespace re2 {
class RE2;
}  // namespace re2

namespace barnabas::rpc {

class NamePattern {
 public:
  static constexpr size_t kPatternBytesMax = 1024;

  static absl::StatusOr<NamePattern> Compile(const std::string& pattern);

  bool Matches(std::string_view name) const;

 private:
  explicit NamePattern(std::shared_ptr<const re2::RE2> expression);

  // Null matches all.
  std::shared_ptr<const re2::RE2> expression_;
};

}  // namespace barnabas::rpc

#endif  // BARNABAS_CLIENT_SERVING_NAME_PATTERN_H_
