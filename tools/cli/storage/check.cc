// `storage info`, `storage verify`, and the noun itself.
#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/types/error.h"
#include "proto/types/status_macros.h"
#include "proto/types/topic_partition.h"
#include "storage/env/posix_file.h"
#include "storage/log/identity.h"
#include "storage/log/verify.h"
#include "tools/cli/frame/exit_code.h"
#include "tools/cli/frame/session.h"
#include "tools/cli/frame/values.h"
#include "tools/cli/output/units.h"
#include "tools/cli/storage/commands.h"

namespace barnabas::cli {
namespace {

// Folders below `directory` that hold a partition's log.
absl::StatusOr<std::vector<std::string>> LogFolders(
    env::FileSystem* files, const std::string& directory) {
  ASSIGN_OR_RETURN(const std::vector<std::string> names,
                   files->List(directory));
  std::vector<std::string> folders;
  for (const std::string& name : names) {
    if (!files->IsDirectory(directory + "/" + name)) continue;
    if (TopicPartition::Parse(name).has_value() || name == "metadata-log") {
      folders.push_back(name);
    }
  }
  return folders;
}

absl::Status RunInfo(Session& session, const std::string& directory) {
  env::PosixFileSystem files;
  ASSIGN_OR_RETURN(const log::Identity identity,
                   log::ReadIdentity(&files, directory));
  ASSIGN_OR_RETURN(const std::vector<std::string> folders,
                   LogFolders(&files, directory));
  ASSIGN_OR_RETURN(const env::FileSystem::Space space,
                   files.SpaceOf(directory));
  Table table{
      {{"ROLE"},
       {"NODE", true},
       {"CLUSTER"},
       {"DIRECTORY"},
       {"FORMAT", true},
       {"LOGS", true},
       {"DISK-FREE", true}},
      {{identity.role, absl::StrCat(identity.node_id.value()),
        identity.cluster_id.ToString(), identity.directory_id.ToString(),
        absl::StrCat(identity.format_version), absl::StrCat(folders.size()),
        ByteText(space.free_bytes)}}};
  Tree tree = Tree::Object();
  tree.Add("role", Tree::Text(identity.role))
      .Add("nodeId", Tree::Number(identity.node_id.value()))
      .Add("clusterId", Tree::Text(identity.cluster_id.ToString()))
      .Add("directoryId", Tree::Text(identity.directory_id.ToString()))
      .Add("formatVersion", Tree::Number(identity.format_version))
      .Add("logs", Tree::Number(static_cast<int64_t>(folders.size())))
      .Add("diskFreeBytes", Tree::Text(absl::StrCat(space.free_bytes)));
  return session.Print({tree, "", {{"", table}}});
}

std::string KindText(log::FindingKind kind) {
  switch (kind) {
    case log::FindingKind::kDamage:
      return "DAMAGE";
    case log::FindingKind::kTail:
      return "TAIL";
    case log::FindingKind::kRebuildable:
      return "REBUILDABLE";
  }
  return "";
}

class Verifying {
 public:
  Verifying() : logs_(Tree::List()) {
    logs_table_.columns = {
        {"LOG"},           {"STATUS"},      {"START", true},   {"END", true},
        {"BATCHES", true}, {"BYTES", true}, {"FINDINGS", true}};
    findings_table_.columns = {
        {"LOG"}, {"KIND"}, {"FILE"}, {"POSITION", true}, {"WHAT"}};
  }

  void Add(const std::string& name, const log::Verification& found) {
    const auto count =
        static_cast<int64_t>(found.findings.size()) + found.findings_left_out;
    if (!found.Sound()) ++unsound_;
    logs_table_.rows.push_back({name, found.Sound() ? "OK" : "DAMAGED",
                                absl::StrCat(found.log_start.value()),
                                absl::StrCat(found.log_end.value()),
                                absl::StrCat(found.batches),
                                ByteText(found.bytes), absl::StrCat(count)});
    Tree findings = Tree::List();
    for (const log::Finding& finding : found.findings) {
      findings_table_.rows.push_back(
          {name, KindText(finding.kind), finding.file,
           absl::StrCat(finding.position), finding.what});
      Tree one = Tree::Object();
      one.Add("kind", Tree::Text(KindText(finding.kind)))
          .Add("file", Tree::Text(finding.file))
          .Add("position", Tree::Text(absl::StrCat(finding.position)))
          .Add("what", Tree::Text(finding.what));
      findings.items.push_back(std::move(one));
    }
    Tree item = Tree::Object();
    item.Add("log", Tree::Text(name))
        .Add("sound", Tree::Bool(found.Sound()))
        .Add("logStart", Tree::Text(absl::StrCat(found.log_start.value())))
        .Add("logEnd", Tree::Text(absl::StrCat(found.log_end.value())))
        .Add("batches", Tree::Text(absl::StrCat(found.batches)))
        .Add("bytes", Tree::Text(absl::StrCat(found.bytes)))
        .Add("findings", std::move(findings));
    logs_.items.push_back(std::move(item));
  }

  Document Finish() {
    Document document;
    document.tree = Tree::Object();
    document.tree.Add("logs", std::move(logs_));
    document.list = "logs";
    document.sections.push_back({"", std::move(logs_table_)});
    if (!findings_table_.rows.empty()) {
      document.sections.push_back({"findings", std::move(findings_table_)});
    }
    return document;
  }

  int64_t unsound() const { return unsound_; }

 private:
  Table logs_table_;
  Table findings_table_;
  Tree logs_;
  int64_t unsound_ = 0;
};

absl::Status RunVerify(Session& session, const std::string& directory) {
  env::PosixFileSystem files;
  // One log's folder, or a whole data directory.
  ASSIGN_OR_RETURN(std::vector<std::string> folders,
                   LogFolders(&files, directory));
  const bool whole = !folders.empty() || files.Exists(directory + "/identity");
  Verifying verifying;
  if (!whole) {
    ASSIGN_OR_RETURN(const log::Verification found,
                     log::VerifyLog(&files, directory));
    verifying.Add(directory, found);
  }
  for (const std::string& folder : folders) {
    ASSIGN_OR_RETURN(const log::Verification found,
                     log::VerifyLog(&files, directory + "/" + folder));
    verifying.Add(folder, found);
  }
  RETURN_IF_ERROR(session.Print(verifying.Finish()));
  if (verifying.unsound() == 0) return absl::OkStatus();
  return WithExitCode(
      MakeError(ErrorCode::kCorruptLog,
                absl::StrCat(verifying.unsound(), " logs of ", directory,
                             " are damaged"),
                "restore them from a copy, or delete the topic"),
      static_cast<int>(ExitCode::kRefused));
}

Command OnDirectory(Command command,
                    absl::Status (*run)(Session&, const std::string&)) {
  auto directory = std::make_shared<std::string>();
  command.arguments = {{.name = "DIR",
                        .help = "A data directory; it may be in use.",
                        .set = SetText(directory.get()),
                        .completes = Completes::kFile}};
  command.run = [directory, run](Session& session) {
    return run(session, *directory);
  };
  return command;
}

}  // namespace

Command StorageInfo() {
  return OnDirectory(
      {.name = "info", .summary = "Show whose data directory this is"},
      RunInfo);
}

Command StorageVerify() {
  Command command{.name = "verify",
                  .summary =
                      "Read every byte of the logs and say what is "
                      "wrong; changes nothing"};
  command.flags = {{.names = "--repair",
                    .refused = "start the node: it cuts torn tails and makes "
                               "indexes anew"}};
  return OnDirectory(std::move(command), RunVerify);
}

Command StorageCommands() {
  Command storage{.name = "storage",
                  .summary = "Data directories: make, show, verify"};
  storage.children = {StorageRandomId(), StorageFormat(), StorageInfo(),
                      StorageVerify()};
  return storage;
}

}  // namespace barnabas::cli
