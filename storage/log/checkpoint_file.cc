#include "storage/log/checkpoint_file.h"

#include <cstdint>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "proto/types/error.h"
#include "proto/types/status_macros.h"
#include "proto/types/text.h"
#include "storage/log/file_names.h"
#include "storage/log/format.h"
#include "storage/record/crc32c.h"

namespace barnabas::log {
namespace {

constexpr std::string_view kChecksumKey = "checksum=";

absl::Status Damaged(const std::string& path, std::string_view why) {
  return MakeError(ErrorCode::kCorruptLog,
                   absl::StrCat(path, " is damaged: ", AsAbsl(why)),
                   "restore the file from a copy; nothing was changed");
}

std::string ChecksumLine(std::string_view body) {
  return absl::StrFormat("checksum=%08x\n", record::Crc32c(body));
}

}  // namespace

bool WillPass(const absl::Status& status) {
  const ErrorCode code = CodeOf(status);
  return code == ErrorCode::kDiskFull || code == ErrorCode::kLimitExceeded;
}

absl::Status ReplaceFile(env::FileSystem* files, const std::string& directory,
                         std::string_view name, std::string_view contents) {
  const std::string path = JoinPath(directory, name);
  const std::string temporary = absl::StrCat(path, AsAbsl(kTemporarySuffix));
  {
    ASSIGN_OR_RETURN(std::unique_ptr<env::File> file,
                     files->Open(temporary, env::OpenMode::kTruncate));
    const std::string_view parts[] = {contents};
    RETURN_IF_ERROR(file->WriteAt(0, parts));
    // Before the rename: a name must never lead to bytes that are not there.
    RETURN_IF_ERROR(file->Sync());
  }
  RETURN_IF_ERROR(files->Rename(temporary, path));
  return files->SyncDirectory(directory);
}

absl::StatusOr<std::optional<std::string>> ReadSmallFile(
    env::FileSystem* files, const std::string& path) {
  absl::StatusOr<std::unique_ptr<env::File>> file =
      files->Open(path, env::OpenMode::kRead);
  if (absl::IsNotFound(file.status())) return std::nullopt;
  RETURN_IF_ERROR(file.status());
  ASSIGN_OR_RETURN(const int64_t size, (*file)->Size());
  if (size > kSmallFileBytesMax) {
    return Damaged(path, absl::StrCat("it has ", size, " bytes"));
  }
  std::string contents(static_cast<size_t>(size), '\0');
  ASSIGN_OR_RETURN(const size_t got,
                   (*file)->ReadAt(0, contents.size(), contents.data()));
  contents.resize(got);
  return contents;
}

std::string SealText(const KeyValues& lines) {
  std::string text;
  for (const auto& [key, value] : lines) {
    absl::StrAppend(&text, key, "=", value, "\n");
  }
  return text + ChecksumLine(text);
}

absl::StatusOr<KeyValues> OpenText(std::string_view text,
                                   const std::string& path) {
  const size_t at = text.rfind(kChecksumKey);
  if (at == std::string_view::npos) {
    return Damaged(path, "its checksum line is missing");
  }
  const std::string_view body = text.substr(0, at);
  if (text.substr(at) != ChecksumLine(body)) {
    return Damaged(path, "its checksum does not match");
  }
  KeyValues lines;
  std::string_view rest = body;
  while (!rest.empty()) {
    const size_t end = rest.find('\n');
    const std::string_view line = rest.substr(0, end);
    const size_t equals = line.find('=');
    if (end == std::string_view::npos || equals == std::string_view::npos) {
      return Damaged(path, "a line is not key=value");
    }
    lines.emplace_back(line.substr(0, equals), line.substr(equals + 1));
    rest.remove_prefix(end + 1);
  }
  return lines;
}

std::optional<std::string> ValueOf(const KeyValues& lines,
                                   std::string_view key) {
  for (const auto& [name, value] : lines) {
    if (name == key) return value;
  }
  return std::nullopt;
}

}  // namespace barnabas::log
