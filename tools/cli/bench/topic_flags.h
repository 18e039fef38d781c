// TopicFlags: which topic a bench command works on, and how it is made.
//
// What: the flags, and the topic's partition count once it is known to exist.
// Units: none. Empty case: without --create a missing topic is an error.
// Thread: one at a time.
// Errors: UNKNOWN_TOPIC and those of creating one.
#ifndef BARNABAS_TOOLS_CLI_BENCH_TOPIC_FLAGS_H_
#define BARNABAS_TOOLS_CLI_BENCH_TOPIC_FLAGS_H_

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "client/producer/producer_options.h"
#include "tools/cli/frame/command.h"
#include "tools/cli/frame/session.h"

namespace barnabas::cli {

struct TopicFlags {
  std::string topic;
  bool create = false;
  std::optional<int32_t> partitions;
  // "", "os" or "disk".
  std::string flush;
};

// --create --partitions --flush, and the argument TOPIC.
void AddTopicFlags(TopicFlags* flags, Command* command);

// Makes the topic if asked to; how many partitions it has.
absl::StatusOr<int32_t> PrepareTopic(Session& session, const TopicFlags& flags);

// --acks --batch --linger -z, into `options`.
void AddSendFlags(client::ProducerOptions* options, std::vector<Flag>* table);

// "leader" and the like.
Setter SetAcks(client::Acks* target);

}  // namespace barnabas::cli

#endif  // BARNABAS_TOOLS_CLI_BENCH_TOPIC_FLAGS_H_
