// Bridges between std::string_view and Abseil's own string_view.
//
// Debian builds Abseil with a string_view of its own, so calls such as
// absl::StrCat need `AsAbsl(view)`. Interfaces of this project always say
// std::string_view. Both views borrow; nothing is copied.
// Thread: pure functions. Errors: none.
#ifndef BARNABAS_PROTO_TYPES_TEXT_H_
#define BARNABAS_PROTO_TYPES_TEXT_H_

#include <string_view>

#include "absl/strings/string_view.h"

namespace barnabas {

inline absl::string_view AsAbsl(std::string_view text) {
  return absl::string_view(text.data(), text.size());
}

inline std::string_view AsStd(absl::string_view text) {
  return std::string_view(text.data(), text.size());
}

}  // namespace barnabas

#endif  // BARNABAS_PROTO_TYPES_TEXT_H_
