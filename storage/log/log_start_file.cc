#include "storage/log/log_start_file.h"

#include <charconv>
#include <cstdint>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "proto/types/error.h"
#include "proto/types/status_macros.h"
#include "storage/log/checkpoint_file.h"
#include "storage/log/file_names.h"
#include "storage/log/format.h"

namespace barnabas::log {
namespace {

constexpr char kKey[] = "log-start";

}  // namespace

absl::StatusOr<std::optional<Offset>> ReadLogStart(
    env::FileSystem* files, const std::string& directory) {
  const std::string path = JoinPath(directory, kLogStartFileName);
  ASSIGN_OR_RETURN(const std::optional<std::string> text,
                   ReadSmallFile(files, path));
  if (!text.has_value()) return std::nullopt;
  ASSIGN_OR_RETURN(const KeyValues lines, OpenText(*text, path));
  const std::string value = ValueOf(lines, kKey).value_or("");
  int64_t start = -1;
  const auto [end, error] =
      std::from_chars(value.data(), value.data() + value.size(), start);
  if (error != std::errc() || end != value.data() + value.size() || start < 0) {
    return MakeError(ErrorCode::kCorruptLog,
                     absl::StrCat(path, " names no offset"),
                     "barnabas storage verify DIR");
  }
  return Offset(start);
}

absl::Status WriteLogStart(env::FileSystem* files, const std::string& directory,
                           Offset start) {
  return ReplaceFile(files, directory, kLogStartFileName,
                     SealText({{kKey, start.ToString()}}));
}

}  // namespace barnabas::log
