#include "broker/service/trim_topic.h"

#include <glog/logging.h>

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "broker/service/leader_call.h"
#include "broker/service/partition_reader.h"
#include "proto/types/error.h"
#include "proto/types/status_macros.h"

namespace barnabas::broker {
namespace {

using TrimCall = LeaderCall<v1::TrimTopicRequest, v1::TrimTopicResponse,
                            v1::TrimmedPartition>;

absl::Status CheckPlace(const v1::Position& to) {
  if (to.at_case() != v1::Position::AT_NOT_SET &&
      !(to.has_offset() && to.offset() < 0)) {
    return absl::OkStatus();
  }
  return MakeError(ErrorCode::kInvalidRequest,
                   "a trim needs to know the first record that stays",
                   "set `to`: an offset from 0 on, a time, or the end");
}

// An offset is looked at on the partition's loop, where nothing moves.
absl::StatusOr<Offset> PlaceOf(const Partition& partition,
                               const v1::Position& to) {
  if (to.has_offset()) return Offset(to.offset());
  return ResolvePosition(partition, to, to);
}

absl::Status Beyond(const Partition& partition, Offset target,
                    const Partition::Positions& now) {
  return WithOffsetRange(
      MakeError(
          ErrorCode::kOffsetOutOfRange,
          absl::StrCat("partition ", partition.key().partition.value(), " of ",
                       partition.topic(), " cannot be trimmed to offset ",
                       target.value(), ", its high watermark is ",
                       now.high_watermark.value()),
          "trim to an offset of the range, or to the end"),
      {now.log_start, now.high_watermark});
}

absl::Status Trim(const TrimCall::Part& part, Offset target) {
  Partition& partition = *part.partition;
  ASSIGN_OR_RETURN(const Partition::Positions before,
                   partition.Serve(std::nullopt));
  if (target > before.high_watermark) {
    return Beyond(partition, target, before);
  }
  v1::TrimmedPartition* entry = part.entry;
  entry->set_log_start_before(before.log_start.value());
  entry->set_log_start(std::max(target, before.log_start).value());
  entry->set_high_watermark(before.high_watermark.value());
  entry->set_size_bytes_before(before.size_bytes);
  if (part.request().validate_only()) return absl::OkStatus();
  if (target > before.log_start) {
    RETURN_IF_ERROR(partition.RunOnLog(
        [target](const PartitionSettings&, Offset, log::PartitionLog* log) {
          return log->AdvanceStart(target);
        }));
    LOG(INFO) << "Partition " << partition.key() << " (" << partition.topic()
              << ") was trimmed (request id \"" << part.request().request_id()
              << "\"): its log starts at " << target << ", before at "
              << before.log_start;
  }
  ASSIGN_OR_RETURN(const Partition::Positions after,
                   partition.Serve(std::nullopt));
  entry->set_log_start(after.log_start.value());
  entry->set_size_bytes(after.size_bytes);
  return absl::OkStatus();
}

void TrimOnItsLoop(TrimCall::Part part) {
  const absl::StatusOr<Offset> target =
      PlaceOf(*part.partition, part.request().to());
  if (!target.ok()) return part.Set(target.status());
  env::EventLoop* loop = part.partition->loop();
  loop->PostAlways([part = std::move(part), target = *target] {
    part.Set(Trim(part, target));
  });
}

}  // namespace

grpc::ServerUnaryReactor* TrimTopic(const ServiceContext* context,
                                    grpc::CallbackServerContext* call,
                                    const v1::TrimTopicRequest* request,
                                    v1::TrimTopicResponse* response) {
  const absl::Status checked = CheckPlace(request->to());
  if (checked.ok()) {
    return TrimCall::Begin(context, call, request, response, TrimOnItsLoop);
  }
  grpc::ServerUnaryReactor* reactor = call->DefaultReactor();
  reactor->Finish(rpc::ToGrpc(checked));
  return reactor;
}

}  // namespace barnabas::broker
