// SliceCursor: walks protobuf fields that lie across several slices.
//
// What: reads tags, varints and lengths, and hands out byte ranges as views on
//   the slices, without copying. It only finds where fields begin and end; what
//   they mean is the ordinary parser's business.
// Units: bytes. Empty case: no slices, or only empty ones: AtEnd() at once.
// Thread: one at a time; copying a cursor is cheap. The slices must outlive it.
// Errors: a read answers false when the bytes end early or are not plainly
//   what protobuf's own encoders write (groups, 64-bit tags, lengths beyond
//   2^31); the cursor is then of no further use.
// Always true: never touches a byte outside the slices.
#ifndef BARNABAS_CLIENT_RPC_SLICE_CURSOR_H_
#define BARNABAS_CLIENT_RPC_SLICE_CURSOR_H_

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "absl/container/inlined_vector.h"
#include "absl/types/span.h"

namespace barnabas::rpc {

// Bytes in pieces, in order.
using Pieces = absl::InlinedVector<std::string_view, 8>;

// Wire types of protobuf.
inline constexpr uint32_t kWireVarint = 0;
inline constexpr uint32_t kWireFixed64 = 1;
inline constexpr uint32_t kWireBytes = 2;
inline constexpr uint32_t kWireFixed32 = 5;

// One field as it lies on the wire.
struct WireField {
  uint32_t number = 0;
  uint32_t wire_type = 0;
  // Bytes of the value; for kWireBytes without its length.
  size_t value_bytes = 0;
};

class SliceCursor {
 public:
  explicit SliceCursor(absl::Span<const std::string_view> slices);

  // Bytes between here and the end.
  size_t left() const { return left_; }
  bool AtEnd() const { return left_ == 0; }

  // Reads tag and, for kWireBytes, length. The cursor then stands before the
  // value, which lies within what is left.
  bool ReadField(WireField* field);

  // Goes on by `bytes` (at most left()); appends what was passed.
  void Take(size_t bytes, Pieces* pieces);
  void Append(size_t bytes, std::string* text);

  // Copies the next `bytes` to `to` and stays; fewer if fewer are left. How
  // many were copied.
  size_t Peek(size_t bytes, char* to) const;

  // A cursor on the next `bytes` (at most left()) alone; this one passes them.
  SliceCursor Split(size_t bytes);

 private:
  bool ReadByte(uint8_t* byte);
  // A varint of at most five bytes that is below `bound`.
  bool ReadVarint32(uint64_t bound, uint32_t* value);
  // Length of the varint that begins here.
  bool MeasureVarint(size_t* bytes) const;

  template <typename Visit>
  void Pass(size_t bytes, Visit visit);

  absl::Span<const std::string_view> slices_;
  size_t slice_ = 0;
  size_t offset_ = 0;
  size_t left_ = 0;
};

}  // namespace barnabas::rpc

#endif  // BARNABAS_CLIENT_RPC_SLICE_CURSOR_H_
