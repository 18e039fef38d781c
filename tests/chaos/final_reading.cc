#include "tests/chaos/final_reading.h"

#include <grpcpp/client_context.h>

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "barnabas/v1/consumer.grpc.pb.h"
#include "proto/types/error.h"
#include "proto/types/error_proto.h"
#include "proto/types/status_macros.h"
#include "storage/record/batch_reader.h"
#include "tests/chaos/record_follower.h"

namespace barnabas::chaos {
namespace {

constexpr absl::Duration kPatience = absl::Seconds(60);

std::unique_ptr<grpc::ClientContext> Context(const ClientSet& set) {
  auto context = std::make_unique<grpc::ClientContext>();
  context->set_wait_for_ready(true);
  context->set_deadline(absl::ToChronoTime(set.clock->Wall() + kPatience));
  return context;
}

absl::Status Checked(const grpc::Status& status) {
  if (status.ok()) return absl::OkStatus();
  return MakeError(ErrorCode::kRequestTimedOut, status.error_message());
}

absl::Status TakeBatches(std::string_view bytes, int64_t from,
                         Reading* reading) {
  record::BatchReader batches(bytes);
  while (true) {
    ASSIGN_OR_RETURN(const std::optional<record::BatchView> batch,
                     batches.Next());
    if (!batch.has_value()) return absl::OkStatus();
    record::RecordReader records;
    RETURN_IF_ERROR(records.Open(*batch, true));
    record::RecordView record;
    while (true) {
      ASSIGN_OR_RETURN(const bool more, records.Next(&record));
      if (!more) break;
      if (record.offset.value() < from) continue;
      ReadRecord read = ReadRecordOf(record);
      read.epoch = batch->header.leader_epoch.value();
      reading->records.push_back(read);
    }
  }
}

absl::Status ReadLog(const ClientSet& set, int32_t consumer, int32_t log,
                     const History::Range& range, v1::Consumer::Stub* stub) {
  for (int64_t next = range.start; next < range.end;) {
    v1::PollRequest request;
    request.mutable_topic()->set_name(set.logs[log].topic);
    request.set_lane(v1::LANE_ENCODED);
    request.set_wait_ms(1000);
    v1::PollPartition* place = request.add_partitions();
    place->set_partition(set.logs[log].partition);
    place->mutable_begin()->set_offset(next);
    v1::PollResponse response;
    RETURN_IF_ERROR(
        Checked(stub->Poll(Context(set).get(), request, &response)));
    if (response.partitions_size() != 1) {
      return MakeError(ErrorCode::kInternal, "a poll without its partition");
    }
    const v1::FetchedPartition& part = response.partitions(0);
    if (part.has_error()) return FromProto(part.error());
    Reading reading;
    reading.consumer = consumer;
    reading.log = log;
    reading.at_ns = set.NowNs();
    reading.epoch = part.leader_epoch();
    reading.high_watermark = part.high_watermark();
    RETURN_IF_ERROR(TakeBatches(part.encoded(), next, &reading));
    if (reading.records.empty()) {
      return MakeError(ErrorCode::kRequestTimedOut,
                       absl::StrCat("log ", log, " gives nothing from ", next,
                                    " though it ends at ", range.end));
    }
    next = reading.records.back().offset + 1;
    set.file->Add(ReadingLine(reading));
  }
  return absl::OkStatus();
}

// Where `log` ends once its last sync is over.
absl::StatusOr<History::Range> AskEnd(const ClientSet& set, const LogFacts& log,
                                      v1::Consumer::Stub* stub) {
  v1::ListOffsetsRequest request;
  request.mutable_topic()->set_name(log.topic);
  request.add_partitions(log.partition);
  const absl::Duration until = set.clock->Monotonic() + kPatience;
  while (set.clock->Monotonic() < until) {
    v1::ListOffsetsResponse response;
    RETURN_IF_ERROR(
        Checked(stub->ListOffsets(Context(set).get(), request, &response)));
    if (response.partitions_size() != 1) {
      return MakeError(ErrorCode::kInternal, "no offsets of a partition");
    }
    const v1::PartitionOffsets& offsets = response.partitions(0);
    if (offsets.has_error()) return FromProto(offsets.error());
    if (offsets.high_watermark() == offsets.log_end()) {
      return History::Range{offsets.log_start(), offsets.log_end()};
    }
  }
  return MakeError(ErrorCode::kRequestTimedOut,
                   absl::StrCat(log.topic, " ", log.partition,
                                " stays unreadable below its end though every "
                                "record was answered"));
}

}  // namespace

absl::StatusOr<std::map<int32_t, History::Range>> AskEnds(
    const ClientSet& set, const std::shared_ptr<grpc::Channel>& channel) {
  const auto stub = v1::Consumer::NewStub(channel);
  std::map<int32_t, History::Range> ends;
  for (size_t i = 0; i < set.logs.size(); ++i) {
    ASSIGN_OR_RETURN(ends[static_cast<int32_t>(i)],
                     AskEnd(set, set.logs[i], stub.get()));
  }
  return ends;
}

absl::Status ReadFinally(const ClientSet& set, int32_t consumer,
                         const std::shared_ptr<grpc::Channel>& channel,
                         const std::map<int32_t, History::Range>& ends) {
  const auto stub = v1::Consumer::NewStub(channel);
  set.file->Add(ConsumerLine(consumer, {true, true}));
  for (const auto& [log, range] : ends) {
    set.file->Add(EndLine(log, range.start, range.end));
    RETURN_IF_ERROR(ReadLog(set, consumer, log, range, stub.get()));
  }
  return absl::OkStatus();
}

}  // namespace barnabas::chaos
