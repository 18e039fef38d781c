// LeaderCall: one call that concerns partitions of a topic, each carried out
// by its leader.
//
// What: for every partition that the request names, or all of them, one entry
//   of the answer; those that this broker leads are acted upon, side by side;
//   the others say NOT_LEADER with the leader's address, so that the caller
//   can go on there. The call is answered when the last of them is done.
// Units: none. Empty case: no partitions named means all.
// Thread: Begin on any; `act` is called on a reading loop and may go on
//   elsewhere, holding its Part, which carries the entry and the partition.
// Errors: of the topic: the call's own; of a partition: in its entry;
//   OVERLOADED when the loop is full; LIMIT_EXCEEDED for too many partitions.
// Always true: the call is finished exactly once, when the last Part is gone.
#ifndef BARNABAS_BROKER_SERVICE_LEADER_CALL_H_
#define BARNABAS_BROKER_SERVICE_LEADER_CALL_H_

#include <grpcpp/server_context.h>
#include <grpcpp/support/server_callback.h>

#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "broker/replication/partition.h"
#include "broker/service/service_context.h"
#include "broker/service/topic_lookup.h"
#include "client/rpc/status_bridge.h"
#include "proto/types/error.h"
#include "proto/types/error_proto.h"
#include "proto/types/status_macros.h"

namespace barnabas::broker {

// `Request` has topic() and partitions(); `Response` has set_topic() and
// add_partitions() with partition and error, an `Entry` each.
template <typename Request, typename Response, typename Entry>
class LeaderCall : public std::enable_shared_from_this<
                       LeaderCall<Request, Response, Entry>> {
 public:
  // One partition of the call; the last one that is let go ends it.
  struct Part {
    std::shared_ptr<LeaderCall> call;
    std::shared_ptr<Partition> partition;
    Entry* entry = nullptr;

    const Request& request() const { return *call->request_; }
    // What became of it; until then the entry says that the broker stopped.
    void Set(const absl::Status& status) const {
      entry->clear_error();
      if (!status.ok()) *entry->mutable_error() = ToProto(status);
    }
  };
  using Act = std::function<void(Part)>;

  // What a service method returns; request and response live until the call
  // is finished.
  static grpc::ServerUnaryReactor* Begin(const ServiceContext* context,
                                         grpc::CallbackServerContext* call,
                                         const Request* request,
                                         Response* response, Act act) {
    grpc::ServerUnaryReactor* reactor = call->DefaultReactor();
    env::EventLoop* loop =
        context->reading->At(reinterpret_cast<uintptr_t>(request) >> 6);
    auto made =
        std::make_shared<LeaderCall>(context, reactor, request, response);
    const bool taken = loop->Post(
        [made, act = std::move(act)] { made->status_ = made->Start(act); });
    if (!taken) {
      made->status_ =
          MakeError(ErrorCode::kOverloaded, "the broker has too much to do",
                    "try again later");
    }
    return reactor;
  }

  LeaderCall(const ServiceContext* context, grpc::ServerUnaryReactor* reactor,
             const Request* request, Response* response)
      : context_(context),
        reactor_(reactor),
        request_(request),
        response_(response) {}
  ~LeaderCall() { reactor_->Finish(rpc::ToGrpc(status_)); }

 private:
  // What is said of work that was dropped.
  static absl::Status Stopped() {
    return MakeError(ErrorCode::kShuttingDown, "the broker is stopping",
                     "see what took effect, then ask another broker");
  }

  absl::Status Start(const Act& act) {
    const image::ClusterImage image = context_->table->image();
    ASSIGN_OR_RETURN(const image::TopicState* topic,
                     FindTopic(image, request_->topic()));
    ASSIGN_OR_RETURN(const std::vector<int32_t> wanted,
                     NamedPartitions(request_->partitions(), *topic));
    response_->set_topic(topic->name);
    for (const int32_t partition : wanted) {
      response_->add_partitions()->set_partition(partition);
    }
    // All entries stand before anyone writes into one.
    for (Entry& entry : *response_->mutable_partitions()) {
      Part part{this->shared_from_this(), nullptr, &entry};
      absl::StatusOr<std::shared_ptr<Partition>> found =
          FindPartition(*context_->table, image, *topic, entry.partition());
      absl::Status served = found.status();
      if (served.ok()) served = (*found)->Serve(std::nullopt).status();
      part.Set(served.ok() ? Stopped() : served);
      if (!served.ok()) continue;
      part.partition = *std::move(found);
      act(std::move(part));
    }
    return absl::OkStatus();
  }

  const ServiceContext* const context_;
  grpc::ServerUnaryReactor* const reactor_;
  const Request* const request_;
  Response* const response_;
  // Of the whole call.
  absl::Status status_ = Stopped();
};

}  // namespace barnabas::broker

#endif  // BARNABAS_BROKER_SERVICE_LEADER_CALL_H_
