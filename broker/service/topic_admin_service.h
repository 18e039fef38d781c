// TopicAdminService: barnabas.v1.TopicAdmin on a broker.
//
// What: writes go to the active controller (README 23); ListTopics and
//   DescribeTopic are answered here, with offsets and sizes of what this
//   broker leads; what leaders do by themselves is done here (LeaderCall).
// Units: bytes, offsets. Empty case: an empty image has no topics.
// Thread: gRPC's threads call in.
// Errors: those of AdminForwarder, metadata/view and NamePattern.
#ifndef BARNABAS_BROKER_SERVICE_TOPIC_ADMIN_SERVICE_H_
#define BARNABAS_BROKER_SERVICE_TOPIC_ADMIN_SERVICE_H_

#include "absl/status/statusor.h"
#include "barnabas/v1/topic_admin.grpc.pb.h"
#include "broker/cluster/admin_forwarder.h"
#include "broker/service/compact_topic.h"
#include "broker/service/service_context.h"
#include "broker/service/trim_topic.h"

namespace barnabas::broker {

class TopicAdminService final : public v1::TopicAdmin::CallbackService {
 public:
  TopicAdminService(const ServiceContext* context, AdminForwarder* forwarder)
      : context_(context), forwarder_(forwarder) {}

  grpc::ServerUnaryReactor* CreateTopics(
      grpc::CallbackServerContext* context,
      const v1::CreateTopicsRequest* request,
      v1::CreateTopicsResponse* response) override {
    return forwarder_->CreateTopics(context, request, response);
  }
  grpc::ServerUnaryReactor* AlterTopics(
      grpc::CallbackServerContext* context,
      const v1::AlterTopicsRequest* request,
      v1::AlterTopicsResponse* response) override {
    return forwarder_->AlterTopics(context, request, response);
  }
  grpc::ServerUnaryReactor* AddPartitions(
      grpc::CallbackServerContext* context,
      const v1::AddPartitionsRequest* request,
      v1::AddPartitionsResponse* response) override {
    return forwarder_->AddPartitions(context, request, response);
  }
  grpc::ServerUnaryReactor* DeleteTopics(
      grpc::CallbackServerContext* context,
      const v1::DeleteTopicsRequest* request,
      v1::DeleteTopicsResponse* response) override {
    return forwarder_->DeleteTopics(context, request, response);
  }
  grpc::ServerUnaryReactor* TrimTopic(
      grpc::CallbackServerContext* context, const v1::TrimTopicRequest* request,
      v1::TrimTopicResponse* response) override {
    return broker::TrimTopic(context_, context, request, response);
  }
  grpc::ServerUnaryReactor* CompactTopic(
      grpc::CallbackServerContext* context,
      const v1::CompactTopicRequest* request,
      v1::CompactTopicResponse* response) override {
    return broker::CompactTopic(context_, context, request, response);
  }
  grpc::ServerUnaryReactor* ListTopics(
      grpc::CallbackServerContext* context,
      const v1::ListTopicsRequest* request,
      v1::ListTopicsResponse* response) override;
  grpc::ServerUnaryReactor* DescribeTopic(
      grpc::CallbackServerContext* context,
      const v1::DescribeTopicRequest* request,
      v1::DescribeTopicResponse* response) override;

 private:
  absl::StatusOr<v1::ListTopicsResponse> List(
      const v1::ListTopicsRequest& request) const;
  absl::StatusOr<v1::DescribeTopicResponse> Describe(
      const v1::DescribeTopicRequest& request) const;

  const ServiceContext* const context_;
  AdminForwarder* const forwarder_;
};

}  // namespace barnabas::broker

#endif  // BARNABAS_BROKER_SERVICE_TOPIC_ADMIN_SERVICE_H_
