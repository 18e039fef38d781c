// CompactionPass: one compaction of one log, the CompactionJob behind
// LogCleaning.
//
// Picture of its states:
//   learn --all keys, or memory full--> rewrite <------------+
//   rewrite --group written and synced--> swap               |
//   swap --the writer put it in place--> settle --more groups-+
//   settle --no more groups--> over; rewrite --nothing changed--> next group
// Units: as in LogCleaning. Empty case: none; a pass has segments.
// Thread: Run on any thread; Swap and Abandon on the log's writer, never
//   beside Run.
// Errors: as in LogCleaning.
// Always true: groups are put in place from the lowest offset up, each durably
//   before the next is written, and none after one that failed: a tombstone
//   never gets its horizon before what it hides is gone; the durable point on
//   disk lies behind everything that is replaced, so that recovery never asks
//   for a replaced file.
#ifndef BARNABAS_STORAGE_LOG_COMPACTION_PASS_H_
#define BARNABAS_STORAGE_LOG_COMPACTION_PASS_H_

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "storage/env/file.h"
#include "storage/log/batch_scan.h"
#include "storage/log/compaction_filter.h"
#include "storage/log/durable_marks.h"
#include "storage/log/log_cleaning.h"
#include "storage/log/log_config.h"
#include "storage/log/segment_list.h"

namespace barnabas::log {

// Segments as planning sees them.
std::vector<SegmentSpan> SpansOf(const SegmentList& segments);

// OVERLOADED: what was to be compacted is not there any more.
absl::Status CompactionOvertaken(const std::string& directory);

class CompactionPass : public CompactionJob {
 public:
  struct Work {
    env::FileSystem* files = nullptr;
    std::string directory;
    LogConfig config;
    // Those of the range; sealed and durable.
    SegmentList segments;
    CompactionRange range;
    CompactionFilter::Options filter;
    int64_t run_bytes_max = 0;
    std::shared_ptr<DurableMarks> marks;
    int64_t era = 0;
    // Lies behind the range.
    DurablePoint point;
  };

  explicit CompactionPass(Work work);

  absl::Status Run() override;
  int64_t run_bytes() const override { return run_bytes_; }
  const CompactionReport& report() const override { return report_; }

  // Of the log's cuts, when it began.
  int64_t era() const { return work_.era; }
  bool over() const { return state_ == State::kOver; }
  bool awaits_swap() const { return state_ == State::kSwap; }

  // Whether the group that was written is still part of the log's segments.
  bool IsPartOf(const SegmentList& all) const;
  // Puts it in its place among `all`; those that the log has then.
  absl::StatusOr<SegmentList> Swap(const SegmentList& all);
  // The segments that the last Swap replaced; their files are set aside.
  SegmentList TakeReplaced() { return std::exchange(replaced_, {}); }
  // Removes what is half written.
  void Abandon();

 private:
  enum class State { kBegin, kLearn, kRewrite, kSwap, kSettle, kOver };

  absl::Status RunOnce();
  absl::Status Begin();
  absl::Status LearnSome();
  absl::Status RewriteSome();
  absl::Status BeginGroup();
  absl::Status FinishGroup();
  absl::Status Settle();
  absl::Status NextGroup();
  // Scans the segment at hand from its begin, or from `from`.
  absl::Status ScanSegment(std::optional<Offset> from);
  // The next batch of that segment. Offset and epoch are not part of the
  // checksum: they must fit those before and the segment's end.
  absl::StatusOr<std::optional<record::BatchView>> NextBatch();
  absl::Status Write(const record::BatchView& batch);
  const SegmentList& segments() const { return work_.segments; }

  // Constant after construction.
  const Work work_;

  // State.
  State state_ = State::kBegin;
  CompactionFilter filter_;
  std::vector<std::pair<size_t, size_t>> groups_;
  size_t group_ = 0;
  // The segment at hand, and where in it.
  size_t at_ = 0;
  std::optional<BatchScan> scan_;
  record::BatchHeader before_;
  std::shared_ptr<Segment> output_;
  bool changed_ = false;
  SegmentList replaced_;
  CompactionReport report_;
  int64_t run_bytes_ = 0;
};

}  // namespace barnabas::log

#endif  // BARNABAS_STORAGE_LOG_COMPACTION_PASS_H_
