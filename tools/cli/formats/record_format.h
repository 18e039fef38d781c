// RecordFormat: records as text and text as records, by one pattern.
//
// What: `consume -f` prints by it, `produce -f` reads by it.
//   %t topic  %p partition  %o offset  %k key  %v %s value  %h headers
//   %d %T time in ms  %K %V %S lengths of key and value  %e leader epoch
//   %x producer id  %% a percent sign
//   Behind key, value: {hex} {base64} {json}; behind headers: {json};
//   behind a time: {strftime[%F %T]} (UTC). Escapes: \n \t \r \0 \\ \xNN.
// Picture of headers: name=value,name=value with '%', ',', '=' and control
//   bytes as %NN; a header without value is a name alone.
// Units: milliseconds, bytes. Empty case: an empty pattern is refused. An
//   absent key or value prints as `null_text` (default ""), or null in json.
// Thread: immutable once made.
// Errors: usage errors (exit 2) for a bad pattern; INVALID_RECORD for input
//   that does not follow it.
// Always true: Print(Parse(text)) == text for every text that Print wrote by a
//   pattern that can be read (PrepareForParsing) and whose fields do not hold
//   the text that ends them; with lengths (%K %V) any bytes come back.
#ifndef BARNABAS_TOOLS_CLI_FORMATS_RECORD_FORMAT_H_
#define BARNABAS_TOOLS_CLI_FORMATS_RECORD_FORMAT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

namespace barnabas::cli {

struct FormatRecord {
  std::string topic = {};
  std::optional<int32_t> partition;
  std::optional<int64_t> offset;
  std::optional<int64_t> timestamp_ms;
  std::optional<int32_t> leader_epoch;
  std::optional<int64_t> producer_id;
  std::optional<std::string> key;
  std::optional<std::string> value;
  std::vector<std::pair<std::string, std::optional<std::string>>> headers = {};

  bool operator==(const FormatRecord&) const = default;
};

class RecordFormat {
 public:
  enum class Field {
    kLiteral,
    kTopic,
    kPartition,
    kOffset,
    kKey,
    kValue,
    kHeaders,
    kTime,
    kKeyLength,
    kValueLength,
    kLeaderEpoch,
    kProducerId,
  };
  enum class Modifier { kNone, kHex, kBase64, kJson, kTimePattern };

  struct Element {
    Field field = Field::kLiteral;
    Modifier modifier = Modifier::kNone;
    // Of a literal, or the pattern of strftime.
    std::string text = {};
  };

  static absl::StatusOr<RecordFormat> Compile(std::string_view pattern);

  // What an absent key or value looks like.
  void SetNullText(std::string text) { null_text_ = std::move(text); }

  // Appends the record to `out`.
  void Print(const FormatRecord& record, std::string* out) const;

  // Whether fields can be told apart when read; `Parse` needs it. A pattern
  // that does not end with text gets `delimiter` at its end.
  absl::Status PrepareForParsing(std::string_view delimiter);

  // Takes one record off the front of `input`. nullopt: more input is needed
  // (at the end of all input: the delimiter may be missing).
  absl::StatusOr<std::optional<FormatRecord>> Parse(std::string_view* input,
                                                    bool at_end) const;

  const std::vector<Element>& elements() const { return elements_; }

 private:
  std::vector<Element> elements_ = {};
  std::string null_text_ = {};
};

}  // namespace barnabas::cli

#endif  // BARNABAS_TOOLS_CLI_FORMATS_RECORD_FORMAT_H_
