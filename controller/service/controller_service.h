// ControllerService: barnabas.internal.v1.Controller as gRPC sees it.
//
// What: a table of the calls that brokers make; no logic, no state.
// Units: none. Empty case: none. Thread: gRPC's threads call in.
// Errors: those of broker_sessions.h, metadata_feeds.h and the core.
// Always true: what it points at outlives the listener it is served on.
#ifndef BARNABAS_CONTROLLER_SERVICE_CONTROLLER_SERVICE_H_
#define BARNABAS_CONTROLLER_SERVICE_CONTROLLER_SERVICE_H_

#include "barnabas/internal/v1/controller.grpc.pb.h"
#include "controller/service/active_driver.h"
#include "controller/service/broker_sessions.h"
#include "controller/service/metadata_feeds.h"
#include "controller/service/submit_write.h"

namespace barnabas::controller {

class ControllerService final
    : public internal::v1::Controller::CallbackService {
 public:
  ControllerService(ActiveDriver* driver, BrokerSessions* sessions,
                    MetadataFeeds* feeds)
      : driver_(driver), sessions_(sessions), feeds_(feeds) {}

  BrokerSessions::Reactor* BrokerSession(
      grpc::CallbackServerContext*) override {
    return sessions_->Open();
  }

  MetadataFeeds::Reactor* FollowMetadata(
      grpc::CallbackServerContext*,
      const internal::v1::FollowMetadataRequest* request) override {
    return feeds_->Open(*request);
  }

  grpc::ServerUnaryReactor* AllocateProducerIds(
      grpc::CallbackServerContext* context,
      const internal::v1::AllocateProducerIdsRequest* request,
      internal::v1::AllocateProducerIdsResponse* response) override {
    return SubmitWrite(driver_, context, request, response);
  }

 private:
  ActiveDriver* const driver_;
  BrokerSessions* const sessions_;
  MetadataFeeds* const feeds_;
};

}  // namespace barnabas::controller

#endif  // BARNABAS_CONTROLLER_SERVICE_CONTROLLER_SERVICE_H_
