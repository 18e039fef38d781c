// SegmentedLog: the PartitionLog made of segment files.
//
// What: joins segments, epoch history, producer window and flush ledger into
//   one log; partition_log.h says what it does.
// Units, empty case, durability: as there.
// Thread: as there. Locks: `cut_mutex_` is held shared while a reader uses
//   bytes and exclusively while the suffix is cut; it comes before the mutex of
//   what is published.
// Errors: as there. Once shut (closed or failed) every change is refused with
//   the reason.
// Always true: L1-L5 of partition_log.h; what is published was written before.
#ifndef BARNABAS_STORAGE_LOG_SEGMENTED_LOG_H_
#define BARNABAS_STORAGE_LOG_SEGMENTED_LOG_H_

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/types/span.h"
#include "storage/log/deleted_segments.h"
#include "storage/log/flush_ledger.h"
#include "storage/log/log_cleaning.h"
#include "storage/log/partition_log.h"
#include "storage/log/producer_window.h"
#include "storage/log/published_log.h"
#include "storage/log/recovery.h"
#include "storage/log/segment_list.h"
#include "storage/log/snapshot_shelf.h"

namespace barnabas::log {

class SegmentedLog : public PartitionLog, private LogCleaning {
 public:
  SegmentedLog(const Options& options, RecoveredLog recovered);

  absl::StatusOr<AppendOutcome> AppendAsLeader(const AppendInput& input,
                                               LeaderEpoch epoch) override;
  absl::Status AppendAsFollower(const AppendInput& input) override;
  absl::StatusOr<ReadOutcome> Read(
      Offset from, Offset end, int64_t bytes_max, ReadCursor* cursor,
      absl::FunctionRef<char*(size_t)> allocate) const override;
  absl::StatusOr<std::optional<TimeMatch>> FindTime(
      int64_t timestamp_ms) const override;
  absl::StatusOr<std::optional<TimeMatch>> FindTime(
      LargestTime largest) const override;
  std::unique_ptr<FlushJob> StartFlush() override;
  void FinishFlush(const FlushJob& job, const absl::Status& result) override;
  absl::Status TruncateSuffix(Offset offset) override;
  absl::Status AdvanceStart(Offset offset) override;
  absl::Status AdvanceStart(const KeptRange& kept, Offset limit) override {
    return AdvanceStart(
        std::min(limit, KeptStart(Segments(), kept.oldest_ms, kept.bytes_max)));
  }
  std::optional<std::pair<LeaderEpoch, Offset>> EndOfEpoch(
      LeaderEpoch epoch) const override {
    return published_.EndOfEpoch(epoch);
  }
  LogCleaning& cleaning() override { return *this; }
  void SetConfig(const LogConfig& config) override { config_ = config; }
  absl::Status Close() override;
  Facts facts() const override { return published_.facts(); }
  const RecoveryReport& recovery() const override { return report_; }

 private:
  CompactionRange Outlook(Offset limit) const override;
  absl::StatusOr<std::unique_ptr<CompactionJob>> StartCompaction(
      const CompactionRequest& request) override;
  absl::StatusOr<bool> AdvanceCompaction(CompactionJob* job,
                                         const absl::Status& ran) override;
  absl::StatusOr<Offset> RollActive(RollWhen when) override;
  absl::AnyInvocable<void()> TakeDeleted() override {
    return deleted_.Take(options_.clock->WallMs());
  }

  absl::Status Write(const record::BatchHeader& header, int64_t now_ms);
  // Fills parts_ with the header's place and what follows it in `slices`.
  void GatherParts(absl::Span<const std::string_view> slices);
  absl::Status Roll(int64_t now_ms);
  absl::Status OnWriteFailed(const absl::Status& status);
  // Makes the log failed; gives the status that says so.
  absl::Status Fail(const absl::Status& why);
  DurablePoint PointNow() const;
  DurablePoint PointBehindSealed() const;
  SegmentList Segments() const { return published_.segments(); }
  PublishedLog::Counts Counts() const {
    return {ledger_.unsynced_bytes(), producers_.size()};
  }
  absl::Status SyncNow();
  // Cuts the log at the batch that begins at `extent.size` of a segment.
  absl::Status CutTo(const Segment::Extent& extent);
  absl::Status RecordStart(Offset offset);
  // An empty log at `offset`.
  absl::Status BeginAnew(Offset offset);
  absl::Status LowerCleanEnd(Offset end);
  void Publish(SegmentList segments, Offset start, Offset end);
  void PublishDurable() {
    published_.SetDurable(ledger_.point().end, ledger_.unsynced_bytes());
  }
  absl::Status RemoveFiles(const SegmentList& segments, size_t begin,
                           size_t end);

  // Constant after construction.
  const Options options_;
  const RecoveryReport report_;

  // What readers see.
  PublishedLog published_;
  mutable absl::Mutex cut_mutex_;

  // State of the writer.
  LogConfig config_;
  absl::Status shut_;
  std::shared_ptr<Segment> active_;
  ProducerWindow producers_;
  SnapshotShelf snapshots_;
  FlushLedger ledger_;
  std::vector<std::string_view> parts_;
  DeletedSegments deleted_;
  Offset clean_end_;
};

}  // namespace barnabas::log

#endif  // BARNABAS_STORAGE_LOG_SEGMENTED_LOG_H_
