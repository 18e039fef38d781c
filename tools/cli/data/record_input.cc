#include "tools/cli/data/record_input.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/types/error.h"
#include "proto/types/limits.h"
#include "proto/types/status_macros.h"
#include "tools/cli/output/tree.h"

namespace barnabas::cli {

RecordInput::RecordInput(InputShape shape) : shape_(std::move(shape)) {}

void RecordInput::Add(std::string_view bytes) {
  buffer_.erase(0, begin_);
  searched_ -= std::min(searched_, begin_);
  begin_ = 0;
  buffer_.append(bytes);
}

absl::StatusOr<std::optional<FormatRecord>> RecordInput::Cut(
    std::string_view* rest) {
  const std::string& delimiter = shape_.delimiter;
  const size_t from = searched_ > begin_ ? searched_ - begin_ : 0;
  const size_t end = rest->find(delimiter, from);
  if (end == std::string_view::npos && !at_end_) {
    const size_t safe =
        rest->size() - std::min(rest->size(), delimiter.size() - 1);
    searched_ = begin_ + safe;
    return std::nullopt;
  }
  std::string_view text = rest->substr(0, end);
  rest->remove_prefix(end == std::string_view::npos ? rest->size()
                                                    : end + delimiter.size());
  FormatRecord record;
  if (!shape_.key_delimiter.empty()) {
    const size_t at = text.find(shape_.key_delimiter);
    if (at == std::string_view::npos) {
      return MakeError(ErrorCode::kInvalidRecord,
                       absl::StrCat("no ", JsonQuoted(shape_.key_delimiter),
                                    " between key and value"),
                       "make every record KEY DELIM VALUE, or leave -K out");
    }
    record.key = std::string(text.substr(0, at));
    text.remove_prefix(at + shape_.key_delimiter.size());
  }
  record.value = std::string(text);
  return record;
}

absl::StatusOr<std::optional<FormatRecord>> RecordInput::Next() {
  std::string_view rest = std::string_view(buffer_).substr(begin_);
  if (rest.empty()) return std::nullopt;
  const size_t before = rest.size();
  absl::StatusOr<std::optional<FormatRecord>> record =
      shape_.format.has_value() ? shape_.format->Parse(&rest, at_end_)
                                : Cut(&rest);
  if (!record.ok()) {
    return WithContext(record.status(),
                       absl::StrCat("record ", records_ + 1, " of the input"));
  }
  if (!record->has_value()) {
    if (before > static_cast<size_t>(kBatchBytesMax)) {
      return MakeError(ErrorCode::kBatchTooLarge,
                       absl::StrCat("record ", records_ + 1,
                                    " of the input has no end within ",
                                    kBatchBytesMax, " bytes"),
                       "check the delimiter (-D) or the format (-f)");
    }
    return std::nullopt;
  }
  begin_ += before - rest.size();
  searched_ = begin_;
  ++records_;
  FormatRecord& found = **record;
  if (shape_.null_empty) {
    if (found.key == "") found.key.reset();
    if (found.value == "") found.value.reset();
  }
  return record;
}

}  // namespace barnabas::cli
