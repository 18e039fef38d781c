// What people type at the command line: record formats, offsets, headers,
// JSON. What was printed can be read again where the format promises it.

#include <cstdint>
#include <string>
#include <string_view>

#include "absl/time/time.h"
#include "tests/fuzz/fuzz_input.h"
#include "tools/cli/formats/field_text.h"
#include "tools/cli/formats/offset_spec.h"
#include "tools/cli/formats/record_format.h"
#include "tools/cli/output/tree.h"

namespace barnabas::fuzz {
namespace {

// Few enough that parsing stays quick.
constexpr int kRecordsMax = 100;

void TryFormat(FuzzInput* input) {
  auto format = cli::RecordFormat::Compile(input->Text(200));
  if (!format.ok()) return;
  cli::FormatRecord record;
  record.topic = std::string(input->Text(20));
  record.partition = input->Number<int32_t>();
  record.offset = input->Number<int64_t>();
  record.timestamp_ms = input->Number<int32_t>();
  if (input->Below(3) != 0) record.key = std::string(input->Text(40));
  if (input->Below(3) != 0) record.value = std::string(input->Text(40));
  std::string printed;
  format->Print(record, &printed);
  if (!format->PrepareForParsing("\n").ok()) return;
  std::string text(input->Rest());
  std::string_view rest = text;
  for (int i = 0; i < kRecordsMax && !rest.empty(); ++i) {
    const size_t before = rest.size();
    const auto parsed = format->Parse(&rest, /*at_end=*/true);
    if (!parsed.ok() || !parsed->has_value()) break;
    if (rest.size() >= before) Die("a record takes some input");
    std::string again;
    format->Print(**parsed, &again);
  }
}

void TryOffsets(FuzzInput* input) {
  const absl::Time now = absl::FromUnixMillis(1704067200000);
  const std::string text(input->Rest());
  cli::OffsetSpec spec;
  cli::AddOffsetSpec(text, now, absl::UTCTimeZone(), &spec).IgnoreError();
  cli::ParseOffsetPoint(text, now, absl::UTCTimeZone()).status().IgnoreError();
  cli::ParseTimePoint(text, now, absl::UTCTimeZone()).status().IgnoreError();
}

void TryTexts(FuzzInput* input) {
  const std::string text(input->Rest());
  const auto bytes = cli::HexBytes(cli::HexText(text));
  if (!bytes.ok() || *bytes != text) Die("hexadecimal bytes are read back");
  cli::HexBytes(text).status().IgnoreError();
  cli::Base64Bytes(text).status().IgnoreError();
  const auto tree_bytes = cli::BytesOf(cli::BytesTree(text));
  if (!tree_bytes.ok() || *tree_bytes != text) {
    Die("bytes in a document are read back");
  }
  const auto headers = cli::HeadersOf(text);
  if (headers.ok()) {
    const auto again = cli::HeadersOf(cli::HeadersTree(*headers));
    if (!again.ok() || *again != *headers) Die("headers are read back");
  }
}

void TryJson(FuzzInput* input) {
  const std::string text(input->Rest());
  const auto tree = cli::ParseJson(text);
  if (!tree.ok()) return;
  cli::ToYaml(*tree);
  for (const bool pretty : {false, true}) {
    const auto again = cli::ParseJson(cli::ToJson(*tree, pretty));
    if (!again.ok() || !(*again == *tree)) Die("JSON is read back");
  }
}

}  // namespace
}  // namespace barnabas::fuzz

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  barnabas::fuzz::FuzzInput input(data, size);
  switch (input.Below(4)) {
    case 0:
      barnabas::fuzz::TryFormat(&input);
      break;
    case 1:
      barnabas::fuzz::TryOffsets(&input);
      break;
    case 2:
      barnabas::fuzz::TryTexts(&input);
      break;
    default:
      barnabas::fuzz::TryJson(&input);
  }
  return 0;
}
