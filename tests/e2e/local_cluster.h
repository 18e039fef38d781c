// LocalCluster: one controller and one broker as real processes.
//
// What: formats directories below the test's own folder, picks ports, starts,
//   kills, stops and restarts the nodes, and waits until they serve.
//   Data may lie elsewhere (a disk of its own); what the nodes print stays.
// Units: absl::Duration; ports. Node ids: controller 1, broker 100.
// Empty case: nothing runs before Start.
// Thread: one at a time.
// Errors: waits that take too long fail the test with the nodes' output.
// Always true: whatever runs is killed by its pid at the end.
#ifndef BARNABAS_TESTS_E2E_LOCAL_CLUSTER_H_
#define BARNABAS_TESTS_E2E_LOCAL_CLUSTER_H_

#include <grpcpp/channel.h>
#include <grpcpp/client_context.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "barnabas/v1/topic_admin.pb.h"
#include "proto/types/uuid.h"
#include "tests/e2e/node_process.h"

namespace barnabas::e2e {

// For gRPC contexts.
std::chrono::system_clock::time_point Deadline(absl::Duration patience);
// Of a call that may take a minute.
std::unique_ptr<grpc::ClientContext> Context();

struct ClusterOptions {
  // Tells its folder from those of other clusters of the test.
  std::string name;
  // Where the nodes keep their data; empty: in that folder.
  std::string data_root;
};

class LocalCluster {
 public:
  explicit LocalCluster(const std::string& name)
      : LocalCluster(ClusterOptions{name, ""}) {}
  explicit LocalCluster(const ClusterOptions& options);

  // Starts both and waits until the broker serves.
  void Start();

  void StartController();
  void StartBroker();
  NodeProcess* controller() { return controller_.get(); }
  NodeProcess* broker() { return broker_.get(); }
  // Until the broker is unfenced and serves.
  void WaitForBroker();

  std::string client_endpoint() const;
  // The controller's, for admin calls while no broker is up.
  std::string peer_endpoint() const;
  const std::string& folder() const { return folder_; }
  std::string broker_data() const { return data_root_ + "/broker"; }
  std::string broker_output() const { return folder_ + "/broker.txt"; }
  const Uuid& cluster_id() const { return cluster_id_; }

  // Command lines, for tests that start nodes in odd ways.
  std::vector<std::string> BrokerCommand() const;

  // A fresh channel to the broker's client listener, or to another endpoint.
  std::shared_ptr<grpc::Channel> Dial() const;
  std::shared_ptr<grpc::Channel> Dial(const std::string& endpoint) const;
  // Creates a topic and expects success.
  void CreateTopic(
      const std::string& topic, int32_t partitions,
      std::vector<std::pair<std::string, std::string>> settings = {});

 private:
  std::string http_endpoint() const;
  std::string controller_data() const { return data_root_ + "/controller"; }
  void Format();

  const std::string folder_;
  const std::string data_root_;
  Uuid cluster_id_;
  int peer_port_ = 0;
  int controller_http_port_ = 0;
  int client_port_ = 0;
  int http_port_ = 0;
  std::unique_ptr<NodeProcess> controller_;
  std::unique_ptr<NodeProcess> broker_;
};

}  // namespace barnabas::e2e

#endif  // BARNABAS_TESTS_E2E_LOCAL_CLUSTER_H_
