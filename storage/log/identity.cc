#include "storage/log/identity.h"

#include <charconv>
#include <cstdint>
#include <string_view>
#include <system_error>
#include <vector>

#include "absl/strings/str_cat.h"
#include "proto/types/error.h"
#include "proto/types/status_macros.h"
#include "proto/types/text.h"
#include "storage/log/checkpoint_file.h"
#include "storage/log/file_names.h"

namespace barnabas::log {
namespace {

constexpr std::string_view kFileName = "identity";
constexpr char kFormat[] = "format";
constexpr char kClusterId[] = "cluster_id";
constexpr char kNodeId[] = "node_id";
constexpr char kRole[] = "role";
constexpr char kDirectoryId[] = "directory_id";

std::string PathIn(const std::string& directory) {
  return JoinPath(directory, kFileName);
}

std::optional<int32_t> ParseInt(const std::optional<std::string>& text) {
  if (!text.has_value()) return std::nullopt;
  int32_t value = 0;
  const char* const end = text->data() + text->size();
  const auto [at, error] = std::from_chars(text->data(), end, value);
  if (error != std::errc() || at != end) return std::nullopt;
  return value;
}

std::optional<Uuid> ParseUuid(const std::optional<std::string>& text) {
  return text.has_value() ? Uuid::Parse(*text) : std::nullopt;
}

absl::Status Incomplete(const std::string& path) {
  return MakeError(ErrorCode::kCorruptLog,
                   absl::StrCat(path,
                                " is damaged: a line is missing or "
                                "makes no sense"),
                   "restore the file from a copy; nothing was changed");
}

// What may lie in a directory that is about to be formatted.
bool IsHarmless(std::string_view name) {
  return name == "identity.tmp" || name == "lost+found" || name == "lock";
}

std::string Describe(const Identity& identity) {
  return absl::StrCat(identity.role, " ", identity.node_id.value(),
                      " of cluster ", identity.cluster_id.ToString());
}

}  // namespace

absl::StatusOr<Identity> ReadIdentity(env::FileSystem* files,
                                      const std::string& directory) {
  const std::string path = PathIn(directory);
  ASSIGN_OR_RETURN(const std::optional<std::string> text,
                   ReadSmallFile(files, path));
  if (!text.has_value()) {
    return MakeError(ErrorCode::kNotFormatted,
                     absl::StrCat(directory, " has no identity"),
                     "barnabas storage format");
  }
  ASSIGN_OR_RETURN(const KeyValues lines, OpenText(*text, path));
  const std::optional<int32_t> format = ParseInt(ValueOf(lines, kFormat));
  if (!format.has_value()) return Incomplete(path);
  // Before anything else is looked at: it may mean something different.
  if (*format != kDirectoryFormatVersion) {
    return MakeError(
        ErrorCode::kUnsupportedFormat,
        absl::StrCat(directory, " has format ", *format,
                     ", this version knows format ", kDirectoryFormatVersion),
        "start the version that wrote it; nothing was changed");
  }
  const std::optional<Uuid> cluster = ParseUuid(ValueOf(lines, kClusterId));
  const std::optional<int32_t> node = ParseInt(ValueOf(lines, kNodeId));
  const std::optional<std::string> role = ValueOf(lines, kRole);
  const std::optional<Uuid> id = ParseUuid(ValueOf(lines, kDirectoryId));
  if (!cluster || !node || !role || !id) return Incomplete(path);
  return Identity{*format, *cluster, NodeId(*node), *role, *id};
}

absl::Status WriteIdentity(env::FileSystem* files, const std::string& directory,
                           const Identity& identity) {
  const absl::StatusOr<Identity> found = ReadIdentity(files, directory);
  if (found.ok() && *found == identity) return absl::OkStatus();
  if (found.ok()) {
    return MakeError(
        ErrorCode::kWrongIdentity,
        absl::StrCat(directory, " belongs to ", Describe(*found), " already"),
        "give another directory");
  }
  if (CodeOf(found.status()) != ErrorCode::kNotFormatted) {
    return found.status();
  }
  RETURN_IF_ERROR(files->CreateDirectory(directory));
  ASSIGN_OR_RETURN(const std::vector<std::string> names,
                   files->List(directory));
  for (const std::string& name : names) {
    if (IsHarmless(name)) continue;
    return MakeError(ErrorCode::kDirectoryUnusable,
                     absl::StrCat(directory, " is not empty: it holds ", name),
                     "give an empty directory");
  }
  return ReplaceFile(
      files, directory, kFileName,
      SealText({{kFormat, absl::StrCat(identity.format_version)},
                {kClusterId, identity.cluster_id.ToString()},
                {kNodeId, identity.node_id.ToString()},
                {kRole, identity.role},
                {kDirectoryId, identity.directory_id.ToString()}}));
}

absl::Status RequireIdentity(const Identity& found, NodeId node_id,
                             const std::string& role,
                             std::optional<Uuid> cluster_id) {
  const bool fits = found.node_id == node_id && found.role == role &&
                    (!cluster_id || found.cluster_id == *cluster_id);
  if (fits) return absl::OkStatus();
  const std::string wanted =
      absl::StrCat(role, " ", node_id.value(),
                   cluster_id ? " of cluster " + cluster_id->ToString() : "");
  return MakeError(ErrorCode::kWrongIdentity,
                   absl::StrCat("the data directory belongs to ",
                                Describe(found), ", not to ", wanted),
                   "give this node its own directory; nothing was changed");
}

}  // namespace barnabas::log
