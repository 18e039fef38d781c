#include "storage/record/key_check.h"

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "proto/types/error.h"
#include "proto/types/status_macros.h"
#include "storage/record/batch_reader.h"
#include "storage/record/record.h"

namespace barnabas::record {

absl::Status KeysMissing(const std::vector<int32_t>& first, int64_t count) {
  return MakeError(
      ErrorCode::kInvalidRecord,
      absl::StrCat(
          count == 1 ? "record " : "records ", absl::StrJoin(first, ", "),
          count > static_cast<int64_t>(first.size()) ? ", ..." : "",
          count == 1 ? " of the batch has no key" : " of the batch have no key",
          ", and the topic keeps the last record of each key"),
      "give every record a key, or set cleanup.policy=delete");
}

absl::Status CheckKeys(const BatchHeader& header,
                       absl::Span<const std::string_view> slices) {
  std::string joined;
  std::string_view bytes = slices.empty() ? std::string_view() : slices[0];
  if (slices.size() > 1) {
    for (const std::string_view slice : slices) joined.append(slice);
    bytes = joined;
  }
  RecordReader reader;
  RETURN_IF_ERROR(reader.Open({header, bytes}, /*check_crc=*/false));
  std::vector<int32_t> first;
  int64_t count = 0;
  RecordView record;
  for (int32_t i = 0;; ++i) {
    ASSIGN_OR_RETURN(const bool more, reader.Next(&record));
    if (!more) break;
    if (record.key.has_value()) continue;
    ++count;
    if (first.size() < kKeylessNamedMax) first.push_back(i);
  }
  return count == 0 ? absl::OkStatus() : KeysMissing(first, count);
}

}  // namespace barnabas::record
