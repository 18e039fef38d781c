#include "tools/cli/formats/field_text.h"

#include <cstddef>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "proto/types/error.h"
#include "proto/types/status_macros.h"
#include "proto/types/text.h"

namespace barnabas::cli {
namespace {

absl::Status NotOfForm(std::string_view text, const char* form) {
  return MakeError(
      ErrorCode::kInvalidRecord,
      absl::StrCat("\"", AsAbsl(text.substr(0, 40)), "\" is not ", form));
}

bool NeedsEscape(char c) {
  return c == '%' || c == ',' || c == '=' ||
         static_cast<unsigned char>(c) < 0x20;
}

std::string Escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (NeedsEscape(c)) {
      absl::StrAppendFormat(&out, "%%%02x", static_cast<unsigned char>(c));
    } else {
      out.push_back(c);
    }
  }
  return out;
}

absl::StatusOr<std::string> Unescaped(std::string_view text) {
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out.push_back(text[i]);
      continue;
    }
    ASSIGN_OR_RETURN(const std::string byte, HexBytes(text.substr(i + 1, 2)));
    // Only what Escaped writes is read, so that printing gives it back.
    if (byte.size() != 1 || Escaped(byte) != text.substr(i, 3)) {
      return NotOfForm(text, "a header");
    }
    out.append(byte);
    i += 2;
  }
  return out;
}

// How many bytes a sequence that begins with `lead` has; 0: none does.
size_t SequenceLength(unsigned char lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xc2 && lead < 0xe0) return 2;
  if (lead >= 0xe0 && lead < 0xf0) return 3;
  if (lead >= 0xf0 && lead < 0xf5) return 4;
  return 0;
}

}  // namespace

bool IsUtf8(std::string_view text) {
  size_t at = 0;
  while (at < text.size()) {
    const auto lead = static_cast<unsigned char>(text[at]);
    const size_t length = SequenceLength(lead);
    if (length == 0 || at + length > text.size()) return false;
    for (size_t i = 1; i < length; ++i) {
      if ((static_cast<unsigned char>(text[at + i]) & 0xc0) != 0x80) {
        return false;
      }
    }
    const auto second =
        static_cast<unsigned char>(length > 1 ? text[at + 1] : 0);
    // Overlong forms, surrogates, beyond the last code point.
    if ((lead == 0xe0 && second < 0xa0) || (lead == 0xed && second > 0x9f) ||
        (lead == 0xf0 && second < 0x90) || (lead == 0xf4 && second > 0x8f)) {
      return false;
    }
    at += length;
  }
  return true;
}

Tree BytesTree(const std::optional<std::string>& bytes) {
  if (!bytes.has_value()) return {};
  if (IsUtf8(*bytes)) return Tree::Text(*bytes);
  Tree tree = Tree::Object();
  tree.Add("base64", Tree::Text(absl::Base64Escape(*bytes)));
  return tree;
}

absl::StatusOr<std::optional<std::string>> BytesOf(const Tree& tree) {
  if (tree.kind == Tree::Kind::kNull) return std::nullopt;
  if (tree.kind == Tree::Kind::kText) return tree.text;
  const Tree* base64 = tree.Find("base64");
  if (base64 == nullptr || base64->kind != Tree::Kind::kText) {
    return NotOfForm(ToJson(tree, false), "a text, null or {\"base64\": ...}");
  }
  ASSIGN_OR_RETURN(std::string bytes, Base64Bytes(base64->text));
  return bytes;
}

std::string HexText(std::string_view bytes) {
  return absl::BytesToHexString(AsAbsl(bytes));
}

absl::StatusOr<std::string> HexBytes(std::string_view text) {
  if (text.size() % 2 != 0) return NotOfForm(text, "hex");
  for (const char c : text) {
    if (!absl::ascii_isxdigit(c)) return NotOfForm(text, "hex");
  }
  return absl::HexStringToBytes(AsAbsl(text));
}

absl::StatusOr<std::string> Base64Bytes(std::string_view text) {
  std::string bytes;
  if (!absl::Base64Unescape(AsAbsl(text), &bytes)) {
    return NotOfForm(text, "base64");
  }
  return bytes;
}

std::string HeadersText(const HeaderList& headers) {
  std::string out;
  for (const auto& [name, value] : headers) {
    if (!out.empty()) out.push_back(',');
    out.append(Escaped(name));
    if (value.has_value()) absl::StrAppend(&out, "=", Escaped(*value));
  }
  return out;
}

absl::StatusOr<HeaderList> HeadersOf(std::string_view text) {
  HeaderList headers;
  if (text.empty()) return headers;
  for (absl::string_view part : absl::StrSplit(AsAbsl(text), ',')) {
    const std::string item(part);
    const size_t at = item.find('=');
    ASSIGN_OR_RETURN(std::string name, Unescaped(item.substr(0, at)));
    std::optional<std::string> value;
    if (at != std::string::npos) {
      ASSIGN_OR_RETURN(value, Unescaped(item.substr(at + 1)));
    }
    headers.emplace_back(std::move(name), std::move(value));
  }
  return headers;
}

Tree HeadersTree(const HeaderList& headers) {
  Tree list = Tree::List();
  for (const auto& [name, value] : headers) {
    Tree item = Tree::Object();
    item.Add("name", Tree::Text(name)).Add("value", BytesTree(value));
    list.items.push_back(std::move(item));
  }
  return list;
}

absl::StatusOr<HeaderList> HeadersOf(const Tree& tree) {
  HeaderList headers;
  for (const Tree& item : tree.items) {
    const Tree* name = item.Find("name");
    const Tree* value = item.Find("value");
    if (tree.kind != Tree::Kind::kList || name == nullptr ||
        name->kind != Tree::Kind::kText) {
      return NotOfForm(ToJson(tree, false), "a list of headers");
    }
    std::optional<std::string> bytes;
    if (value != nullptr) {
      ASSIGN_OR_RETURN(bytes, BytesOf(*value));
    }
    headers.emplace_back(name->text, std::move(bytes));
  }
  return headers;
}

}  // namespace barnabas::cli
