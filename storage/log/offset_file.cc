#include "storage/log/offset_file.h"

#include <charconv>
#include <cstdint>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "proto/types/error.h"
#include "proto/types/status_macros.h"
#include "storage/log/checkpoint_file.h"
#include "storage/log/file_names.h"

namespace barnabas::log {

absl::StatusOr<std::optional<Offset>> ReadOffsetFile(
    env::FileSystem* files, const std::string& directory,
    std::string_view name) {
  const std::string path = JoinPath(directory, name);
  ASSIGN_OR_RETURN(const std::optional<std::string> text,
                   ReadSmallFile(files, path));
  if (!text.has_value()) return std::nullopt;
  ASSIGN_OR_RETURN(const KeyValues lines, OpenText(*text, path));
  // The one line is named as the file is.
  const std::string value = ValueOf(lines, name).value_or("");
  int64_t offset = -1;
  const auto [end, error] =
      std::from_chars(value.data(), value.data() + value.size(), offset);
  if (error != std::errc() || end != value.data() + value.size() ||
      offset < 0) {
    return MakeError(ErrorCode::kCorruptLog,
                     absl::StrCat(path, " names no offset"),
                     "barnabas storage verify DIR");
  }
  return Offset(offset);
}

absl::Status WriteOffsetFile(env::FileSystem* files,
                             const std::string& directory,
                             std::string_view name, Offset offset) {
  return ReplaceFile(files, directory, name,
                     SealText({{std::string(name), offset.ToString()}}));
}

}  // namespace barnabas::log
