#include "broker/service/compact_topic.h"

#include <glog/logging.h>

#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "broker/replication/compactor.h"
#include "broker/service/leader_call.h"
#include "proto/types/error.h"

namespace barnabas::broker {
namespace {

using CompactCall =
    LeaderCall<v1::CompactTopicRequest, v1::CompactTopicResponse,
               v1::CompactedPartition>;

absl::Status NotCompacted(const Partition& partition) {
  return MakeError(
      ErrorCode::kInvalidRequest,
      absl::StrCat("topic ", partition.topic(),
                   " is not compacted: its cleanup.policy is delete"),
      absl::StrCat("barnabas config set topic/", partition.topic(),
                   " cleanup.policy=compact"));
}

void Tell(const CompactCall::Part& part, const CompactionResult& result) {
  const log::CompactionReport& report = result.report;
  v1::CompactedPartition* const entry = part.entry;
  entry->set_done(result.status.ok());
  entry->set_dirty_bytes_before(report.range.dirty_bytes);
  entry->set_dirty_bytes_after(result.dirty_bytes_after);
  entry->set_records_kept(report.counts.records_kept);
  entry->set_records_removed(report.counts.records_removed);
  entry->set_tombstones_removed(report.counts.tombstones_removed);
  entry->set_keyless_removed(report.counts.keyless_removed);
  entry->set_clean_end(report.clean_end.value());
  entry->set_duration_ms(absl::ToInt64Milliseconds(result.took));
  const absl::StatusOr<Partition::Positions> after =
      part.partition->Serve(std::nullopt);
  if (after.ok()) {
    entry->set_size_bytes(after->size_bytes);
    entry->set_log_start(after->log_start.value());
    entry->set_log_end(after->log_end.value());
  }
  part.Set(result.status);
}

}  // namespace

grpc::ServerUnaryReactor* CompactTopic(const ServiceContext* context,
                                       grpc::CallbackServerContext* call,
                                       const v1::CompactTopicRequest* request,
                                       v1::CompactTopicResponse* response) {
  return CompactCall::Begin(
      context, call, request, response, [context](CompactCall::Part part) {
        const std::shared_ptr<Partition> partition = part.partition;
        if (!partition->settings().log.compaction.enabled) {
          return part.Set(NotCompacted(*partition));
        }
        const absl::StatusOr<Partition::Positions> before =
            partition->Serve(std::nullopt);
        if (before.ok()) part.entry->set_size_bytes_before(before->size_bytes);
        LOG(INFO) << "Partition " << partition->key() << " ("
                  << partition->topic() << ") is compacted on request "
                  << part.request().request_id();
        if (!part.request().wait()) {
          part.Set(absl::OkStatus());
          context->compactor->CompactNow(partition,
                                         [](const CompactionResult&) {});
          return;
        }
        context->compactor->CompactNow(
            partition,
            [part = std::move(part)](const CompactionResult& result) {
              Tell(part, result);
            });
      });
}

}  // namespace barnabas::broker
