// JsonLine: one flat JSON object, as histories are made of.
//
// What: writes and reads `{"op":"send","offset":7,"more":[1,2]}`: values are
//   integers, true and false, strings and lists of integers; nothing nests.
// Units: int64. Empty case: `{}` has no members; what is absent reads as the
//   fallback given, an empty text or an empty list.
// Thread: a plain value.
// Errors: Parse says at which byte a line is something else.
// Always true: what Text gave parses to the same members.
#ifndef BARNABAS_TESTS_CHAOS_JSON_LINE_H_
#define BARNABAS_TESTS_CHAOS_JSON_LINE_H_

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"

namespace barnabas::chaos {

class JsonLine {
 public:
  using List = std::vector<int64_t>;

  static absl::StatusOr<JsonLine> Parse(std::string_view text);

  JsonLine& Set(std::string_view name, int64_t value);
  JsonLine& Set(std::string_view name, std::string_view value);
  JsonLine& Set(std::string_view name, List value);
  // Not an overload: a text literal would be a truth value.
  JsonLine& SetTruth(std::string_view name, bool value);

  int64_t Number(std::string_view name, int64_t fallback = -1) const;
  std::string Text(std::string_view name) const;
  bool Truth(std::string_view name) const;
  List Numbers(std::string_view name) const;

  // The line, without its end.
  std::string ToString() const;

 private:
  using Value = std::variant<int64_t, bool, std::string, List>;

  std::map<std::string, Value, std::less<>> members_;
};

}  // namespace barnabas::chaos

#endif  // BARNABAS_TESTS_CHAOS_JSON_LINE_H_
