// `inspect index`, and the noun itself.
#include <memory>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "proto/types/status_macros.h"
#include "storage/env/posix_file.h"
#include "storage/log/inspect.h"
#include "tools/cli/frame/exit_code.h"
#include "tools/cli/frame/session.h"
#include "tools/cli/frame/values.h"
#include "tools/cli/inspect/commands.h"

namespace barnabas::cli {
namespace {

absl::StatusOr<Document> OffsetEntries(const std::string& file) {
  env::PosixFileSystem files;
  ASSIGN_OR_RETURN(const std::vector<log::OffsetEntry> entries,
                   log::ReadOffsetIndex(&files, file));
  Table table{{{"OFFSET", true}, {"POSITION", true}}, {}};
  Tree list = Tree::List();
  for (const log::OffsetEntry& entry : entries) {
    table.rows.push_back(
        {absl::StrCat(entry.offset.value()), absl::StrCat(entry.position)});
    Tree item = Tree::Object();
    item.Add("offset", Tree::Text(absl::StrCat(entry.offset.value())))
        .Add("position", Tree::Text(absl::StrCat(entry.position)));
    list.items.push_back(std::move(item));
  }
  Tree tree = Tree::Object();
  tree.Add("entries", std::move(list));
  return Document{std::move(tree), "entries", {{"", std::move(table)}}};
}

absl::StatusOr<Document> TimeEntries(const std::string& file) {
  env::PosixFileSystem files;
  ASSIGN_OR_RETURN(const std::vector<log::TimeEntry> entries,
                   log::ReadTimeIndex(&files, file));
  Table table{{{"TIMESTAMP-MS", true}, {"TIME"}, {"OFFSET", true}}, {}};
  Tree list = Tree::List();
  for (const log::TimeEntry& entry : entries) {
    table.rows.push_back(
        {absl::StrCat(entry.timestamp_ms),
         absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ",
                          absl::FromUnixMillis(entry.timestamp_ms),
                          absl::UTCTimeZone()),
         absl::StrCat(entry.offset.value())});
    Tree item = Tree::Object();
    item.Add("timestampMs", Tree::Text(absl::StrCat(entry.timestamp_ms)))
        .Add("offset", Tree::Text(absl::StrCat(entry.offset.value())));
    list.items.push_back(std::move(item));
  }
  Tree tree = Tree::Object();
  tree.Add("entries", std::move(list));
  return Document{std::move(tree), "entries", {{"", std::move(table)}}};
}

absl::Status RunIndex(Session& session, const std::string& file) {
  const bool times = absl::EndsWith(file, ".timeindex");
  if (!times && !absl::EndsWith(file, ".index")) {
    return UsageError(absl::StrCat(file,
                                   " ends with neither .index nor "
                                   ".timeindex"),
                      "barnabas inspect segment FILE.log");
  }
  ASSIGN_OR_RETURN(const Document document,
                   times ? TimeEntries(file) : OffsetEntries(file));
  return session.Print(document);
}

}  // namespace

Command InspectIndex() {
  auto file = std::make_shared<std::string>();
  Command command{.name = "index",
                  .summary = "Show the entries of an .index or .timeindex"};
  command.arguments = {{.name = "FILE",
                        .help = "The index.",
                        .set = SetText(file.get()),
                        .completes = Completes::kFile}};
  command.run = [file](Session& session) { return RunIndex(session, *file); };
  return command;
}

Command InspectCommands() {
  Command inspect{.name = "inspect",
                  .summary = "Look into the files of a log, without a server"};
  inspect.children = {InspectSegment(), InspectIndex(), InspectMeta()};
  const char* const later = "inspect segment and inspect index";
  for (const char* name : {"snapshot", "offsets"}) {
    inspect.children.push_back(Command{.name = name,
                                       .summary = "Comes with a later release",
                                       .refused = later});
  }
  return inspect;
}

}  // namespace barnabas::cli
