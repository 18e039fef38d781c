// TopicCheck: whether a topic is there, before data is sent or read.
//
// What: asks the cluster once, so that a missing topic is told at once and by
//   name, not by a producer that waits for it; makes it when asked to.
// Units: none. Empty case: none.
// Thread: one at a time.
// Errors: UNKNOWN_TOPIC, UNKNOWN_PARTITION, and those of the calls.
#ifndef BARNABAS_TOOLS_CLI_DATA_TOPIC_CHECK_H_
#define BARNABAS_TOOLS_CLI_DATA_TOPIC_CHECK_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "client/admin/admin.h"
#include "tools/cli/frame/session.h"

namespace barnabas::cli {

// Indexes of the topic's partitions, sorted.
absl::StatusOr<std::vector<int32_t>> PartitionsOf(client::Admin& admin,
                                                  const std::string& topic);

struct TopicWish {
  std::string topic = {};
  // Make it if it is missing.
  bool create = false;
  // Must be there.
  std::optional<int32_t> partition = {};
  // Of a topic that is made.
  std::optional<int32_t> partitions = {};
  std::vector<v1::SettingValue> settings = {};
};

absl::Status CheckTopic(Session& session, const TopicWish& wish);

}  // namespace barnabas::cli

#endif  // BARNABAS_TOOLS_CLI_DATA_TOPIC_CHECK_H_
