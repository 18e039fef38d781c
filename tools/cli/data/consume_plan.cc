#include "tools/cli/data/consume_plan.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/str_cat.h"
#include "proto/types/error.h"
#include "proto/types/error_proto.h"
#include "proto/types/status_macros.h"
#include "tools/cli/data/topic_check.h"

namespace barnabas::cli {
namespace {

using Ends = std::map<int32_t, v1::PartitionOffsets>;

absl::StatusOr<Ends> EndsOf(client::Admin& admin, const std::string& topic,
                            const std::vector<int32_t>& partitions) {
  v1::ListOffsetsRequest request;
  request.mutable_topic()->set_name(topic);
  request.mutable_partitions()->Add(partitions.begin(), partitions.end());
  ASSIGN_OR_RETURN(const v1::ListOffsetsResponse reply,
                   admin.leaders().ListOffsets(request));
  Ends ends;
  for (const v1::PartitionOffsets& one : reply.partitions()) {
    if (one.has_error()) return FromProto(one.error());
    ends[one.partition()] = one;
  }
  return ends;
}

// First offset at or after a time; partitions without one are left out.
absl::StatusOr<std::map<int32_t, int64_t>> OffsetsAt(
    client::Admin& admin, const std::string& topic,
    const std::vector<int32_t>& partitions, int64_t timestamp_ms) {
  v1::OffsetsForTimesRequest request;
  request.mutable_topic()->set_name(topic);
  request.mutable_partitions()->Add(partitions.begin(), partitions.end());
  request.set_timestamp_ms(timestamp_ms);
  ASSIGN_OR_RETURN(const v1::OffsetsForTimesResponse reply,
                   admin.leaders().OffsetsForTimes(request));
  std::map<int32_t, int64_t> offsets;
  for (const v1::PartitionTimeOffset& one : reply.partitions()) {
    if (one.has_error()) return FromProto(one.error());
    if (one.has_offset()) offsets[one.partition()] = one.offset();
  }
  return offsets;
}

client::StartAt StartOf(const OffsetPoint& from,
                        const v1::PartitionOffsets* ends) {
  switch (from.kind) {
    case OffsetPoint::Kind::kStart:
      return client::StartAt::Start();
    case OffsetPoint::Kind::kEnd:
      return client::StartAt::End();
    case OffsetPoint::Kind::kOffset:
      return client::StartAt::Offset(from.value);
    case OffsetPoint::Kind::kBeforeEnd:
      return from.value == 0 ? client::StartAt::End()
                             : client::StartAt::Last(from.value);
    case OffsetPoint::Kind::kTime:
      return client::StartAt::Time(from.value);
    case OffsetPoint::Kind::kAfterStart:
      return client::StartAt::Offset(
          std::min(ends->log_start() + from.value, ends->high_watermark()));
  }
  return client::StartAt::End();
}

// A bounded read of nothing must not hide that the offset is not there.
absl::Status CheckFrom(const OffsetPoint& from, const std::string& topic,
                       const v1::PartitionOffsets& ends) {
  if (from.kind != OffsetPoint::Kind::kOffset ||
      (from.value >= ends.log_start() && from.value <= ends.log_end())) {
    return absl::OkStatus();
  }
  return WithOffsetRange(
      MakeError(ErrorCode::kOffsetOutOfRange,
                absl::StrCat(topic, "[", ends.partition(), "] has offsets ",
                             ends.log_start(), " to ", ends.log_end(), ", not ",
                             from.value),
                absl::StrCat("barnabas topic offsets ", topic)),
      {Offset(ends.log_start()), Offset(ends.log_end())});
}

absl::Status SetUntil(client::Admin& admin, const std::string& topic,
                      const OffsetPoint& until, const Ends& ends,
                      const std::vector<int32_t>& indexes,
                      std::vector<PlannedPartition*> partitions) {
  std::map<int32_t, int64_t> at_time;
  if (until.kind == OffsetPoint::Kind::kTime) {
    ASSIGN_OR_RETURN(at_time, OffsetsAt(admin, topic, indexes, until.value));
  }
  for (PlannedPartition* partition : partitions) {
    const int32_t index = partition->partition.partition;
    const int64_t end = ends.at(index).high_watermark();
    if (until.kind == OffsetPoint::Kind::kOffset) {
      partition->until = until.value;
    } else if (at_time.contains(index)) {
      partition->until = at_time.at(index);
    } else {
      partition->until = end;
    }
  }
  return absl::OkStatus();
}

absl::StatusOr<std::vector<int32_t>> IndexesOf(client::Admin& admin,
                                               const std::string& topic,
                                               const ConsumeWish& wish) {
  ASSIGN_OR_RETURN(std::vector<int32_t> known, PartitionsOf(admin, topic));
  for (const int32_t wanted : wish.partitions) {
    if (!std::binary_search(known.begin(), known.end(), wanted)) {
      return MakeError(ErrorCode::kUnknownPartition,
                       absl::StrCat("topic \"", topic, "\" has no partition ",
                                    wanted, ": it has ", known.size()),
                       absl::StrCat("barnabas topic describe ", topic, " -p"));
    }
  }
  return wish.partitions.empty() ? known : wish.partitions;
}

}  // namespace

absl::StatusOr<std::vector<PlannedPartition>> PlanConsume(
    client::Admin& admin, const ConsumeWish& wish) {
  const OffsetPoint from =
      wish.offsets.from.value_or(OffsetPoint{OffsetPoint::Kind::kEnd});
  std::optional<OffsetPoint> until = wish.offsets.until;
  if (wish.until_end && !until.has_value()) {
    until = OffsetPoint{OffsetPoint::Kind::kEnd};
  }
  std::vector<PlannedPartition> planned;
  for (const std::string& topic : wish.topics) {
    ASSIGN_OR_RETURN(const std::vector<int32_t> indexes,
                     IndexesOf(admin, topic, wish));
    Ends ends;
    if (until.has_value() || from.kind == OffsetPoint::Kind::kAfterStart) {
      ASSIGN_OR_RETURN(ends, EndsOf(admin, topic, indexes));
    }
    std::vector<PlannedPartition> of_topic;
    for (const int32_t index : indexes) {
      const auto end = ends.find(index);
      if (!ends.empty() && end == ends.end()) {
        return MakeError(ErrorCode::kInternal,
                         "the server left a partition out of its answer");
      }
      if (!ends.empty()) {
        RETURN_IF_ERROR(CheckFrom(from, topic, end->second));
      }
      of_topic.push_back(
          {{topic, index},
           StartOf(from, ends.empty() ? nullptr : &end->second)});
    }
    if (until.has_value()) {
      std::vector<PlannedPartition*> pointers;
      for (PlannedPartition& one : of_topic) pointers.push_back(&one);
      RETURN_IF_ERROR(SetUntil(admin, topic, *until, ends, indexes, pointers));
    }
    planned.insert(planned.end(), of_topic.begin(), of_topic.end());
  }
  return planned;
}

}  // namespace barnabas::cli
