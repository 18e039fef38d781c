// `inspect meta`.
#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "barnabas/internal/v1/controller.pb.h"
#include "controller/quorum/snapshot_codec.h"
#include "proto/types/error.h"
#include "proto/types/status_macros.h"
#include "storage/env/posix_file.h"
#include "storage/log/identity.h"
#include "storage/log/inspect.h"
#include "storage/record/batch_reader.h"
#include "tools/cli/frame/session.h"
#include "tools/cli/frame/values.h"
#include "tools/cli/inspect/commands.h"

namespace barnabas::cli {
namespace {

// Where the log lies: Kafka's id of __cluster_metadata, partition 0.
constexpr char kLogFolder[] = "AAAAAAAAAAAAAAAAAAAAAQ-0";

struct Flags {
  std::string directory;
  int64_t from = 0;
  int64_t count = 0;
  bool snapshot = false;
};

std::string TimeText(int64_t ms) {
  if (ms <= 0) return "-";
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", absl::FromUnixMillis(ms),
                          absl::UTCTimeZone());
}

// Rows and items: one for each record of the metadata.
class Listing {
 public:
  Listing() {
    records_.columns = {
        {"OFFSET", true}, {"TERM", true}, {"TIME"}, {"RECORD"}, {"VALUE"}};
    snapshots_.columns = {
        {"OFFSET", true}, {"TERM", true}, {"BYTES", true}, {"STATE"}, {"FILE"}};
    entries_ = Tree::List();
    files_ = Tree::List();
  }

  void AddEntry(int64_t offset, int32_t term,
                const internal::v1::MetadataEntry& entry) {
    Tree item = Tree::Object();
    item.Add("offset", Tree::Text(absl::StrCat(offset)))
        .Add("term", Tree::Number(term))
        .Add("entry", TreeOf(entry));
    entries_.items.push_back(std::move(item));
    const auto* const kind =
        internal::v1::ClusterRecord::descriptor()->FindOneofByName("kind");
    for (const internal::v1::ClusterRecord& record : entry.records()) {
      const auto* const reflection = record.GetReflection();
      const auto* const field =
          reflection->GetOneofFieldDescriptor(record, kind);
      const std::string name = field == nullptr ? "unknown" : field->name();
      const std::string value =
          field == nullptr
              ? ""
              : ToJson(TreeOf(reflection->GetMessage(record, field)), false);
      records_.rows.push_back({absl::StrCat(offset), absl::StrCat(term),
                               TimeText(entry.time_ms()), name, value});
    }
  }

  void AddSnapshot(const std::string& name, int64_t bytes,
                   const absl::StatusOr<quorum::Snapshot>& snapshot) {
    const std::string state =
        snapshot.ok() ? "ok" : std::string(snapshot.status().message());
    const std::string index =
        snapshot.ok() ? absl::StrCat(snapshot->id.index.value()) : "-";
    const std::string term =
        snapshot.ok() ? absl::StrCat(snapshot->id.term.value()) : "-";
    snapshots_.rows.push_back({index, term, absl::StrCat(bytes), state, name});
    Tree item = Tree::Object();
    item.Add("file", Tree::Text(name))
        .Add("offset", Tree::Text(index))
        .Add("term", Tree::Text(term))
        .Add("bytes", Tree::Text(absl::StrCat(bytes)))
        .Add("state", Tree::Text(state));
    files_.items.push_back(std::move(item));
  }

  Document Finish() {
    Document document;
    document.tree = Tree::Object();
    document.tree.Add("entries", std::move(entries_))
        .Add("snapshots", std::move(files_));
    document.list = "entries";
    document.sections.push_back({"records", std::move(records_)});
    document.sections.push_back({"snapshots", std::move(snapshots_)});
    return document;
  }

 private:
  Table records_;
  Table snapshots_;
  Tree entries_;
  Tree files_;
};

absl::StatusOr<internal::v1::MetadataEntry> EntryOf(
    const log::SegmentInspection& segment, const log::InspectedBatch& batch) {
  ASSIGN_OR_RETURN(const std::string bytes, segment.BytesOf(batch));
  record::RecordReader reader;
  RETURN_IF_ERROR(reader.Open(record::BatchView{batch.header, bytes}, true));
  record::RecordView record;
  ASSIGN_OR_RETURN(const bool found, reader.Next(&record));
  internal::v1::MetadataEntry entry;
  if (!found || !record.value.has_value() ||
      !entry.ParseFromArray(record.value->data(),
                            static_cast<int>(record.value->size()))) {
    return MakeError(
        ErrorCode::kCorruptLog,
        absl::StrCat("the entry at offset ", batch.header.base_offset.value(),
                     " is no metadata of this version"),
        "use the version that wrote it");
  }
  return entry;
}

absl::Status ListSegment(env::FileSystem* files, const std::string& path,
                         const Flags& flags, int64_t* left, Listing* listing) {
  ASSIGN_OR_RETURN(const std::unique_ptr<log::SegmentInspection> segment,
                   log::SegmentInspection::Open(files, path));
  while (flags.count == 0 || *left > 0) {
    ASSIGN_OR_RETURN(const std::optional<log::InspectedBatch> batch,
                     segment->Next());
    if (!batch.has_value()) return absl::OkStatus();
    if (batch->header.base_offset.value() < flags.from) continue;
    ASSIGN_OR_RETURN(const internal::v1::MetadataEntry entry,
                     EntryOf(*segment, *batch));
    listing->AddEntry(batch->header.base_offset.value(),
                      batch->header.leader_epoch.value(), entry);
    --*left;
  }
  return absl::OkStatus();
}

// Those below `folder` whose names end so, in order.
absl::StatusOr<std::vector<std::string>> NamesIn(env::FileSystem* files,
                                                 const std::string& folder,
                                                 const std::string& suffix) {
  std::vector<std::string> found;
  if (!files->IsDirectory(folder)) return found;
  ASSIGN_OR_RETURN(const std::vector<std::string> names, files->List(folder));
  for (const std::string& name : names) {
    if (absl::EndsWith(name, suffix)) found.push_back(name);
  }
  std::sort(found.begin(), found.end());
  return found;
}

void ListImage(const quorum::Snapshot& snapshot, Listing* listing) {
  internal::v1::ImageSnapshot image;
  if (!image.ParseFromString(snapshot.payload)) return;
  for (const internal::v1::CommittedEntry& entry : image.entries()) {
    listing->AddEntry(entry.offset(), entry.term(), entry.entry());
  }
}

absl::Status ListSnapshots(env::FileSystem* files, const Flags& flags,
                           const Uuid& cluster, Listing* listing) {
  const std::string folder =
      absl::StrCat(flags.directory, "/", quorum::kSnapshotsName);
  ASSIGN_OR_RETURN(const std::vector<std::string> names,
                   NamesIn(files, folder, ".snapshot"));
  std::optional<quorum::Snapshot> newest;
  for (const std::string& name : names) {
    const std::string path = folder + "/" + name;
    ASSIGN_OR_RETURN(const std::unique_ptr<env::File> file,
                     files->Open(path, env::OpenMode::kRead));
    ASSIGN_OR_RETURN(const int64_t size, file->Size());
    std::string bytes(static_cast<size_t>(size), '\0');
    ASSIGN_OR_RETURN(const size_t read,
                     file->ReadAt(0, bytes.size(), bytes.data()));
    bytes.resize(read);
    absl::StatusOr<quorum::Snapshot> snapshot =
        quorum::OpenSnapshot(bytes, cluster, name);
    listing->AddSnapshot(name, size, snapshot);
    if (snapshot.ok()) newest = *std::move(snapshot);
  }
  if (flags.snapshot && newest.has_value()) ListImage(*newest, listing);
  return absl::OkStatus();
}

absl::Status RunMeta(Session& session, const Flags& flags) {
  env::PosixFileSystem files;
  ASSIGN_OR_RETURN(const log::Identity identity,
                   log::ReadIdentity(&files, flags.directory));
  Listing listing;
  RETURN_IF_ERROR(ListSnapshots(&files, flags, identity.cluster_id, &listing));
  absl::Status listed;
  if (!flags.snapshot) {
    const std::string folder = absl::StrCat(flags.directory, "/", kLogFolder);
    ASSIGN_OR_RETURN(const std::vector<std::string> segments,
                     NamesIn(&files, folder, ".log"));
    int64_t left = flags.count;
    for (const std::string& name : segments) {
      listed = ListSegment(&files, folder + "/" + name, flags, &left, &listing);
      if (!listed.ok()) break;
    }
  }
  RETURN_IF_ERROR(session.Print(listing.Finish()));
  return listed;
}

}  // namespace

Command InspectMeta() {
  auto flags = std::make_shared<Flags>();
  Command command{.name = "meta",
                  .aliases = {"metadata"},
                  .summary = "Show a controller's metadata log and snapshots"};
  command.details =
      "DIR is a controller's data directory; its node may be running.\n"
      "Example: barnabas inspect meta /var/lib/barnabas -n 20";
  command.flags = {
      {.names = "--from",
       .value = "OFFSET",
       .help = "Begin there.",
       .set = SetInteger(&flags->from, 0, INT64_MAX)},
      {.names = "-n,--num",
       .value = "N",
       .help = "Stop after N entries.",
       .set = SetInteger(&flags->count, 1, INT64_MAX)},
      {.names = "--snapshot",
       .help = "The records of the newest snapshot instead of the log's.",
       .set = SetSwitch(&flags->snapshot)}};
  command.arguments = {{.name = "DIR",
                        .help = "The data directory.",
                        .set = SetText(&flags->directory),
                        .completes = Completes::kFile}};
  command.run = [flags](Session& session) { return RunMeta(session, *flags); };
  return command;
}

}  // namespace barnabas::cli
