// FieldText: the text of one field of a record, both ways.
//
// What: hex, base64, JSON and plain forms of bytes; headers; times.
// Units: milliseconds. Empty case: empty bytes are empty text, "" in JSON.
// Thread: pure functions.
// Errors: INVALID_RECORD when a text is not of its form.
#ifndef BARNABAS_TOOLS_CLI_FORMATS_FIELD_TEXT_H_
#define BARNABAS_TOOLS_CLI_FORMATS_FIELD_TEXT_H_

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/cli/output/tree.h"

namespace barnabas::cli {

using HeaderList =
    std::vector<std::pair<std::string, std::optional<std::string>>>;

// Bytes as JSON: a text when they are UTF-8, else {"base64": ...}; null.
Tree BytesTree(const std::optional<std::string>& bytes);
absl::StatusOr<std::optional<std::string>> BytesOf(const Tree& tree);

std::string HexText(std::string_view bytes);
absl::StatusOr<std::string> HexBytes(std::string_view text);
absl::StatusOr<std::string> Base64Bytes(std::string_view text);

std::string HeadersText(const HeaderList& headers);
absl::StatusOr<HeaderList> HeadersOf(std::string_view text);
Tree HeadersTree(const HeaderList& headers);
absl::StatusOr<HeaderList> HeadersOf(const Tree& tree);

bool IsUtf8(std::string_view text);

}  // namespace barnabas::cli

#endif  // BARNABAS_TOOLS_CLI_FORMATS_FIELD_TEXT_H_
