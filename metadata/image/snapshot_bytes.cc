#include "metadata/image/snapshot_bytes.h"

#include <utility>
#include <vector>

#include "barnabas/internal/v1/controller.pb.h"
#include "metadata/image/snapshot.h"
#include "proto/types/error.h"

namespace barnabas::image {

std::string SnapshotBytes(const ClusterImage& image) {
  internal::v1::ImageSnapshot snapshot;
  for (internal::v1::CommittedEntry& entry : SnapshotOf(image)) {
    *snapshot.add_entries() = std::move(entry);
  }
  return snapshot.SerializeAsString();
}

absl::StatusOr<ClusterImage> ReadSnapshot(std::string_view bytes) {
  internal::v1::ImageSnapshot snapshot;
  if (!snapshot.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()))) {
    return MakeError(ErrorCode::kCorruptLog,
                     "a snapshot of the metadata is not a message of this "
                     "version",
                     "start the version that wrote it");
  }
  const std::vector<internal::v1::CommittedEntry> entries(
      snapshot.entries().begin(), snapshot.entries().end());
  return ReplaySnapshot(entries);
}

}  // namespace barnabas::image
