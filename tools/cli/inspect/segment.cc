// `inspect segment`.
#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "proto/types/error.h"
#include "proto/types/status_macros.h"
#include "proto/types/text.h"
#include "storage/env/posix_file.h"
#include "storage/log/inspect.h"
#include "storage/record/batch_reader.h"
#include "storage/record/compression.h"
#include "tools/cli/frame/exit_code.h"
#include "tools/cli/frame/session.h"
#include "tools/cli/frame/values.h"
#include "tools/cli/inspect/commands.h"

namespace barnabas::cli {
namespace {

struct Flags {
  std::vector<std::string> files;
  bool records = false;
  int64_t count = 0;
};

std::string CodecText(const record::BatchHeader& header) {
  return header.CodecBits() <= 4 ? std::string(record::NameOf(header.codec()))
                                 : absl::StrCat("unknown ", header.CodecBits());
}

std::string FlagsText(const record::BatchHeader& header) {
  std::string text;
  if (header.IsControl()) text += 'C';
  if (header.IsTransactional()) text += 'T';
  if (header.timestamp_type() == record::TimestampType::kLogAppendTime) {
    text += 'A';
  }
  if (header.HasDeleteHorizon()) text += 'D';
  return text.empty() ? "-" : text;
}

std::string TimeText(int64_t ms) {
  if (ms < 0) return "-";
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", absl::FromUnixMillis(ms),
                          absl::UTCTimeZone());
}

Tree MaybeText(const std::optional<std::string_view>& bytes) {
  return bytes.has_value() ? Tree::Text(*bytes) : Tree();
}

// Rows and items of one file.
class Listing {
 public:
  Listing() {
    batches_.columns = {
        {"POSITION", true},   {"BASE", true},  {"LAST", true},
        {"COUNT", true},      {"EPOCH", true}, {"CODEC"},
        {"BYTES", true},      {"MAX-TIME"},    {"PRODUCER", true},
        {"SEQUENCE", true},   {"FLAGS"},       {"CRC"},
        {"FILE", false, true}};
    records_.columns = {
        {"OFFSET", true}, {"TIME"}, {"KEY"}, {"VALUE"}, {"HEADERS", true}};
    tree_ = Tree::List();
  }

  void Add(const std::string& file, const log::InspectedBatch& batch) {
    const record::BatchHeader& header = batch.header;
    const std::string crc = batch.checksum_ok ? "ok" : "WRONG";
    batches_.rows.push_back(
        {absl::StrCat(batch.position), absl::StrCat(header.base_offset.value()),
         absl::StrCat(header.LastOffset().value()),
         absl::StrCat(header.record_count),
         absl::StrCat(header.leader_epoch.value()), CodecText(header),
         absl::StrCat(header.SizeBytes()), TimeText(header.max_timestamp_ms),
         absl::StrCat(header.producer_id.value()),
         absl::StrCat(header.base_sequence), FlagsText(header), crc, file});
    Tree item = Tree::Object();
    item.Add("file", Tree::Text(file))
        .Add("position", Number(batch.position))
        .Add("baseOffset", Number(header.base_offset.value()))
        .Add("lastOffset", Number(header.LastOffset().value()))
        .Add("recordCount", Tree::Number(header.record_count))
        .Add("leaderEpoch", Tree::Number(header.leader_epoch.value()))
        .Add("codec", Tree::Text(CodecText(header)))
        .Add("sizeBytes", Number(header.SizeBytes()))
        .Add("baseTimestampMs", Number(header.base_timestamp_ms))
        .Add("maxTimestampMs", Number(header.max_timestamp_ms))
        .Add("producerId", Number(header.producer_id.value()))
        .Add("producerEpoch", Tree::Number(header.producer_epoch.value()))
        .Add("baseSequence", Tree::Number(header.base_sequence))
        .Add("control", Tree::Bool(header.IsControl()))
        .Add("transactional", Tree::Bool(header.IsTransactional()))
        .Add("crc", Tree::Text(absl::StrCat(absl::Hex(header.crc))))
        .Add("crcOk", Tree::Bool(batch.checksum_ok))
        .Add("records", Tree::List());
    tree_.items.push_back(std::move(item));
  }

  void Add(const record::RecordView& record) {
    records_.rows.push_back({absl::StrCat(record.offset.value()),
                             TimeText(record.timestamp_ms), Shown(record.key),
                             Shown(record.value),
                             absl::StrCat(record.headers.size())});
    Tree headers = Tree::List();
    for (const record::HeaderView& header : record.headers) {
      Tree one = Tree::Object();
      one.Add("name", Tree::Text(header.name))
          .Add("value", MaybeText(header.value));
      headers.items.push_back(std::move(one));
    }
    Tree item = Tree::Object();
    item.Add("offset", Number(record.offset.value()))
        .Add("timestampMs", Number(record.timestamp_ms))
        .Add("key", MaybeText(record.key))
        .Add("value", MaybeText(record.value))
        .Add("headers", std::move(headers));
    tree_.items.back().Find("records")->items.push_back(std::move(item));
  }

  Document Finish(bool with_records) {
    Document document;
    document.tree = Tree::Object();
    document.tree.Add("batches", std::move(tree_));
    document.list = "batches";
    document.sections.push_back({"", std::move(batches_)});
    if (with_records) document.sections.push_back({"records", records_});
    return document;
  }

 private:
  // 64-bit numbers are texts, as in ProtoJSON.
  static Tree Number(int64_t number) {
    return Tree::Text(absl::StrCat(number));
  }
  static std::string Shown(const std::optional<std::string_view>& bytes) {
    return bytes.has_value() ? absl::CHexEscape(AsAbsl(*bytes)) : "(none)";
  }

  Table batches_;
  Table records_;
  Tree tree_;
};

absl::Status ListRecords(const log::SegmentInspection& segment,
                         const log::InspectedBatch& batch, Listing* listing) {
  ASSIGN_OR_RETURN(const std::string bytes, segment.BytesOf(batch));
  record::RecordReader reader;
  RETURN_IF_ERROR(reader.Open(record::BatchView{batch.header, bytes}, false));
  record::RecordView record;
  while (true) {
    ASSIGN_OR_RETURN(const bool more, reader.Next(&record));
    if (!more) return absl::OkStatus();
    listing->Add(record);
  }
}

absl::Status ListFile(const std::string& file, const Flags& flags,
                      Listing* listing, int64_t* wrong) {
  env::PosixFileSystem files;
  ASSIGN_OR_RETURN(const std::unique_ptr<log::SegmentInspection> segment,
                   log::SegmentInspection::Open(&files, file));
  for (int64_t i = 0; flags.count == 0 || i < flags.count; ++i) {
    ASSIGN_OR_RETURN(const std::optional<log::InspectedBatch> batch,
                     segment->Next());
    if (!batch.has_value()) return absl::OkStatus();
    listing->Add(file, *batch);
    if (!batch->checksum_ok) ++*wrong;
    if (flags.records && batch->checksum_ok) {
      RETURN_IF_ERROR(ListRecords(*segment, *batch, listing));
    }
  }
  return absl::OkStatus();
}

absl::Status RunSegment(Session& session, const Flags& flags) {
  Listing listing;
  int64_t wrong = 0;
  absl::Status first;
  for (const std::string& file : flags.files) {
    const absl::Status listed = ListFile(file, flags, &listing, &wrong);
    if (first.ok()) first = listed;
  }
  RETURN_IF_ERROR(session.Print(listing.Finish(flags.records)));
  RETURN_IF_ERROR(first);
  if (wrong == 0) return absl::OkStatus();
  return MakeError(ErrorCode::kCorruptRecord,
                   absl::StrCat(wrong, " batches have a wrong checksum"),
                   "barnabas storage verify DIR");
}

}  // namespace

Command InspectSegment() {
  auto flags = std::make_shared<Flags>();
  Command command{.name = "segment",
                  .aliases = {"log"},
                  .summary = "Show the batches of a .log file"};
  command.details =
      "FLAGS: C control, T transactional, A append time, D delete horizon.\n"
      "Example: barnabas inspect segment 00000000000000000000.log --records";
  command.flags = {{.names = "--records",
                    .help = "Show every record too.",
                    .set = SetSwitch(&flags->records)},
                   {.names = "-n,--num",
                    .value = "N",
                    .help = "Stop after N batches of each file.",
                    .set = SetInteger(&flags->count, 1, INT64_MAX)}};
  command.arguments = {{.name = "FILE...",
                        .help = "Segment files.",
                        .min = 1,
                        .max = -1,
                        .set = AddText(&flags->files),
                        .completes = Completes::kFile}};
  command.run = [flags](Session& session) {
    return RunSegment(session, *flags);
  };
  return command;
}

}  // namespace barnabas::cli
