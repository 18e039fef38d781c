#include "tests/chaos/json_line.h"

#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "proto/types/error.h"
#include "proto/types/status_macros.h"
#include "proto/types/text.h"

namespace barnabas::chaos {
namespace {

std::string Quoted(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    // Control characters have no place in a history: one line is one event.
    quoted += static_cast<unsigned char>(c) < 0x20 ? ' ' : c;
  }
  return quoted + "\"";
}

// Walks through one line.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  bool Take(char wanted) {
    SkipSpaces();
    if (at_ >= text_.size() || text_[at_] != wanted) return false;
    ++at_;
    return true;
  }

  bool TakeWord(std::string_view word) {
    SkipSpaces();
    if (text_.substr(at_, word.size()) != word) return false;
    at_ += word.size();
    return true;
  }

  absl::StatusOr<std::string> TakeText() {
    if (!Take('"')) return Wrong("a text");
    std::string taken;
    while (at_ < text_.size() && text_[at_] != '"') {
      if (text_[at_] == '\\') ++at_;
      if (at_ < text_.size()) taken += text_[at_++];
    }
    if (!Take('"')) return Wrong("the end of the text");
    return taken;
  }

  absl::StatusOr<int64_t> TakeNumber() {
    SkipSpaces();
    const size_t end = text_.find_first_not_of("-0123456789", at_);
    const std::string_view digits = text_.substr(at_, end - at_);
    int64_t number = 0;
    if (!absl::SimpleAtoi(AsAbsl(digits), &number)) {
      return Wrong("a number");
    }
    at_ += digits.size();
    return number;
  }

  bool IsNext(char c) {
    SkipSpaces();
    return at_ < text_.size() && text_[at_] == c;
  }

  bool AtEnd() {
    SkipSpaces();
    return at_ == text_.size();
  }

  absl::Status Wrong(std::string_view wanted) const {
    return MakeError(
        ErrorCode::kInvalidRequest,
        absl::StrCat("byte ", at_, " of a history's line is not ",
                     AsAbsl(wanted), ": ", AsAbsl(text_.substr(0, 200))));
  }

 private:
  void SkipSpaces() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
  }

  const std::string_view text_;
  size_t at_ = 0;
};

absl::StatusOr<JsonLine::List> TakeList(Reader* reader) {
  JsonLine::List list;
  if (reader->Take(']')) return list;
  do {
    ASSIGN_OR_RETURN(const int64_t number, reader->TakeNumber());
    list.push_back(number);
  } while (reader->Take(','));
  if (!reader->Take(']')) return reader->Wrong("the end of a list");
  return list;
}

absl::Status TakeMember(Reader* reader, JsonLine* line) {
  ASSIGN_OR_RETURN(const std::string name, reader->TakeText());
  if (!reader->Take(':')) return reader->Wrong("a colon");
  if (reader->IsNext('"')) {
    ASSIGN_OR_RETURN(const std::string text, reader->TakeText());
    line->Set(name, text);
  } else if (reader->Take('[')) {
    ASSIGN_OR_RETURN(JsonLine::List list, TakeList(reader));
    line->Set(name, std::move(list));
  } else if (reader->TakeWord("true")) {
    line->SetTruth(name, true);
  } else if (reader->TakeWord("false")) {
    line->SetTruth(name, false);
  } else {
    ASSIGN_OR_RETURN(const int64_t number, reader->TakeNumber());
    line->Set(name, number);
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<JsonLine> JsonLine::Parse(std::string_view text) {
  Reader reader(text);
  JsonLine line;
  if (!reader.Take('{')) return reader.Wrong("the beginning of an object");
  if (!reader.Take('}')) {
    do {
      RETURN_IF_ERROR(TakeMember(&reader, &line));
    } while (reader.Take(','));
    if (!reader.Take('}')) return reader.Wrong("the end of an object");
  }
  if (!reader.AtEnd()) return reader.Wrong("the end of the line");
  return line;
}

JsonLine& JsonLine::Set(std::string_view name, int64_t value) {
  members_.insert_or_assign(std::string(name), value);
  return *this;
}

JsonLine& JsonLine::Set(std::string_view name, std::string_view value) {
  members_.insert_or_assign(std::string(name), std::string(value));
  return *this;
}

JsonLine& JsonLine::Set(std::string_view name, List value) {
  members_.insert_or_assign(std::string(name), std::move(value));
  return *this;
}

JsonLine& JsonLine::SetTruth(std::string_view name, bool value) {
  members_.insert_or_assign(std::string(name), value);
  return *this;
}

int64_t JsonLine::Number(std::string_view name, int64_t fallback) const {
  const auto found = members_.find(name);
  if (found == members_.end()) return fallback;
  const auto* value = std::get_if<int64_t>(&found->second);
  return value == nullptr ? fallback : *value;
}

std::string JsonLine::Text(std::string_view name) const {
  const auto found = members_.find(name);
  if (found == members_.end()) return "";
  const auto* value = std::get_if<std::string>(&found->second);
  return value == nullptr ? "" : *value;
}

bool JsonLine::Truth(std::string_view name) const {
  const auto found = members_.find(name);
  if (found == members_.end()) return false;
  const auto* value = std::get_if<bool>(&found->second);
  return value != nullptr && *value;
}

JsonLine::List JsonLine::Numbers(std::string_view name) const {
  const auto found = members_.find(name);
  if (found == members_.end()) return {};
  const auto* value = std::get_if<List>(&found->second);
  return value == nullptr ? List() : *value;
}

std::string JsonLine::ToString() const {
  std::string text = "{";
  for (const auto& [name, value] : members_) {
    absl::StrAppend(&text, text.size() > 1 ? "," : "", Quoted(name), ":");
    if (const auto* number = std::get_if<int64_t>(&value)) {
      absl::StrAppend(&text, *number);
    } else if (const auto* truth = std::get_if<bool>(&value)) {
      absl::StrAppend(&text, *truth ? "true" : "false");
    } else if (const auto* words = std::get_if<std::string>(&value)) {
      absl::StrAppend(&text, Quoted(*words));
    } else {
      absl::StrAppend(&text, "[", absl::StrJoin(std::get<List>(value), ","),
                      "]");
    }
  }
  return text + "}";
}

}  // namespace barnabas::chaos
