#include "storage/log/file_names.h"

#include <charconv>
#include <cstdint>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "proto/types/text.h"
#include "storage/log/format.h"

namespace barnabas::log {

std::string FileName(Offset offset, std::string_view suffix,
                     std::string_view state) {
  return absl::StrFormat("%020d%s%s", offset.value(), AsAbsl(suffix),
                         AsAbsl(state));
}

std::optional<Offset> ParseFileName(std::string_view name,
                                    std::string_view suffix) {
  if (name.size() != kOffsetDigits + suffix.size() || !name.ends_with(suffix)) {
    return std::nullopt;
  }
  const std::string_view digits = name.substr(0, kOffsetDigits);
  if (digits.find_first_not_of("0123456789") != std::string_view::npos) {
    return std::nullopt;
  }
  int64_t value = 0;
  const auto [end, error] =
      std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc() || end != digits.data() + digits.size()) {
    return std::nullopt;
  }
  return Offset(value);
}

std::string JoinPath(std::string_view directory, std::string_view name) {
  return absl::StrCat(AsAbsl(directory), "/", AsAbsl(name));
}

}  // namespace barnabas::log
