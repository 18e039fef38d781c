// ConfigAdminService: barnabas.v1.ConfigAdmin on a controller.
//
// What: changes go through the driver to the active core; descriptions come
//   from the committed image.
// Units: none. Empty case: none. Thread: gRPC's threads call in.
// Errors: those of the core and of metadata/view, as gRPC statuses.
// Always true: the driver outlives the listener.
#ifndef BARNABAS_CONTROLLER_SERVICE_CONFIG_ADMIN_SERVICE_H_
#define BARNABAS_CONTROLLER_SERVICE_CONFIG_ADMIN_SERVICE_H_

#include "barnabas/v1/config_admin.grpc.pb.h"
#include "controller/service/active_driver.h"

namespace barnabas::controller {

class ConfigAdminService final : public v1::ConfigAdmin::CallbackService {
 public:
  using Reactor = grpc::ServerUnaryReactor;
  using Context = grpc::CallbackServerContext;

  explicit ConfigAdminService(ActiveDriver* driver) : driver_(driver) {}

  Reactor* DescribeConfig(Context* context,
                          const v1::DescribeConfigRequest* request,
                          v1::DescribeConfigResponse* response) override;
  Reactor* AlterConfig(Context* context, const v1::AlterConfigRequest* request,
                       v1::AlterConfigResponse* response) override;

 private:
  ActiveDriver* const driver_;
};

}  // namespace barnabas::controller

#endif  // BARNABAS_CONTROLLER_SERVICE_CONFIG_ADMIN_SERVICE_H_
