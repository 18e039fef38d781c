#include "storage/log/compaction_filter.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "proto/types/status_macros.h"

namespace barnabas::log {
namespace {

int64_t SaturatingSum(int64_t a, int64_t b) {
  return b > std::numeric_limits<int64_t>::max() - a
             ? std::numeric_limits<int64_t>::max()
             : a + b;
}

}  // namespace

CompactionFilter::CompactionFilter(Options options)
    : options_(std::move(options)),
      keys_(options_.memory_bytes_max),
      learnt_end_(options_.end) {}

absl::StatusOr<bool> CompactionFilter::Learn(const record::BatchView& batch) {
  if (batch.header.IsTransactional()) {
    learnt_end_ = std::max(batch.header.base_offset, options_.begin);
    return false;
  }
  if (batch.header.IsControl()) return true;
  RETURN_IF_ERROR(reader_.Open(batch, /*check_crc=*/false));
  record::RecordView record;
  while (true) {
    ASSIGN_OR_RETURN(const bool more, reader_.Next(&record));
    counts_.keys = keys_.size();
    if (!more) return true;
    if (record.offset < options_.begin || !record.key.has_value()) continue;
    if (!keys_.TryPut(HashKey(*record.key, options_.secret), record.offset)) {
      learnt_end_ = record.offset;
      return false;
    }
  }
}

bool CompactionFilter::Stays(const record::RecordView& record,
                             const record::BatchHeader& header) {
  if (record.offset >= learnt_end_) return true;
  if (record.offset < options_.log_start) return false;
  if (!record.key.has_value()) {
    ++counts_.keyless_removed;
    return false;
  }
  const std::optional<Offset> last =
      keys_.Find(HashKey(*record.key, options_.secret));
  if (last.has_value() && *last > record.offset) return false;
  // The horizon stands where the base timestamp was.
  const bool due = !record.value.has_value() && header.HasDeleteHorizon() &&
                   header.base_timestamp_ms <= options_.now_ms;
  if (due) ++counts_.tombstones_removed;
  return !due;
}

absl::StatusOr<std::optional<record::BatchView>> CompactionFilter::Apply(
    const record::BatchView& batch, bool last) {
  const record::BatchHeader& header = batch.header;
  if (header.base_offset >= learnt_end_ || header.IsControl()) {
    counts_.records_kept += header.record_count;
    return batch;
  }
  std::optional<int64_t> horizon_ms;
  // Of a batch that is not wholly learnt, what a tombstone hides may be left.
  if (header.NextOffset() <= learnt_end_) {
    horizon_ms = SaturatingSum(options_.now_ms, options_.delete_retention_ms);
  }
  ASSIGN_OR_RETURN(const record::BatchFilter::Outcome outcome,
                   filter_.Apply(
                       batch,
                       [&](const record::RecordView& record) {
                         return Stays(record, header);
                       },
                       horizon_ms));
  counts_.records_kept += outcome.kept;
  counts_.records_removed += outcome.removed;
  if (outcome.kept == 0 && !last &&
      !options_.remembered.contains(header.LastOffset())) {
    return std::nullopt;
  }
  return record::BatchView{outcome.header, outcome.bytes};
}

}  // namespace barnabas::log
