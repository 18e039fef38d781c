// PartitionTable: partitions of one topic as `topic describe -p` shows them.
//
// Columns: PARTITION LEADER EPOCH REPLICAS ISR LOG-START HIGH-WATERMARK SIZE,
//   wide: LSO OFFLINE DIR. Units: offsets, bytes.
// Empty case: what the leader could not be asked for is "-".
// Thread: pure functions. Errors: none.
#ifndef BARNABAS_TOOLS_CLI_TOPIC_PARTITION_TABLE_H_
#define BARNABAS_TOOLS_CLI_TOPIC_PARTITION_TABLE_H_

#include "barnabas/v1/topic_admin.pb.h"
#include "tools/cli/output/table.h"

namespace barnabas::cli {

Table PartitionTable(const v1::DescribeTopicResponse& topic);

}  // namespace barnabas::cli

#endif  // BARNABAS_TOOLS_CLI_TOPIC_PARTITION_TABLE_H_
