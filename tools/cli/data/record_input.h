// RecordInput: bytes of stdin or files, cut into records.
//
// What: by delimiter and key delimiter, or by a RecordFormat; holds what is
//   not a whole record yet.
// Units: bytes. Ranges: one record is at most kBatchBytesMax.
// Empty case: no bytes, no records; a last record may lack its delimiter.
// Thread: one at a time.
// Errors: INVALID_RECORD with the number of the record; BATCH_TOO_LARGE for
//   one without an end in sight.
#ifndef BARNABAS_TOOLS_CLI_DATA_RECORD_INPUT_H_
#define BARNABAS_TOOLS_CLI_DATA_RECORD_INPUT_H_

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "tools/cli/formats/record_format.h"

namespace barnabas::cli {

struct InputShape {
  std::string delimiter = "\n";
  // Between key and value; empty: no key in the input.
  std::string key_delimiter = {};
  // Instead of the two delimiters.
  std::optional<RecordFormat> format = {};
  // Empty keys and values are absent ones.
  bool null_empty = false;
};

class RecordInput {
 public:
  explicit RecordInput(InputShape shape);

  // Adds what was read.
  void Add(std::string_view bytes);
  // Nothing more will come.
  void End() { at_end_ = true; }

  // The next record; nullopt when more bytes are needed, or at the end.
  absl::StatusOr<std::optional<FormatRecord>> Next();

  int64_t records() const { return records_; }

 private:
  absl::StatusOr<std::optional<FormatRecord>> Cut(std::string_view* rest);

  const InputShape shape_;
  std::string buffer_;
  // Where the next record begins in buffer_.
  size_t begin_ = 0;
  // Up to here no delimiter was found.
  size_t searched_ = 0;
  bool at_end_ = false;
  int64_t records_ = 0;
};

}  // namespace barnabas::cli

#endif  // BARNABAS_TOOLS_CLI_DATA_RECORD_INPUT_H_
