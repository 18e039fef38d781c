#include "controller/quorum/hard_state_file.h"

#include <cstdint>
#include <optional>
#include <string_view>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "proto/types/error.h"
#include "proto/types/status_macros.h"
#include "storage/log/checkpoint_file.h"

namespace barnabas::quorum {
namespace {

constexpr int kVersion = 1;

std::string PathOf(const std::string& directory) {
  return absl::StrCat(directory, "/", kHardStateName);
}

absl::Status Damaged(const std::string& path, const std::string& what) {
  return MakeError(
      ErrorCode::kCorruptLog, absl::StrCat(path, ": ", what),
      "restore the directory from another voter; a guessed vote could elect "
      "two leaders");
}

absl::StatusOr<int32_t> NumberOf(const log::KeyValues& lines,
                                 std::string_view key,
                                 const std::string& path) {
  const std::optional<std::string> text = log::ValueOf(lines, key);
  int32_t number = 0;
  if (!text.has_value() || !absl::SimpleAtoi(*text, &number) || number < 0) {
    return Damaged(path, absl::StrCat("no valid ", std::string(key)));
  }
  return number;
}

}  // namespace

absl::StatusOr<HardState> ReadHardState(env::FileSystem* files,
                                        const std::string& directory) {
  const std::string path = PathOf(directory);
  ASSIGN_OR_RETURN(const std::optional<std::string> text,
                   log::ReadSmallFile(files, path));
  if (!text.has_value()) return HardState{};
  ASSIGN_OR_RETURN(const log::KeyValues lines, log::OpenText(*text, path));
  ASSIGN_OR_RETURN(const int32_t version, NumberOf(lines, "version", path));
  if (version != kVersion) {
    return MakeError(ErrorCode::kUnsupportedFormat,
                     absl::StrCat(path, " has version ", version,
                                  ", this program knows ", kVersion),
                     "start the version that wrote it");
  }
  HardState state;
  ASSIGN_OR_RETURN(const int32_t term, NumberOf(lines, "term", path));
  state.term = Term(term);
  if (!log::ValueOf(lines, "vote").has_value()) return state;
  ASSIGN_OR_RETURN(const int32_t vote, NumberOf(lines, "vote", path));
  const std::optional<std::string> id = log::ValueOf(lines, "vote_directory");
  const std::optional<Uuid> voted =
      id.has_value() ? Uuid::Parse(*id) : std::nullopt;
  if (!voted.has_value()) return Damaged(path, "no valid vote_directory");
  state.vote = VoterKey{NodeId(vote), *voted};
  return state;
}

absl::Status WriteHardState(env::FileSystem* files,
                            const std::string& directory,
                            const HardState& state) {
  log::KeyValues lines = {
      {"version", absl::StrCat(kVersion)},
      {"term", state.term.ToString()},
  };
  if (state.vote.has_value()) {
    lines.emplace_back("vote", state.vote->id.ToString());
    lines.emplace_back("vote_directory", state.vote->directory.ToString());
  }
  return log::ReplaceFile(files, directory, kHardStateName,
                          log::SealText(lines));
}

}  // namespace barnabas::quorum
