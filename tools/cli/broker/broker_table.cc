#include "tools/cli/broker/broker_table.h"

#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "proto/types/error.h"
#include "tools/cli/output/units.h"

namespace barnabas::cli {

std::string StateText(const v1::BrokerInfo& broker) {
  constexpr size_t kPrefix = sizeof("BROKER_STATE_") - 1;
  const std::string& name = v1::BrokerState_Name(broker.state());
  const std::string state =
      name.size() > kPrefix ? name.substr(kPrefix) : "UNKNOWN";
  if (!broker.draining()) return state;
  return broker.state() == v1::BROKER_STATE_RUNNING
             ? "DRAINING"
             : absl::StrCat(state, ",DRAINING");
}

std::string EndpointOf(const v1::BrokerInfo& broker,
                       const std::string& listener) {
  for (const v1::Endpoint& endpoint : broker.endpoints()) {
    if (endpoint.listener() == listener) {
      return absl::StrCat(endpoint.host(), ":", endpoint.port());
    }
  }
  return "";
}

absl::StatusOr<v1::BrokerInfo> BrokerById(
    const v1::DescribeClusterResponse& cluster, int64_t id) {
  for (const v1::BrokerInfo& broker : cluster.brokers()) {
    if (broker.id() == id) return broker;
  }
  return MakeError(ErrorCode::kBrokerNotRegistered,
                   absl::StrCat("the cluster has no broker ", id),
                   "barnabas broker list");
}

Table BrokerTable(const v1::DescribeClusterResponse& cluster, int64_t now_ms) {
  Table table{{{"ID", true},
               {"HOST"},
               {"RACK"},
               {"STATE"},
               {"LEADERS", true},
               {"REPLICAS", true},
               {"DISK-USED", true},
               {"DISK-FREE", true},
               {"VERSION"},
               {"AGE", true},
               {"EPOCH", true, true},
               {"DIRECTORY", false, true},
               {"INCARNATION", false, true}},
              {}};
  for (const v1::BrokerInfo& broker : cluster.brokers()) {
    table.rows.push_back(
        {absl::StrCat(broker.id()), EndpointOf(broker, "client"), broker.rack(),
         StateText(broker), absl::StrCat(broker.leaders()),
         absl::StrCat(broker.replicas()), ByteText(broker.disk_used_bytes()),
         ByteText(broker.disk_free_bytes()), broker.version(),
         AgeText(absl::Milliseconds(now_ms - broker.registered_ms())),
         absl::StrCat(broker.epoch()), broker.directory_id(),
         broker.incarnation_id()});
  }
  return table;
}

}  // namespace barnabas::cli
