// The reading half of record_format.h.
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "proto/types/error.h"
#include "proto/types/limits.h"
#include "proto/types/status_macros.h"
#include "proto/types/text.h"
#include "tools/cli/formats/field_text.h"
#include "tools/cli/formats/record_format.h"
#include "tools/cli/frame/exit_code.h"

namespace barnabas::cli {
namespace {

using Element = RecordFormat::Element;
using Field = RecordFormat::Field;
using Modifier = RecordFormat::Modifier;

bool IsBytes(const Element& element) {
  return element.field == Field::kKey || element.field == Field::kValue;
}

absl::Status NotANumber(std::string_view text, const char* what) {
  return MakeError(
      ErrorCode::kInvalidRecord,
      absl::StrCat("\"", AsAbsl(text.substr(0, 40)), "\" is not a ", what),
      "make the input follow the format, or change -f");
}

// Lengths that were read before the bytes they belong to.
struct Lengths {
  std::optional<int64_t> key;
  std::optional<int64_t> value;

  std::optional<int64_t> Of(const Element& element) const {
    if (!IsBytes(element) || element.modifier != Modifier::kNone) {
      return std::nullopt;
    }
    return element.field == Field::kKey ? key : value;
  }
};

absl::Status StoreNumber(std::string_view text, Field field,
                         FormatRecord* record, Lengths* lengths) {
  int64_t number = 0;
  // Only what printing would give back: no sign, no leading zero.
  if (!absl::SimpleAtoi(AsAbsl(text), &number) ||
      absl::StrCat(number) != text) {
    return NotANumber(text, "number");
  }
  if (field == Field::kPartition || field == Field::kLeaderEpoch) {
    if (number < -1 || number > INT32_MAX) return NotANumber(text, "partition");
    std::optional<int32_t>& target =
        field == Field::kPartition ? record->partition : record->leader_epoch;
    if (number >= 0) target = static_cast<int32_t>(number);
  } else if (field == Field::kKeyLength || field == Field::kValueLength) {
    if (number < -1 || number > kBatchBytesMax) {
      return NotANumber(text, "length");
    }
    (field == Field::kKeyLength ? lengths->key : lengths->value) = number;
  } else if (number != -1) {
    std::optional<int64_t>& target = field == Field::kOffset ? record->offset
                                     : field == Field::kProducerId
                                         ? record->producer_id
                                         : record->timestamp_ms;
    target = number;
  }
  return absl::OkStatus();
}

absl::StatusOr<std::optional<std::string>> BytesFrom(
    std::string_view text, Modifier modifier, const std::string& null_text) {
  if (modifier == Modifier::kJson) {
    ASSIGN_OR_RETURN(const Tree tree, ParseJson(text));
    return BytesOf(tree);
  }
  if (!null_text.empty() && text == null_text) return std::nullopt;
  if (modifier == Modifier::kNone) return std::string(text);
  absl::StatusOr<std::string> bytes =
      modifier == Modifier::kHex ? HexBytes(text) : Base64Bytes(text);
  RETURN_IF_ERROR(bytes.status());
  return *std::move(bytes);
}

absl::StatusOr<HeaderList> HeadersFrom(std::string_view text,
                                       Modifier modifier) {
  if (modifier != Modifier::kJson) return HeadersOf(text);
  ASSIGN_OR_RETURN(const Tree tree, ParseJson(text));
  return HeadersOf(tree);
}

absl::StatusOr<int64_t> TimeFrom(std::string_view text,
                                 const std::string& pattern) {
  absl::Time time;
  std::string error;
  if (!absl::ParseTime(pattern, AsAbsl(text), absl::UTCTimeZone(), &time,
                       &error)) {
    return NotANumber(text, "time of the format");
  }
  return absl::ToUnixMillis(time);
}

absl::Status Store(std::string_view text, const Element& element,
                   const std::string& null_text, FormatRecord* record,
                   Lengths* lengths) {
  switch (element.field) {
    case Field::kLiteral:
      return absl::OkStatus();
    case Field::kTopic:
      record->topic = std::string(text);
      return absl::OkStatus();
    case Field::kKey: {
      ASSIGN_OR_RETURN(record->key,
                       BytesFrom(text, element.modifier, null_text));
      return absl::OkStatus();
    }
    case Field::kValue: {
      ASSIGN_OR_RETURN(record->value,
                       BytesFrom(text, element.modifier, null_text));
      return absl::OkStatus();
    }
    case Field::kHeaders: {
      ASSIGN_OR_RETURN(record->headers, HeadersFrom(text, element.modifier));
      return absl::OkStatus();
    }
    case Field::kTime:
      if (element.modifier == Modifier::kTimePattern) {
        ASSIGN_OR_RETURN(record->timestamp_ms, TimeFrom(text, element.text));
        return absl::OkStatus();
      }
      break;
    case Field::kPartition:
    case Field::kOffset:
    case Field::kKeyLength:
    case Field::kValueLength:
    case Field::kLeaderEpoch:
    case Field::kProducerId:
      break;
  }
  return StoreNumber(text, element.field, record, lengths);
}

// Whether a length field for `element` stands before `index`.
bool HasLength(const std::vector<Element>& elements, size_t index) {
  const Element& element = elements[index];
  if (!IsBytes(element) || element.modifier != Modifier::kNone) return false;
  const Field wanted =
      element.field == Field::kKey ? Field::kKeyLength : Field::kValueLength;
  for (size_t i = 0; i < index; ++i) {
    if (elements[i].field == wanted) return true;
  }
  return false;
}

}  // namespace

absl::Status RecordFormat::PrepareForParsing(std::string_view delimiter) {
  const size_t last = elements_.size() - 1;
  if (elements_.back().field != Field::kLiteral &&
      !HasLength(elements_, last)) {
    elements_.push_back({.text = std::string(delimiter)});
  }
  for (size_t i = 0; i + 1 < elements_.size(); ++i) {
    if (elements_[i].field != Field::kLiteral &&
        elements_[i + 1].field != Field::kLiteral && !HasLength(elements_, i)) {
      return UsageError(
          "two fields of the format follow each other with nothing between, so "
          "input cannot be told apart",
          "put text between them, or lengths before: '%K %V %k%v'");
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::optional<FormatRecord>> RecordFormat::Parse(
    std::string_view* input, bool at_end) const {
  std::string_view rest = *input;
  FormatRecord record;
  Lengths lengths;
  for (size_t i = 0; i < elements_.size(); ++i) {
    const Element& element = elements_[i];
    const bool last = i + 1 == elements_.size();
    if (element.field == Field::kLiteral) {
      if (rest.starts_with(element.text)) {
        rest.remove_prefix(element.text.size());
        continue;
      }
      if (at_end && last && rest.empty()) continue;
      if (!at_end && element.text.starts_with(rest)) return std::nullopt;
      return NotANumber(rest, "continuation of the format");
    }
    const std::optional<int64_t> length = lengths.Of(element);
    size_t size = 0;
    if (length.has_value()) {
      if (*length < 0) continue;
      size = static_cast<size_t>(*length);
      if (rest.size() < size) {
        if (!at_end) return std::nullopt;
        return NotANumber(rest, "record: the input ends inside of it");
      }
    } else {
      size = last ? rest.size() : rest.find(elements_[i + 1].text);
      if (size == std::string_view::npos && !at_end) return std::nullopt;
      if (size == std::string_view::npos && i + 2 < elements_.size()) {
        return NotANumber(rest, "record of the format");
      }
      if (size == std::string_view::npos) size = rest.size();
    }
    RETURN_IF_ERROR(
        Store(rest.substr(0, size), element, null_text_, &record, &lengths));
    rest.remove_prefix(size);
  }
  *input = rest;
  return record;
}

}  // namespace barnabas::cli
