#include "storage/log/log_reader.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "proto/types/error.h"
#include "proto/types/status_macros.h"
#include "proto/types/text.h"
#include "proto/types/units.h"
#include "storage/log/batch_walk.h"
#include "storage/record/batch_reader.h"
#include "storage/record/record.h"

namespace barnabas::log {
namespace {

using TimeMatch = PartitionLog::TimeMatch;

constexpr size_t kWindow = 64 * kKiB;

// Headers looked at before a read, so that no batch is read that will not fit.
// With more batches than this in a read, a part of one too many is little.
constexpr int kHeadersAhead = 16;

absl::Status Damaged(const Segment& segment, int64_t position,
                     std::string_view why) {
  return MakeError(ErrorCode::kCorruptRecord,
                   absl::StrCat(segment.file()->path(), " at position ",
                                position, ": ", AsAbsl(why)),
                   "barnabas storage verify DIR");
}

}  // namespace

absl::Status OutOfRange(Offset offset, const PartitionLog::Facts& facts) {
  return WithOffsetRange(
      MakeError(ErrorCode::kOffsetOutOfRange,
                absl::StrCat("offset ", offset.value(), " is not in [",
                             facts.log_start.value(), ", ",
                             facts.log_end.value(), "]"),
                "begin at an offset of that range"),
      OffsetRange{facts.log_start, facts.log_end});
}

absl::StatusOr<Offset> LogReader::ReadableEnd(const PartitionLog::Facts& facts,
                                              Offset from,
                                              std::string_view directory) {
  if (from < facts.log_start || from > facts.log_end) {
    return OutOfRange(from, facts);
  }
  // What is not durable in a failed log may be gone already (S6).
  const Offset end = facts.failed ? facts.durable_end : facts.log_end;
  if (from <= end) return end;
  return MakeError(
      ErrorCode::kStorageError,
      absl::StrCat(AsAbsl(directory), " failed; it is readable up to offset ",
                   end.value()),
      "look at the disk, then restart this node");
}

absl::StatusOr<ReadOutcome> LogReader::ReadBatches(
    Offset from, Offset end, int64_t bytes_max, ReadCursor* cursor,
    absl::FunctionRef<char*(size_t)> allocate) const {
  end = std::min(end, snapshot_.end);
  if (from >= end) return ReadOutcome{{}, from};
  std::optional<Place> place;
  if (cursor != nullptr && cursor->next == from) place = PlaceAt(*cursor);
  if (!place.has_value()) {
    ASSIGN_OR_RETURN(place, PlaceOf(from));
  }
  ASSIGN_OR_RETURN(const Filled filled,
                   Fill(*place, from, end, bytes_max, allocate));
  if (cursor != nullptr) {
    *cursor =
        ReadCursor{filled.next, place->segment->base(),
                   place->position + static_cast<int64_t>(filled.bytes.size()),
                   snapshot_.era};
  }
  return ReadOutcome{filled.bytes, filled.next};
}

absl::StatusOr<LogReader::Place> LogReader::PlaceOf(Offset from) const {
  const SegmentList& segments = *snapshot_.segments;
  const size_t i = FindSegment(segments, from);
  ASSIGN_OR_RETURN(const int64_t position, segments[i]->Locate(from));
  if (position == segments[i]->size() && i + 1 < segments.size()) {
    return Place{segments[i + 1].get(), 0};
  }
  return Place{segments[i].get(), position};
}

std::optional<LogReader::Place> LogReader::PlaceAt(
    const ReadCursor& cursor) const {
  const SegmentList& segments = *snapshot_.segments;
  if (cursor.era != snapshot_.era) return std::nullopt;
  const size_t i = FindSegment(segments, cursor.segment_base);
  if (segments[i]->base() != cursor.segment_base ||
      cursor.position > segments[i]->size()) {
    return std::nullopt;
  }
  if (cursor.position == segments[i]->size() && i + 1 < segments.size()) {
    return Place{segments[i + 1].get(), 0};
  }
  return Place{segments[i].get(), cursor.position};
}

absl::StatusOr<int64_t> LogReader::WholeBatches(const Segment& segment,
                                                int64_t position,
                                                int64_t wanted,
                                                Offset end) const {
  const int64_t available = segment.size() - position;
  int64_t whole = 0;
  for (int i = 0; i < kHeadersAhead && whole < wanted; ++i) {
    char head[record::kBatchHeaderBytes];
    ASSIGN_OR_RETURN(
        const size_t got,
        segment.file()->ReadAt(position + whole, sizeof(head), head));
    const std::optional<record::BatchHeader> header =
        record::BatchHeader::Parse(std::string_view(head, got));
    // Damage is judged by whoever reads the bytes.
    if (!header.has_value() || !FaultOf(*header).empty()) break;
    const int64_t with = whole + header->SizeBytes();
    if (with > available) break;
    if (header->NextOffset() > end || (whole > 0 && with > wanted)) {
      return whole;
    }
    whole = with;
  }
  return std::min(std::max(whole, wanted), available);
}

absl::StatusOr<LogReader::Filled> LogReader::Fill(
    const Place& place, Offset from, Offset end, int64_t bytes_max,
    absl::FunctionRef<char*(size_t)> allocate) const {
  const Segment& segment = *place.segment;
  const int64_t available = segment.size() - place.position;
  int64_t wanted = std::min(std::max<int64_t>(bytes_max, 1), available);
  if (wanted < available) {
    ASSIGN_OR_RETURN(wanted,
                     WholeBatches(segment, place.position, wanted, end));
    if (wanted == 0) return Filled{{}, from};
  }
  if (wanted <= 0) return Damaged(segment, place.position, "a batch is due");
  char* const buffer = allocate(static_cast<size_t>(wanted));
  ASSIGN_OR_RETURN(const size_t got,
                   segment.file()->ReadAt(place.position,
                                          static_cast<size_t>(wanted), buffer));
  const std::string_view bytes(buffer, got);
  size_t used = 0;
  Offset next = from;
  while (true) {
    const std::optional<record::BatchHeader> header =
        record::BatchHeader::Parse(bytes.substr(used));
    const bool fits = header.has_value() && FaultOf(*header).empty() &&
                      header->LastOffset() >= next &&
                      (used == 0 || header->base_offset >= next) &&
                      header->SizeBytes() <= static_cast<int64_t>(got - used);
    if (!fits) break;
    if (header->NextOffset() > end) return Filled{bytes.substr(0, used), next};
    used += static_cast<size_t>(header->SizeBytes());
    next = header->NextOffset();
  }
  if (used == 0) {
    return Damaged(segment, place.position,
                   absl::StrCat("no whole batch with offset ", from.value(),
                                " stands here"));
  }
  return Filled{bytes.substr(0, used), next};
}

absl::StatusOr<std::optional<TimeMatch>> LogReader::FindTime(
    int64_t timestamp_ms) const {
  for (const auto& segment : *snapshot_.segments) {
    if (segment->next() <= snapshot_.start ||
        segment->index().max().timestamp_ms < timestamp_ms) {
      continue;
    }
    ASSIGN_OR_RETURN(const std::optional<TimeMatch> match,
                     FindTimeIn(*segment, timestamp_ms));
    if (match.has_value()) return match;
  }
  return std::nullopt;
}

absl::StatusOr<std::optional<TimeMatch>> LogReader::FindTimeIn(
    const Segment& segment, int64_t timestamp_ms) const {
  int64_t position = 0;
  const absl::StatusOr<std::optional<TimeEntry>> hint =
      segment.index().FindTime(timestamp_ms);
  if (hint.ok() && hint->has_value()) {
    ASSIGN_OR_RETURN(const int64_t at, segment.Locate((*hint)->offset));
    // The index has no checksum: believe it only if the batch bears it out.
    if (at < segment.size()) {
      ASSIGN_OR_RETURN(const record::BatchHeader header, segment.HeaderAt(at));
      if (header.LastOffset() == (*hint)->offset &&
          header.max_timestamp_ms == (*hint)->timestamp_ms) {
        position = at;
      }
    }
  }
  BatchWalk walk(segment.file().get(), position, segment.size(),
                 WalkDepth::kHeaders, kWindow);
  while (true) {
    ASSIGN_OR_RETURN(const std::optional<BatchWalk::Step> step, walk.Next());
    if (!step.has_value() || step->header.base_offset >= snapshot_.end) {
      return std::nullopt;
    }
    if (step->header.max_timestamp_ms < timestamp_ms ||
        step->header.LastOffset() < snapshot_.start) {
      continue;
    }
    ASSIGN_OR_RETURN(const std::optional<TimeMatch> match,
                     PickRecord(segment, step->header, step->position,
                                Pick::kFirstAtOrAfter, timestamp_ms));
    if (match.has_value()) return match;
  }
}

absl::StatusOr<std::optional<TimeMatch>> LogReader::FindTime(
    LargestTime) const {
  std::optional<TimeMatch> best;
  for (const auto& segment : *snapshot_.segments) {
    if (segment->next() <= snapshot_.start) continue;
    const int64_t max = segment->index().max().timestamp_ms;
    if (max < 0 || (best.has_value() && max <= best->timestamp_ms)) continue;
    ASSIGN_OR_RETURN(const std::optional<TimeMatch> match, FindMaxIn(*segment));
    if (match.has_value() &&
        (!best.has_value() || match->timestamp_ms > best->timestamp_ms)) {
      best = match;
    }
  }
  return best;
}

absl::StatusOr<std::optional<TimeMatch>> LogReader::FindMaxIn(
    const Segment& segment) const {
  const TimeEntry max = segment.index().max();
  if (max.offset >= snapshot_.start) {
    // The batch that the index names, if it lies wholly in sight.
    ASSIGN_OR_RETURN(const int64_t at, segment.Locate(max.offset));
    if (at < segment.size()) {
      ASSIGN_OR_RETURN(const record::BatchHeader header, segment.HeaderAt(at));
      if (header.base_offset >= snapshot_.start &&
          header.max_timestamp_ms == max.timestamp_ms) {
        ASSIGN_OR_RETURN(const std::optional<TimeMatch> match,
                         PickRecord(segment, header, at, Pick::kLargest, 0));
        // A batch that compaction emptied has a time and no record.
        if (match.has_value() && match->timestamp_ms == max.timestamp_ms) {
          return match;
        }
      }
    }
  }
  ASSIGN_OR_RETURN(const int64_t from, segment.Locate(snapshot_.start));
  BatchWalk walk(segment.file().get(), from, segment.size(),
                 WalkDepth::kHeaders, kWindow);
  std::optional<TimeMatch> best;
  while (true) {
    ASSIGN_OR_RETURN(const std::optional<BatchWalk::Step> step, walk.Next());
    if (!step.has_value()) return best;
    if (best.has_value() &&
        step->header.max_timestamp_ms <= best->timestamp_ms) {
      continue;
    }
    ASSIGN_OR_RETURN(
        const std::optional<TimeMatch> match,
        PickRecord(segment, step->header, step->position, Pick::kLargest, 0));
    if (match.has_value() &&
        (!best.has_value() || match->timestamp_ms > best->timestamp_ms)) {
      best = match;
    }
  }
}

absl::StatusOr<std::optional<TimeMatch>> LogReader::PickRecord(
    const Segment& segment, const record::BatchHeader& header, int64_t position,
    Pick pick, int64_t timestamp_ms) const {
  std::string bytes(static_cast<size_t>(header.SizeBytes()), '\0');
  ASSIGN_OR_RETURN(const size_t got, segment.file()->ReadAt(
                                         position, bytes.size(), bytes.data()));
  if (got != bytes.size()) {
    return Damaged(segment, position, "the batch is cut short");
  }
  record::RecordReader reader;
  RETURN_IF_ERROR(reader.Open(record::BatchView{header, bytes}, true));
  std::optional<TimeMatch> best;
  record::RecordView record;
  while (true) {
    ASSIGN_OR_RETURN(const bool more, reader.Next(&record));
    if (!more) return best;
    if (record.offset < snapshot_.start) continue;
    if (record.offset >= snapshot_.end) return best;
    const TimeMatch match{record.offset, record.timestamp_ms,
                          header.leader_epoch};
    switch (pick) {
      case Pick::kFirstAtOrAfter:
        if (record.timestamp_ms >= timestamp_ms) return match;
        break;
      case Pick::kLargest:
        if (record.timestamp_ms >= 0 &&
            (!best || record.timestamp_ms > best->timestamp_ms)) {
          best = match;
        }
        break;
    }
  }
}

}  // namespace barnabas::log
