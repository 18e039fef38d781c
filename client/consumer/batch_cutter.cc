#include "client/consumer/batch_cutter.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "proto/types/error.h"
#include "proto/types/status_macros.h"

namespace barnabas::client {
namespace {

absl::Status Torn() {
  return MakeError(ErrorCode::kCorruptRecord,
                   "a fetch frame does not end where a batch ends",
                   "read again; report it if it happens twice");
}

// Reads on across pieces.
class Cursor {
 public:
  explicit Cursor(absl::Span<const std::string_view> pieces) : pieces_(pieces) {
    SkipEmpty();
  }

  bool AtEnd() const { return index_ == pieces_.size(); }
  // What is left of the piece that the cursor stands in.
  std::string_view Rest() const { return pieces_[index_].substr(offset_); }

  void Pass(size_t bytes) {
    offset_ += bytes;
    SkipEmpty();
  }

  // Appends `bytes` to `text`; false when there are not so many.
  bool Gather(size_t bytes, std::string* text) {
    while (bytes > 0) {
      if (AtEnd()) return false;
      const std::string_view part = Rest().substr(0, bytes);
      text->append(part);
      bytes -= part.size();
      Pass(part.size());
    }
    return true;
  }

 private:
  void SkipEmpty() {
    while (index_ < pieces_.size() && offset_ >= pieces_[index_].size()) {
      offset_ = 0;
      ++index_;
    }
  }

  const absl::Span<const std::string_view> pieces_;
  size_t index_ = 0;
  size_t offset_ = 0;
};

}  // namespace

absl::Status BatchCutter::Keep(std::string_view batch) {
  const auto header = record::BatchHeader::Parse(batch);
  if (!header.has_value()) return Torn();
  batches_.push_back(record::BatchView{*header, batch});
  return absl::OkStatus();
}

absl::Status BatchCutter::Cut(absl::Span<const std::string_view> pieces) {
  Cursor cursor(pieces);
  while (!cursor.AtEnd()) {
    const auto header = record::BatchHeader::Parse(cursor.Rest());
    const int64_t here = header.has_value() ? header->SizeBytes() : int64_t{0};
    if (header.has_value() &&
        here >= static_cast<int64_t>(record::kBatchHeaderBytes) &&
        here <= static_cast<int64_t>(cursor.Rest().size())) {
      RETURN_IF_ERROR(Keep(cursor.Rest().substr(0, here)));
      cursor.Pass(here);
      continue;
    }
    std::string copy;
    if (!cursor.Gather(record::kBatchHeaderBytes, &copy)) return Torn();
    const int64_t size = record::BatchHeader::Parse(copy)->SizeBytes();
    if (size < static_cast<int64_t>(record::kBatchHeaderBytes)) return Torn();
    copy.reserve(size);
    if (!cursor.Gather(size - copy.size(), &copy)) return Torn();
    copies_.push_back(std::move(copy));
    RETURN_IF_ERROR(Keep(copies_.back()));
  }
  return absl::OkStatus();
}

}  // namespace barnabas::client
