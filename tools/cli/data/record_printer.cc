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

// 64-bit numbers are texts, as in all JSON here.
Tree TreeOfRecord(const FormatRecord& record, bool meta_only) {
  Tree tree = Tree::Object();
  tree.Add("topic", Tree::Text(record.topic))
      .Add("partition", Tree::Number(record.partition.value_or(-1)))
      .Add("offset", Tree::Text(absl::StrCat(record.offset.value_or(-1))))
      .Add("timestampMs",
           Tree::Text(absl::StrCat(record.timestamp_ms.value_or(-1))))
      .Add("leaderEpoch", Tree::Number(record.leader_epoch.value_or(-1)));
  if (!meta_only) {
    tree.Add("key", BytesTree(record.key))
        .Add("value", BytesTree(record.value))
        .Add("headers", HeadersTree(record.headers));
  }
  return tree;
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
      absl::StrAppend(
          out,
          ToJson(TreeOfRecord(Copy(batch, record, meta_only_), meta_only_),
                 false),
          "\n");
      return;
    case Kind::kFormat:
      format_->Print(Copy(batch, record, meta_only_), out);
      return;
  }
}

}  // namespace barnabas::cli
