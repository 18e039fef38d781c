// Restoring the producer window of a log from its snapshots and batches.
//
// What: the newest sound snapshot at or below `trusted`, then every batch
//   behind it, up to the end of the segments. Without a snapshot all batches.
// Units: offsets; milliseconds. Empty case: no batches: nobody is known.
// Thread: the log's writer, or its opening.
// Errors: those of BatchWalk and the files. A damaged snapshot is passed over,
//   and told, since nobody else would ever miss it.
// Always true: the result is a function of the log's batches alone (I5).
#ifndef BARNABAS_STORAGE_LOG_PRODUCER_RESTORE_H_
#define BARNABAS_STORAGE_LOG_PRODUCER_RESTORE_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "proto/types/offsets.h"
#include "storage/env/file.h"
#include "storage/log/producer_window.h"
#include "storage/log/segment_list.h"

namespace barnabas::log {

struct ProducerSource {
  env::FileSystem* files = nullptr;
  std::string directory;
  // Offsets of the snapshots there are.
  std::vector<Offset> snapshots;
  // Snapshots beyond are not believed.
  Offset trusted;
};

struct RestoredProducers {
  ProducerWindow window;
  // Snapshots that are not believed or damaged, newer than the one that was
  // used.
  std::vector<Offset> passed_over;
};

absl::StatusOr<RestoredProducers> RestoreProducers(const ProducerSource& source,
                                                   const SegmentList& segments,
                                                   int64_t now_ms);

// Writes the snapshot at `offset`; not synced. The file, to be synced.
absl::StatusOr<std::shared_ptr<env::File>> WriteSnapshot(
    env::FileSystem* files, const std::string& directory, Offset offset,
    const ProducerWindow& window);

}  // namespace barnabas::log

#endif  // BARNABAS_STORAGE_LOG_PRODUCER_RESTORE_H_
