#include "metadata/image/cluster_delta.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "metadata/image/replay.h"
#include "proto/types/error.h"
#include "proto/types/status_macros.h"
#include "proto/types/text.h"

namespace barnabas::image {

ClusterDelta::ClusterDelta(ClusterImage base)
    : state_(std::move(base)), version_(state_.base().version()) {}

absl::Status ClusterDelta::Replay(const internal::v1::MetadataEntry& entry,
                                  LogIndex offset, Term term) {
  if (offset != version_.Next()) {
    return MakeError(ErrorCode::kCorruptLog,
                     AsStd(absl::StrCat("metadata entry ", offset.value(),
                                        " follows entry ", version_.value())),
                     "keep the data directory and report this log");
  }
  for (int i = 0; i < entry.records_size(); ++i) {
    absl::Status replayed = ReplayRecord(entry.records(i), offset, state_);
    if (!replayed.ok()) {
      return WithContext(
          std::move(replayed),
          AsStd(absl::StrCat("metadata entry ", offset.value(), " of term ",
                             term.value(), ", record ", i)));
    }
  }
  version_ = offset;
  state_.next().version = offset;
  // The quorum's own entries have no time.
  if (entry.time_ms() != 0) state_.next().time_ms = entry.time_ms();
  return absl::OkStatus();
}

absl::StatusOr<ClusterImage> ReplayEntry(
    const ClusterImage& base, const internal::v1::MetadataEntry& entry,
    LogIndex offset, Term term) {
  ClusterDelta delta(base);
  RETURN_IF_ERROR(delta.Replay(entry, offset, term));
  return delta.Apply();
}

}  // namespace barnabas::image
