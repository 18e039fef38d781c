#include "tools/cli/topic/partition_table.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "tools/cli/output/units.h"
#include "tools/cli/partition/partition_state.h"

namespace barnabas::cli {

Table PartitionTable(const v1::DescribeTopicResponse& topic) {
  Table table{{{"PARTITION", true},
               {"LEADER", true},
               {"EPOCH", true},
               {"REPLICAS"},
               {"ISR"},
               {"LOG-START", true},
               {"HIGH-WATERMARK", true},
               {"SIZE", true},
               {"LSO", true, true},
               {"OFFLINE", false, true},
               {"DIR", false, true},
               {"OUT-OF-SYNC", false, true}},
              {}};
  for (const v1::PartitionDetail& detail : topic.partitions()) {
    const v1::PartitionInfo& partition = detail.partition();
    const auto offset = [](bool known, int64_t value) {
      return known ? absl::StrCat(value) : std::string();
    };
    table.rows.push_back(
        {absl::StrCat(partition.partition()), LeaderText(partition),
         absl::StrCat(partition.leader_epoch()),
         absl::StrJoin(partition.replicas(), ","),
         absl::StrJoin(partition.isr(), ","),
         offset(detail.has_log_start(), detail.log_start()),
         offset(detail.has_high_watermark(), detail.high_watermark()),
         detail.has_size_bytes() ? ByteText(detail.size_bytes()) : "",
         // Without transactions the last stable offset is the high watermark.
         offset(detail.has_high_watermark(), detail.high_watermark()),
         absl::StrJoin(partition.offline_replicas(), ","),
         absl::StrCat(topic.id(), "-", partition.partition()),
         absl::StrJoin(OutOfSync(partition), ",")});
  }
  return table;
}

}  // namespace barnabas::cli
