// The services of a scripted broker; see scripted_cluster.h.
//
// What: Discovery, Producer and Consumer on a ScriptedState, as `broker`.
// Units: as the protos. Empty case: no topics. Thread: gRPC's.
// Errors: those of the protos, as far as tests need them.
#ifndef BARNABAS_TESTS_CLIENT_SCRIPTED_SCRIPTED_SERVICES_H_
#define BARNABAS_TESTS_CLIENT_SCRIPTED_SCRIPTED_SERVICES_H_

#include <memory>

#include "barnabas/v1/consumer.grpc.pb.h"
#include "barnabas/v1/discovery.grpc.pb.h"
#include "barnabas/v1/producer.grpc.pb.h"
#include "tests/client/scripted/live_streams.h"
#include "tests/client/scripted/scripted_cluster.h"

namespace barnabas::testing_client {

// Whose services these are.
struct BrokerSelf {
  std::shared_ptr<ScriptedState> state;
  LiveStreams* streams = nullptr;
  int broker = 0;
};

// Ids on the wire: broker 0 is 100.
inline constexpr int32_t kFirstBrokerId = 100;

class ScriptedDiscovery final : public v1::Discovery::Service {
 public:
  explicit ScriptedDiscovery(const BrokerSelf& self) : self_(self) {}

  grpc::Status DescribeCluster(grpc::ServerContext*,
                               const v1::DescribeClusterRequest*,
                               v1::DescribeClusterResponse* response) override;
  grpc::Status DescribeTopics(grpc::ServerContext*,
                              const v1::DescribeTopicsRequest* request,
                              v1::DescribeTopicsResponse* response) override;

 private:
  const BrokerSelf self_;
};

class ScriptedProducer final : public v1::Producer::Service {
 public:
  explicit ScriptedProducer(const BrokerSelf& self) : self_(self) {}

  grpc::Status InitProducer(grpc::ServerContext*,
                            const v1::InitProducerRequest* request,
                            v1::InitProducerResponse* response) override;
  grpc::Status ProduceStream(
      grpc::ServerContext* context,
      grpc::ServerReaderWriter<v1::ProduceStreamResponse,
                               v1::ProduceStreamRequest>* stream) override;

 private:
  const BrokerSelf self_;
};

class ScriptedConsumer final : public v1::Consumer::Service {
 public:
  explicit ScriptedConsumer(const BrokerSelf& self) : self_(self) {}

  grpc::Status FetchStream(
      grpc::ServerContext* context,
      grpc::ServerReaderWriter<v1::FetchStreamResponse, v1::FetchStreamRequest>*
          stream) override;
  grpc::Status ListOffsets(grpc::ServerContext*,
                           const v1::ListOffsetsRequest* request,
                           v1::ListOffsetsResponse* response) override;

 private:
  const BrokerSelf self_;
};

// NOT_LEADER with a hint, as broker `self` would say it.
v1::Error NotLeaderError(const ScriptedState& state,
                         const ScriptedPartition& partition);

}  // namespace barnabas::testing_client

#endif  // BARNABAS_TESTS_CLIENT_SCRIPTED_SCRIPTED_SERVICES_H_
