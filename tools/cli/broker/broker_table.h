// BrokerTable: brokers as `broker list` shows them, and how to dial one.
//
// Columns: ID HOST RACK STATE LEADERS REPLICAS DISK-USED DISK-FREE VERSION AGE.
// Units: bytes; milliseconds since 1970. Empty case: no brokers, no rows.
// Thread: pure functions.
// Errors: BrokerById: BROKER_NOT_REGISTERED.
#ifndef BARNABAS_TOOLS_CLI_BROKER_BROKER_TABLE_H_
#define BARNABAS_TOOLS_CLI_BROKER_BROKER_TABLE_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "barnabas/v1/discovery.pb.h"
#include "tools/cli/output/table.h"

namespace barnabas::cli {

Table BrokerTable(const v1::DescribeClusterResponse& cluster, int64_t now_ms);

// "host:port" of a listener; "" when the broker has none of that name.
std::string EndpointOf(const v1::BrokerInfo& broker,
                       const std::string& listener);

absl::StatusOr<v1::BrokerInfo> BrokerById(
    const v1::DescribeClusterResponse& cluster, int64_t id);

// "RUNNING".
std::string StateText(const v1::BrokerInfo& broker);

}  // namespace barnabas::cli

#endif  // BARNABAS_TOOLS_CLI_BROKER_BROKER_TABLE_H_
