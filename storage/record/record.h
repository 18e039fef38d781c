// RecordView: one record as it lies in a decoded batch.
//
// What: views on the batch's bytes; they live as long as those bytes.
// Units: timestamps in milliseconds of wall time.
// Empty case: an absent key or value is nullopt, an empty one is "".
//   An absent value is a tombstone.
// Thread: a plain value. Errors: none here; batch_reader.h reports damage.
#ifndef BARNABAS_STORAGE_RECORD_RECORD_H_
#define BARNABAS_STORAGE_RECORD_RECORD_H_

#include <cstdint>
#include <optional>
#include <string_view>

#include "absl/container/inlined_vector.h"
#include "proto/types/offsets.h"

namespace barnabas::record {

// Names may repeat; order is kept.
struct HeaderView {
  std::string_view name;
  std::optional<std::string_view> value;

  bool operator==(const HeaderView&) const = default;
};

struct RecordView {
  Offset offset;
  int64_t timestamp_ms = 0;
  std::optional<std::string_view> key;
  std::optional<std::string_view> value;
  absl::InlinedVector<HeaderView, 2> headers;
};

}  // namespace barnabas::record

#endif  // BARNABAS_STORAGE_RECORD_RECORD_H_
