#include "controller/service/config_admin_service.h"

#include "controller/service/answer_read.h"
#include "controller/service/submit_write.h"
#include "metadata/view/config_view.h"

namespace barnabas::controller {

ConfigAdminService::Reactor* ConfigAdminService::DescribeConfig(
    Context* context, const v1::DescribeConfigRequest* request,
    v1::DescribeConfigResponse* response) {
  // Whoever changes a setting by what it was must not be told an old value.
  return AnswerCurrentRead(driver_, context, response,
                           [request](const image::ClusterImage& image) {
                             return view::DescribeConfig(image, *request);
                           });
}

ConfigAdminService::Reactor* ConfigAdminService::AlterConfig(
    Context* context, const v1::AlterConfigRequest* request,
    v1::AlterConfigResponse* response) {
  return SubmitWrite(driver_, context, request, response);
}

}  // namespace barnabas::controller
