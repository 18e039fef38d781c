// RecordView: one record as it lies in a decoded batch.
//
// What: views on the batch's bytes; they live as long as those bytes, headers
//   as long as the reader that gave them says.
// Units: timestamps in milliseconds of wall time.
// Empty case: an absent key or value is nullopt, an empty one is "".
//   An absent value is a tombstone.
// Thread: a plain value. Errors: none here; batch_reader.h reports damage.
#ifndef BARNABAS_STORAGE_RECORD_RECORD_H_
#define BARNABAS_STORAGE_RECORD_RECORD_H_

#include <cstdint>
#include <optional>
#include <string_view>
#include <type_traits>

#include "absl/types/span.h"
#include "proto/types/ids.h"
#include "proto/types/offsets.h"

namespace barnabas::record {

// Names may repeat; order is kept.
struct HeaderView {
  std::string_view name;
  std::optional<std::string_view> value;

  bool operator==(const HeaderView&) const = default;
};

// Small and copied as plain bytes: a consumer makes one for each record.
struct RecordView {
  Offset offset;
  int64_t timestamp_ms = 0;
  std::optional<std::string_view> key;
  std::optional<std::string_view> value;
  absl::Span<const HeaderView> headers;
  // Of whoever made the batch.
  ProducerId producer_id = kNoProducer;
};
static_assert(std::is_trivially_copyable_v<RecordView>);

}  // namespace barnabas::record

#endif  // BARNABAS_STORAGE_RECORD_RECORD_H_
