// BrokerTargets: which nodes a command of "broker" asks, each by itself.
//
// Units: none. Empty case: no ids mean all brokers of the cluster.
// Thread: one at a time.
// Errors: those of DescribeCluster; BROKER_NOT_REGISTERED for an unknown id.
#ifndef BARNABAS_TOOLS_CLI_BROKER_BROKER_TARGETS_H_
#define BARNABAS_TOOLS_CLI_BROKER_BROKER_TARGETS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "barnabas/v1/node_admin.pb.h"
#include "tools/cli/frame/session.h"

namespace barnabas::cli {

struct BrokerTarget {
  // The id; the endpoint itself with `local`.
  std::string name = {};
  std::string endpoint = {};
};

// `local`: only the node that -b names, without asking for the cluster.
absl::StatusOr<std::vector<BrokerTarget>> BrokerTargets(
    Session& session, std::vector<int32_t> ids, bool local);

// What one target answered.
struct BrokerLogDirs {
  BrokerTarget target = {};
  v1::DescribeLogDirsResponse reply = {};
};

// Asks all of them; those that cannot be asked are told on stderr, and `first`
// is then the first failure.
std::vector<BrokerLogDirs> AskLogDirs(Session& session,
                                      const std::vector<BrokerTarget>& targets,
                                      const v1::DescribeLogDirsRequest& request,
                                      absl::Status* first);

}  // namespace barnabas::cli

#endif  // BARNABAS_TOOLS_CLI_BROKER_BROKER_TARGETS_H_
