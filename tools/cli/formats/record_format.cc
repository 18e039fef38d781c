#include "tools/cli/formats/record_format.h"

#include <cstddef>

#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "proto/types/status_macros.h"
#include "proto/types/text.h"
#include "tools/cli/formats/field_text.h"
#include "tools/cli/frame/exit_code.h"
#include "tools/cli/frame/values.h"

namespace barnabas::cli {
namespace {

using Element = RecordFormat::Element;
using Field = RecordFormat::Field;
using Modifier = RecordFormat::Modifier;

constexpr char kHelp[] = "barnabas help formats";

std::optional<Field> FieldOf(char letter) {
  switch (letter) {
    case 't':
      return Field::kTopic;
    case 'p':
      return Field::kPartition;
    case 'o':
      return Field::kOffset;
    case 'k':
      return Field::kKey;
    case 'v':
    case 's':
      return Field::kValue;
    case 'h':
      return Field::kHeaders;
    case 'd':
    case 'T':
      return Field::kTime;
    case 'K':
      return Field::kKeyLength;
    case 'V':
    case 'S':
      return Field::kValueLength;
    case 'e':
      return Field::kLeaderEpoch;
    case 'x':
      return Field::kProducerId;
    default:
      return std::nullopt;
  }
}

bool IsBytes(Field field) {
  return field == Field::kKey || field == Field::kValue;
}

// Reads "{hex}" at the front of `rest`, if there is one.
absl::Status TakeModifier(std::string_view* rest, Element* element) {
  if (!rest->starts_with('{')) return absl::OkStatus();
  const size_t end = rest->find('}');
  const std::string_view name =
      rest->substr(1, end == std::string_view::npos ? end : end - 1);
  if (end == std::string_view::npos) {
    return UsageError("the format has a { without its }", kHelp);
  }
  if (name == "hex" && IsBytes(element->field)) {
    element->modifier = Modifier::kHex;
  } else if (name == "base64" && IsBytes(element->field)) {
    element->modifier = Modifier::kBase64;
  } else if (name == "json" &&
             (IsBytes(element->field) || element->field == Field::kHeaders)) {
    element->modifier = Modifier::kJson;
  } else if (name.starts_with("strftime[") && name.ends_with(']') &&
             element->field == Field::kTime) {
    element->modifier = Modifier::kTimePattern;
    element->text = std::string(name.substr(9, name.size() - 10));
  } else {
    return UsageError(
        absl::StrCat("the format has an unknown modifier {", AsAbsl(name), "}"),
        kHelp);
  }
  rest->remove_prefix(end + 1);
  return absl::OkStatus();
}

void AddLiteral(std::string_view text, std::vector<Element>* elements) {
  if (elements->empty() || elements->back().field != Field::kLiteral) {
    elements->push_back({});
  }
  elements->back().text.append(text);
}

std::string NumberText(const std::optional<int64_t>& number) {
  return absl::StrCat(number.value_or(-1));
}

void PrintBytes(const Element& element, const std::optional<std::string>& bytes,
                const std::string& null_text, std::string* out) {
  if (element.modifier == Modifier::kJson) {
    out->append(ToJson(BytesTree(bytes), false));
  } else if (!bytes.has_value()) {
    out->append(null_text);
  } else if (element.modifier == Modifier::kHex) {
    out->append(HexText(*bytes));
  } else if (element.modifier == Modifier::kBase64) {
    out->append(absl::Base64Escape(*bytes));
  } else {
    out->append(*bytes);
  }
}

std::string TimeField(const Element& element,
                      const std::optional<int64_t>& time_ms) {
  if (element.modifier != Modifier::kTimePattern) return NumberText(time_ms);
  return absl::FormatTime(element.text,
                          absl::FromUnixMillis(time_ms.value_or(0)),
                          absl::UTCTimeZone());
}

int64_t LengthOf(const std::optional<std::string>& bytes) {
  return bytes.has_value() ? static_cast<int64_t>(bytes->size()) : -1;
}

}  // namespace

absl::StatusOr<RecordFormat> RecordFormat::Compile(std::string_view pattern) {
  RecordFormat format;
  std::vector<Element>& elements = format.elements_;
  std::string_view rest = pattern;
  while (!rest.empty()) {
    if (rest[0] == '\\') {
      const size_t size = rest.substr(0, 2) == "\\x" ? 4 : 2;
      ASSIGN_OR_RETURN(const std::string text, Unescape(rest.substr(0, size)));
      AddLiteral(text, &elements);
      rest.remove_prefix(size);
    } else if (rest.substr(0, 2) == "%%") {
      AddLiteral("%", &elements);
      rest.remove_prefix(2);
    } else if (rest[0] != '%') {
      AddLiteral(rest.substr(0, 1), &elements);
      rest.remove_prefix(1);
    } else {
      const std::optional<Field> field =
          rest.size() > 1 ? FieldOf(rest[1]) : std::nullopt;
      if (!field.has_value()) {
        return UsageError(absl::StrCat("the format has an unknown field \"",
                                       AsAbsl(rest.substr(0, 2)), "\""),
                          kHelp);
      }
      rest.remove_prefix(2);
      elements.push_back({.field = *field});
      RETURN_IF_ERROR(TakeModifier(&rest, &elements.back()));
    }
  }
  if (elements.empty()) return UsageError("the format is empty", kHelp);
  return format;
}

void RecordFormat::Print(const FormatRecord& record, std::string* out) const {
  for (const Element& element : elements_) {
    switch (element.field) {
      case Field::kLiteral:
        out->append(element.text);
        break;
      case Field::kTopic:
        out->append(record.topic);
        break;
      case Field::kPartition:
        out->append(NumberText(record.partition));
        break;
      case Field::kOffset:
        out->append(NumberText(record.offset));
        break;
      case Field::kKey:
        PrintBytes(element, record.key, null_text_, out);
        break;
      case Field::kValue:
        PrintBytes(element, record.value, null_text_, out);
        break;
      case Field::kHeaders:
        out->append(element.modifier == Modifier::kJson
                        ? ToJson(HeadersTree(record.headers), false)
                        : HeadersText(record.headers));
        break;
      case Field::kTime:
        out->append(TimeField(element, record.timestamp_ms));
        break;
      case Field::kKeyLength:
        absl::StrAppend(out, LengthOf(record.key));
        break;
      case Field::kValueLength:
        absl::StrAppend(out, LengthOf(record.value));
        break;
      case Field::kLeaderEpoch:
        out->append(NumberText(record.leader_epoch));
        break;
      case Field::kProducerId:
        out->append(NumberText(record.producer_id));
        break;
    }
  }
}

}  // namespace barnabas::cli
