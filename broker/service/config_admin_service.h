// ConfigAdminService: barnabas.v1.ConfigAdmin on a broker.
//
// What: passes everything on to the active controller (README 23).
// Units: none. Empty case: none. Thread: gRPC's threads call in.
// Errors: those of AdminForwarder.
#ifndef BARNABAS_BROKER_SERVICE_CONFIG_ADMIN_SERVICE_H_
#define BARNABAS_BROKER_SERVICE_CONFIG_ADMIN_SERVICE_H_

#include "barnabas/v1/config_admin.grpc.pb.h"
#include "broker/cluster/admin_forwarder.h"

namespace barnabas::broker {

class ConfigAdminService final : public v1::ConfigAdmin::CallbackService {
 public:
  explicit ConfigAdminService(AdminForwarder* forwarder)
      : forwarder_(forwarder) {}

  grpc::ServerUnaryReactor* DescribeConfig(
      grpc::CallbackServerContext* context,
      const v1::DescribeConfigRequest* request,
      v1::DescribeConfigResponse* response) override {
    return forwarder_->DescribeConfig(context, request, response);
  }
  grpc::ServerUnaryReactor* AlterConfig(
      grpc::CallbackServerContext* context,
      const v1::AlterConfigRequest* request,
      v1::AlterConfigResponse* response) override {
    return forwarder_->AlterConfig(context, request, response);
  }

 private:
  AdminForwarder* const forwarder_;
};

}  // namespace barnabas::broker

#endif  // BARNABAS_BROKER_SERVICE_CONFIG_ADMIN_SERVICE_H_
