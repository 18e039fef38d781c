#include "tools/cli/data/record_printer.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/types/status_macros.h"
#include "tools/cli/formats/field_text.h"
#include "tools/cli/output/tree.h"

namespace barnabas::cli {
namespace {

FormatRecord Copy(const client::ConsumedRecords& batch,
                  const record::RecordView& record, bool meta_only) {
  FormatRecord copy;
  copy.topic = batch.topic();
  copy.partition = batch.partition();
  copy.offset = record.offset.value();
  copy.timestamp_ms = record.timestamp_ms;
  copy.leader_epoch = batch.leader_epoch();
  copy.producer_id = record.producer_id.value();
  if (meta_only) return copy;
  if (record.key.has_value()) copy.key = std::string(*record.key);
  if (record.value.has_value()) copy.value = std::string(*record.value);
  for (const record::HeaderView& header : record.headers) {
    std::optional<std::string> value;
    if (header.value.has_value()) value = std::string(*header.value);
    copy.headers.emplace_back(std::string(header.name), std::move(value));
  }
  return copy;
}

// 64-bit numbers are texts, as in all JSON here. Written by hand: a tree for
// each record would cost several times as much.
void AppendJson(const FormatRecord& record, bool meta_only, std::string* out) {
  absl::StrAppend(out, "{\"topic\":", JsonQuoted(record.topic),
                  ",\"partition\":", record.partition.value_or(-1),
                  ",\"offset\":\"", record.offset.value_or(-1),
                  "\",\"timestampMs\":\"", record.timestamp_ms.value_or(-1),
                  "\",\"leaderEpoch\":", record.leader_epoch.value_or(-1));
  if (!meta_only) {
    absl::StrAppend(
        out, ",\"key\":", ToJson(BytesTree(record.key), false),
        ",\"value\":", ToJson(BytesTree(record.value), false),
        ",\"headers\":", ToJson(HeadersTree(record.headers), false));
  }
  out->append("}\n");
}

}  // namespace

absl::StatusOr<RecordPrinter> RecordPrinter::Make(const std::string& format,
                                                  bool meta_only) {
  RecordPrinter printer;
  printer.meta_only_ = meta_only;
  if (format == "json" || (format.empty() && meta_only)) {
    printer.kind_ = Kind::kJson;
  } else if (format == "raw") {
    printer.kind_ = Kind::kRaw;
  } else {
    ASSIGN_OR_RETURN(printer.format_,
                     RecordFormat::Compile(format.empty() ? "%v\\n" : format));
  }
  return printer;
}

void RecordPrinter::Print(const client::ConsumedRecords& batch,
                          const record::RecordView& record,
                          std::string* out) const {
  switch (kind_) {
    case Kind::kRaw:
      if (record.value.has_value()) out->append(*record.value);
      return;
    case Kind::kJson:
      AppendJson(Copy(batch, record, meta_only_), meta_only_, out);
      return;
    case Kind::kFormat:
      format_->Print(Copy(batch, record, meta_only_), out);
      return;
  }
}

}  // namespace barnabas::cli
