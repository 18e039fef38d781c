#include "broker/cluster/admin_forwarder.h"

#include "barnabas/v1/config_admin.grpc.pb.h"
#include "barnabas/v1/quorum_admin.grpc.pb.h"
#include "barnabas/v1/topic_admin.grpc.pb.h"

namespace barnabas::broker {
namespace {

class OneHopForwarder final : public AdminForwarder {
 public:
  explicit OneHopForwarder(const OneHop::Deps& deps)
      : hop_(deps), cluster_(ClusterForwarder::Make(&hop_)) {}

  ClusterForwarder* cluster() override { return cluster_.get(); }

  Reactor* CreateTopics(Context* context,
                        const v1::CreateTopicsRequest* request,
                        v1::CreateTopicsResponse* response) override {
    return hop_.Forward(
        context, request, response, true,
        [](const std::shared_ptr<grpc::Channel>& channel, auto... call) {
          v1::TopicAdmin::NewStub(channel)->async()->CreateTopics(call...);
        });
  }

  Reactor* AlterTopics(Context* context, const v1::AlterTopicsRequest* request,
                       v1::AlterTopicsResponse* response) override {
    return hop_.Forward(
        context, request, response, true,
        [](const std::shared_ptr<grpc::Channel>& channel, auto... call) {
          v1::TopicAdmin::NewStub(channel)->async()->AlterTopics(call...);
        });
  }

  Reactor* AddPartitions(Context* context,
                         const v1::AddPartitionsRequest* request,
                         v1::AddPartitionsResponse* response) override {
    return hop_.Forward(
        context, request, response, true,
        [](const std::shared_ptr<grpc::Channel>& channel, auto... call) {
          v1::TopicAdmin::NewStub(channel)->async()->AddPartitions(call...);
        });
  }

  Reactor* DeleteTopics(Context* context,
                        const v1::DeleteTopicsRequest* request,
                        v1::DeleteTopicsResponse* response) override {
    return hop_.Forward(
        context, request, response, true,
        [](const std::shared_ptr<grpc::Channel>& channel, auto... call) {
          v1::TopicAdmin::NewStub(channel)->async()->DeleteTopics(call...);
        });
  }

  Reactor* DescribeConfig(Context* context,
                          const v1::DescribeConfigRequest* request,
                          v1::DescribeConfigResponse* response) override {
    return hop_.Forward(
        context, request, response, false,
        [](const std::shared_ptr<grpc::Channel>& channel, auto... call) {
          v1::ConfigAdmin::NewStub(channel)->async()->DescribeConfig(call...);
        });
  }

  Reactor* AlterConfig(Context* context, const v1::AlterConfigRequest* request,
                       v1::AlterConfigResponse* response) override {
    return hop_.Forward(
        context, request, response, true,
        [](const std::shared_ptr<grpc::Channel>& channel, auto... call) {
          v1::ConfigAdmin::NewStub(channel)->async()->AlterConfig(call...);
        });
  }

  Reactor* DescribeQuorum(Context* context,
                          const v1::DescribeQuorumRequest* request,
                          v1::DescribeQuorumResponse* response) override {
    return hop_.Forward(
        context, request, response, false,
        [](const std::shared_ptr<grpc::Channel>& channel, auto... call) {
          v1::QuorumAdmin::NewStub(channel)->async()->DescribeQuorum(call...);
        });
  }

  Reactor* AddVoter(Context* context, const v1::AddVoterRequest* request,
                    v1::AddVoterResponse* response) override {
    return hop_.Forward(
        context, request, response, true,
        [](const std::shared_ptr<grpc::Channel>& channel, auto... call) {
          v1::QuorumAdmin::NewStub(channel)->async()->AddVoter(call...);
        });
  }

  Reactor* RemoveVoter(Context* context, const v1::RemoveVoterRequest* request,
                       v1::RemoveVoterResponse* response) override {
    return hop_.Forward(
        context, request, response, true,
        [](const std::shared_ptr<grpc::Channel>& channel, auto... call) {
          v1::QuorumAdmin::NewStub(channel)->async()->RemoveVoter(call...);
        });
  }

  Reactor* TransferLeadership(
      Context* context, const v1::TransferLeadershipRequest* request,
      v1::TransferLeadershipResponse* response) override {
    return hop_.Forward(
        context, request, response, true,
        [](const std::shared_ptr<grpc::Channel>& channel, auto... call) {
          v1::QuorumAdmin::NewStub(channel)->async()->TransferLeadership(
              call...);
        });
  }

 private:
  OneHop hop_;
  const std::unique_ptr<ClusterForwarder> cluster_;
};

}  // namespace

std::unique_ptr<AdminForwarder> AdminForwarder::Make(const OneHop::Deps& deps) {
  return std::make_unique<OneHopForwarder>(deps);
}

}  // namespace barnabas::broker
