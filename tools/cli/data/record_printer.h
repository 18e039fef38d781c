// RecordPrinter: consumed records as `consume -f` wants them.
//
// What: a RecordFormat, json (one object a line) or raw (values alone).
// Units: none. Empty case: an absent value prints as nothing, or null in json.
// Thread: one at a time. Errors: Make: usage errors of the format.
#ifndef BARNABAS_TOOLS_CLI_DATA_RECORD_PRINTER_H_
#define BARNABAS_TOOLS_CLI_DATA_RECORD_PRINTER_H_

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "client/consumer/consumer.h"
#include "storage/record/record.h"
#include "tools/cli/formats/record_format.h"

namespace barnabas::cli {

class RecordPrinter {
 public:
  // "json", "raw" or a format; `meta_only` leaves keys, values and headers
  // out.
  static absl::StatusOr<RecordPrinter> Make(const std::string& format,
                                            bool meta_only);

  void Print(const client::ConsumedRecords& batch,
             const record::RecordView& record, std::string* out) const;

 private:
  enum class Kind { kFormat, kJson, kRaw };

  Kind kind_ = Kind::kFormat;
  bool meta_only_ = false;
  std::optional<RecordFormat> format_;
};

}  // namespace barnabas::cli

#endif  // BARNABAS_TOOLS_CLI_DATA_RECORD_PRINTER_H_
