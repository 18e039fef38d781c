// FakeController: a controller whose every answer a test scripts.
//
// What: a gRPC server on loopback with the calls that a broker makes. Scripts
//   run on gRPC's threads, one thread a stream.
// Units: none. Empty case: without a script a stream ends at once with OK.
// Thread: set scripts before the broker dials. Errors: none.
#ifndef BARNABAS_TESTS_BROKER_CLUSTER_FAKE_CONTROLLER_H_
#define BARNABAS_TESTS_BROKER_CLUSTER_FAKE_CONTROLLER_H_

#include <grpcpp/server.h>
#include <grpcpp/server_builder.h>

#include <atomic>
#include <functional>
#include <memory>
#include <string>

#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "barnabas/internal/v1/controller.grpc.pb.h"
#include "barnabas/v1/config_admin.grpc.pb.h"
#include "barnabas/v1/topic_admin.grpc.pb.h"
#include "client/rpc/status_bridge.h"
#include "proto/types/error.h"

namespace barnabas::broker {

// Waits on the test's thread for what other threads do.
class Gate {
 public:
  template <typename Change>
  void Update(Change change) {
    absl::MutexLock lock(&mutex_);
    change();
  }
  // Ten seconds at most.
  template <typename Predicate>
  bool Wait(Predicate predicate) {
    absl::MutexLock lock(&mutex_);
    return mutex_.AwaitWithTimeout(absl::Condition(&predicate),
                                   absl::Seconds(10));
  }

 private:
  absl::Mutex mutex_;
};

class FakeController final {
 public:
  using SessionStream =
      grpc::ServerReaderWriter<internal::v1::BrokerSessionResponse,
                               internal::v1::BrokerSessionRequest>;
  using FeedWriter = grpc::ServerWriter<internal::v1::FollowMetadataResponse>;

  FakeController() : service_(this), admin_(this), config_(this) {
    grpc::ServerBuilder builder;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(),
                             &port_);
    builder.RegisterService(&service_);
    builder.RegisterService(&admin_);
    builder.RegisterService(&config_);
    server_ = builder.BuildAndStart();
  }
  ~FakeController() { Stop(); }

  void Stop() { server_->Shutdown(gpr_time_from_millis(100, GPR_TIMESPAN)); }

  std::string endpoint() const { return "127.0.0.1:" + std::to_string(port_); }

  std::function<absl::Status(SessionStream*)> on_session;
  std::function<absl::Status(const internal::v1::FollowMetadataRequest&,
                             FeedWriter*, grpc::ServerContext*)>
      on_follow;
  std::function<absl::Status(const internal::v1::AllocateProducerIdsRequest&,
                             internal::v1::AllocateProducerIdsResponse*)>
      on_allocate;
  std::function<absl::Status(const v1::CreateTopicsRequest&,
                             v1::CreateTopicsResponse*, grpc::ServerContext*)>
      on_create;
  std::function<absl::Status(const v1::DeleteTopicsRequest&,
                             v1::DeleteTopicsResponse*, grpc::ServerContext*)>
      on_delete;
  std::function<absl::Status(const v1::DescribeConfigRequest&,
                             v1::DescribeConfigResponse*)>
      on_describe;

 private:
  struct Service final : internal::v1::Controller::Service {
    explicit Service(FakeController* o) : owner(o) {}
    grpc::Status BrokerSession(grpc::ServerContext*,
                               SessionStream* stream) override {
      if (!owner->on_session) return grpc::Status::OK;
      return rpc::ToGrpc(owner->on_session(stream));
    }
    grpc::Status FollowMetadata(
        grpc::ServerContext* context,
        const internal::v1::FollowMetadataRequest* request,
        FeedWriter* writer) override {
      if (!owner->on_follow) return grpc::Status::OK;
      return rpc::ToGrpc(owner->on_follow(*request, writer, context));
    }
    grpc::Status AllocateProducerIds(
        grpc::ServerContext*,
        const internal::v1::AllocateProducerIdsRequest* request,
        internal::v1::AllocateProducerIdsResponse* response) override {
      return rpc::ToGrpc(owner->on_allocate(*request, response));
    }
    FakeController* owner;
  };
  struct Admin final : v1::TopicAdmin::Service {
    explicit Admin(FakeController* o) : owner(o) {}
    grpc::Status CreateTopics(grpc::ServerContext* context,
                              const v1::CreateTopicsRequest* request,
                              v1::CreateTopicsResponse* response) override {
      return rpc::ToGrpc(owner->on_create(*request, response, context));
    }
    grpc::Status DeleteTopics(grpc::ServerContext* context,
                              const v1::DeleteTopicsRequest* request,
                              v1::DeleteTopicsResponse* response) override {
      return rpc::ToGrpc(owner->on_delete(*request, response, context));
    }
    FakeController* owner;
  };
  struct Config final : v1::ConfigAdmin::Service {
    explicit Config(FakeController* o) : owner(o) {}
    grpc::Status DescribeConfig(grpc::ServerContext*,
                                const v1::DescribeConfigRequest* request,
                                v1::DescribeConfigResponse* response) override {
      return rpc::ToGrpc(owner->on_describe(*request, response));
    }
    FakeController* owner;
  };

  Service service_;
  Admin admin_;
  Config config_;
  int port_ = 0;
  std::unique_ptr<grpc::Server> server_;
};

}  // namespace barnabas::broker

#endif  // BARNABAS_TESTS_BROKER_CLUSTER_FAKE_CONTROLLER_H_
