#include "broker/service/fetch_session.h"

#include "broker/service/topic_lookup.h"
#include "client/rpc/frame_codec.h"
#include "proto/types/status_macros.h"

namespace barnabas::broker {

absl::StatusOr<std::unique_ptr<FetchSession>> FetchSession::Open(
    const ServiceContext& context, const v1::AddSession& add) {
  const image::ClusterImage image = context.table->image();
  ASSIGN_OR_RETURN(const image::TopicState* topic,
                   FindTopic(image, add.topic()));
  ASSIGN_OR_RETURN(
      std::shared_ptr<Partition> partition,
      FindPartition(*context.table, image, *topic, add.partition()));
  std::optional<LeaderEpoch> epoch;
  if (add.has_leader_epoch()) epoch = LeaderEpoch(add.leader_epoch());
  RETURN_IF_ERROR(partition->Serve(epoch).status());
  ASSIGN_OR_RETURN(const Offset from,
                   ResolvePosition(*partition, add.begin(), v1::Position()));
  ASSIGN_OR_RETURN(const std::optional<Offset> until,
                   ResolveStop(*partition, add.until()));
  return std::make_unique<FetchSession>(
      add.session(), PartitionReader(std::move(partition), from, until));
}

v1::SessionAdded FetchSession::Describe() const {
  const Partition& partition = *reader.partition();
  v1::SessionAdded added;
  added.set_session(id);
  added.set_topic_id(partition.key().topic.ToString());
  added.set_topic(partition.topic());
  added.set_partition(partition.key().partition.value());
  added.set_next_offset(reader.next().value());
  const absl::StatusOr<Partition::Positions> now =
      partition.Serve(std::nullopt);
  if (!now.ok()) return added;
  added.set_log_start(now->log_start.value());
  added.set_high_watermark(now->high_watermark.value());
  added.set_leader_epoch(now->epoch.value());
  return added;
}

absl::StatusOr<int64_t> FetchSession::ReadFrame(const ServiceContext& context,
                                                v1::Lane lane,
                                                int64_t bytes_max,
                                                grpc::ByteBuffer* message) {
  const absl::Duration begin = context.clock->Monotonic();
  const Offset from = reader.next();
  v1::FetchStreamResponse response;
  v1::FetchFrame* frame = response.mutable_fetch();
  grpc::Slice payload;
  int64_t bytes = 0;
  if (lane == v1::LANE_STRUCTURED) {
    ASSIGN_OR_RETURN(bytes, reader.ReadStructured(bytes_max, /*records_max=*/0,
                                                  context.buffers,
                                                  frame->mutable_structured()));
  } else {
    ASSIGN_OR_RETURN(payload, reader.ReadEncoded(bytes_max, context.buffers));
    bytes = static_cast<int64_t>(payload.size());
  }
  if (reader.next() == from) return 0;
  ASSIGN_OR_RETURN(const Partition::Positions now,
                   reader.partition()->Serve(std::nullopt));
  frame->set_session(id);
  frame->set_generation(generation);
  frame->set_high_watermark(now.high_watermark.value());
  frame->set_log_start(now.log_start.value());
  frame->set_leader_epoch(now.epoch.value());
  frame->set_next_offset(reader.next().value());
  frame->set_credit_bytes(bytes);
  *message = lane == v1::LANE_STRUCTURED
                 ? rpc::WriteMessage(response)
                 : rpc::WriteFetchResponse(*frame, {&payload, 1});
  context.metrics->fetch_requests()->Increment();
  context.metrics->fetch_latency()->Record(
      absl::ToInt64Nanoseconds(context.clock->Monotonic() - begin));
  return bytes;
}

}  // namespace barnabas::broker
