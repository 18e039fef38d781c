// TopicAdminService: barnabas.v1.TopicAdmin on a controller.
//
// What: writes go through the driver to the active core; reads are answered
//   from the committed image, without sizes and offsets, which only brokers
//   know.
// Units: none. Empty case: none. Thread: gRPC's threads call in.
// Errors: those of the core and of metadata/view, as gRPC statuses.
// Always true: the driver outlives the listener.
#ifndef BARNABAS_CONTROLLER_SERVICE_TOPIC_ADMIN_SERVICE_H_
#define BARNABAS_CONTROLLER_SERVICE_TOPIC_ADMIN_SERVICE_H_

#include "barnabas/v1/topic_admin.grpc.pb.h"
#include "controller/service/active_driver.h"

namespace barnabas::controller {

class TopicAdminService final : public v1::TopicAdmin::CallbackService {
 public:
  using Reactor = grpc::ServerUnaryReactor;
  using Context = grpc::CallbackServerContext;

  explicit TopicAdminService(ActiveDriver* driver) : driver_(driver) {}

  Reactor* CreateTopics(Context* context,
                        const v1::CreateTopicsRequest* request,
                        v1::CreateTopicsResponse* response) override;
  Reactor* AlterTopics(Context* context, const v1::AlterTopicsRequest* request,
                       v1::AlterTopicsResponse* response) override;
  Reactor* AddPartitions(Context* context,
                         const v1::AddPartitionsRequest* request,
                         v1::AddPartitionsResponse* response) override;
  Reactor* DeleteTopics(Context* context,
                        const v1::DeleteTopicsRequest* request,
                        v1::DeleteTopicsResponse* response) override;
  Reactor* ListTopics(Context* context, const v1::ListTopicsRequest* request,
                      v1::ListTopicsResponse* response) override;
  Reactor* DescribeTopic(Context* context,
                         const v1::DescribeTopicRequest* request,
                         v1::DescribeTopicResponse* response) override;
  // Refused: only brokers hold partitions.
  Reactor* TrimTopic(Context* context, const v1::TrimTopicRequest* request,
                     v1::TrimTopicResponse* response) override;

 private:
  ActiveDriver* const driver_;
};

}  // namespace barnabas::controller

#endif  // BARNABAS_CONTROLLER_SERVICE_TOPIC_ADMIN_SERVICE_H_
