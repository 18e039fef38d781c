#include "controller/service/topic_admin_service.h"

#include "client/rpc/status_bridge.h"
#include "client/serving/name_pattern.h"
#include "controller/service/answer_read.h"
#include "controller/service/submit_write.h"
#include "metadata/view/topic_view.h"
#include "proto/types/error.h"
#include "proto/types/status_macros.h"

namespace barnabas::controller {
namespace {

absl::StatusOr<v1::ListTopicsResponse> List(
    const image::ClusterImage& image, const v1::ListTopicsRequest& request) {
  ASSIGN_OR_RETURN(const rpc::NamePattern pattern,
                   rpc::NamePattern::Compile(request.pattern()));
  return view::ListTopics(image, request, [&pattern](std::string_view name) {
    return pattern.Matches(name);
  });
}

}  // namespace

TopicAdminService::Reactor* TopicAdminService::CreateTopics(
    Context* context, const v1::CreateTopicsRequest* request,
    v1::CreateTopicsResponse* response) {
  return SubmitWrite(driver_, context, request, response);
}

TopicAdminService::Reactor* TopicAdminService::AlterTopics(
    Context* context, const v1::AlterTopicsRequest* request,
    v1::AlterTopicsResponse* response) {
  return SubmitWrite(driver_, context, request, response);
}

TopicAdminService::Reactor* TopicAdminService::AddPartitions(
    Context* context, const v1::AddPartitionsRequest* request,
    v1::AddPartitionsResponse* response) {
  return SubmitWrite(driver_, context, request, response);
}

TopicAdminService::Reactor* TopicAdminService::DeleteTopics(
    Context* context, const v1::DeleteTopicsRequest* request,
    v1::DeleteTopicsResponse* response) {
  return SubmitWrite(driver_, context, request, response);
}

TopicAdminService::Reactor* TopicAdminService::ListTopics(
    Context* context, const v1::ListTopicsRequest* request,
    v1::ListTopicsResponse* response) {
  return AnswerRead(
      *driver_, context, response,
      [&](const image::ClusterImage& image) { return List(image, *request); });
}

TopicAdminService::Reactor* TopicAdminService::DescribeTopic(
    Context* context, const v1::DescribeTopicRequest* request,
    v1::DescribeTopicResponse* response) {
  return AnswerRead(*driver_, context, response,
                    [&](const image::ClusterImage& image) {
                      return view::DescribeTopic(image, *request);
                    });
}

TopicAdminService::Reactor* TopicAdminService::TrimTopic(
    Context* context, const v1::TrimTopicRequest*, v1::TrimTopicResponse*) {
  Reactor* reactor = context->DefaultReactor();
  reactor->Finish(rpc::ToGrpc(
      MakeError(ErrorCode::kUnsupportedFeature,
                "a controller holds no partitions that could be trimmed",
                "ask a broker: barnabas broker list")));
  return reactor;
}

}  // namespace barnabas::controller
