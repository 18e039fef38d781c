#include "storage/log/producer_restore.h"

#include <algorithm>
#include <functional>
#include <optional>
#include <string_view>
#include <utility>

#include "proto/types/status_macros.h"
#include "storage/log/checkpoint_file.h"
#include "storage/log/file_names.h"
#include "storage/log/format.h"
#include "storage/log/producer_snapshot.h"

namespace barnabas::log {

absl::StatusOr<RestoredProducers> RestoreProducers(const ProducerSource& source,
                                                   const SegmentList& segments,
                                                   int64_t now_ms) {
  RestoredProducers restored;
  ProducerWindow& window = restored.window;
  Offset from = segments.empty() ? source.trusted : segments.front()->base();
  std::vector<Offset> newest_first = source.snapshots;
  std::sort(newest_first.begin(), newest_first.end(), std::greater<>());
  for (const Offset snapshot : newest_first) {
    restored.passed_over.push_back(snapshot);
    if (snapshot > source.trusted) continue;
    absl::StatusOr<std::optional<std::string>> bytes = ReadSmallFile(
        source.files,
        JoinPath(source.directory, FileName(snapshot, kSnapshotSuffix)));
    if (!bytes.ok() || !bytes->has_value()) continue;
    const std::optional<std::vector<ProducerEntry>> entries =
        DecodeProducers(**bytes);
    if (!entries.has_value()) continue;
    window.Restore(*entries, now_ms);
    restored.passed_over.pop_back();
    from = snapshot;
    break;
  }
  if (segments.empty()) return restored;
  RETURN_IF_ERROR(
      WalkHeaders(segments, from, [&](const record::BatchHeader& header) {
        // Below the snapshot: the batch that it was taken behind.
        if (header.base_offset >= from) window.Note(header, now_ms);
      }));
  return restored;
}

absl::StatusOr<std::shared_ptr<env::File>> WriteSnapshot(
    env::FileSystem* files, const std::string& directory, Offset offset,
    const ProducerWindow& window) {
  ASSIGN_OR_RETURN(
      std::shared_ptr<env::File> file,
      files->Open(JoinPath(directory, FileName(offset, kSnapshotSuffix)),
                  env::OpenMode::kTruncate));
  const std::string bytes = EncodeProducers(window.Entries());
  const std::string_view parts[] = {bytes};
  RETURN_IF_ERROR(file->WriteAt(0, parts));
  return file;
}

}  // namespace barnabas::log
