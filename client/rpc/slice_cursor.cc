#include "client/rpc/slice_cursor.h"

#include <algorithm>
#include <limits>

namespace barnabas::rpc {
namespace {

constexpr int kVarint32BytesMax = 5;
constexpr size_t kVarint64BytesMax = 10;
constexpr uint64_t kTagBound = uint64_t{1} << 32;
constexpr uint64_t kLengthBound = std::numeric_limits<int32_t>::max();

}  // namespace

SliceCursor::SliceCursor(absl::Span<const std::string_view> slices)
    : slices_(slices) {
  for (const std::string_view slice : slices_) left_ += slice.size();
}

bool SliceCursor::ReadByte(uint8_t* byte) {
  if (left_ == 0) return false;
  while (offset_ == slices_[slice_].size()) {
    ++slice_;
    offset_ = 0;
  }
  *byte = static_cast<uint8_t>(slices_[slice_][offset_]);
  ++offset_;
  --left_;
  return true;
}

bool SliceCursor::ReadVarint32(uint64_t bound, uint32_t* value) {
  uint64_t bits = 0;
  for (int i = 0; i < kVarint32BytesMax; ++i) {
    uint8_t byte = 0;
    if (!ReadByte(&byte)) return false;
    bits |= static_cast<uint64_t>(byte & 0x7f) << (7 * i);
    if (byte < 0x80) {
      *value = static_cast<uint32_t>(bits);
      return bits < bound;
    }
  }
  return false;
}

bool SliceCursor::MeasureVarint(size_t* bytes) const {
  SliceCursor ahead = *this;
  for (size_t i = 1; i <= kVarint64BytesMax; ++i) {
    uint8_t byte = 0;
    if (!ahead.ReadByte(&byte)) return false;
    if (byte < 0x80) {
      *bytes = i;
      return true;
    }
  }
  return false;
}

bool SliceCursor::ReadField(WireField* field) {
  uint32_t tag = 0;
  if (!ReadVarint32(kTagBound, &tag)) return false;
  field->number = tag >> 3;
  field->wire_type = tag & 7;
  if (field->number == 0) return false;
  if (field->wire_type == kWireVarint) {
    return MeasureVarint(&field->value_bytes);
  }
  if (field->wire_type == kWireBytes) {
    uint32_t length = 0;
    if (!ReadVarint32(kLengthBound, &length)) return false;
    field->value_bytes = length;
  } else if (field->wire_type == kWireFixed64) {
    field->value_bytes = 8;
  } else if (field->wire_type == kWireFixed32) {
    field->value_bytes = 4;
  } else {
    return false;
  }
  return field->value_bytes <= left_;
}

template <typename Visit>
void SliceCursor::Pass(size_t bytes, Visit visit) {
  bytes = std::min(bytes, left_);
  left_ -= bytes;
  while (bytes > 0) {
    const std::string_view rest = slices_[slice_].substr(offset_);
    const std::string_view piece = rest.substr(0, bytes);
    if (!piece.empty()) visit(piece);
    bytes -= piece.size();
    if (piece.size() == rest.size()) {
      ++slice_;
      offset_ = 0;
    } else {
      offset_ += piece.size();
    }
  }
}

void SliceCursor::Take(size_t bytes, Pieces* pieces) {
  Pass(bytes, [pieces](std::string_view piece) { pieces->push_back(piece); });
}

void SliceCursor::Append(size_t bytes, std::string* text) {
  Pass(bytes, [text](std::string_view piece) { text->append(piece); });
}

size_t SliceCursor::Peek(size_t bytes, char* to) const {
  SliceCursor ahead = *this;
  const char* const begin = to;
  ahead.Pass(bytes, [&to](std::string_view piece) {
    to = std::copy(piece.begin(), piece.end(), to);
  });
  return static_cast<size_t>(to - begin);
}

SliceCursor SliceCursor::Split(size_t bytes) {
  SliceCursor part = *this;
  part.left_ = std::min(bytes, left_);
  Pass(part.left_, [](std::string_view) {});
  return part;
}

}  // namespace barnabas::rpc
