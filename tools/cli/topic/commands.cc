#include "tools/cli/topic/commands.h"

namespace barnabas::cli {

Command TopicCommands() {
  Command topic{.name = "topic",
                .aliases = {"topics", "t"},
                .summary = "Create, look at, change and delete topics"};
  topic.children = {TopicCreate(), TopicList(),   TopicDescribe(),
                    TopicAlter(),  TopicDelete(), TopicOffsets()};
  topic.children.push_back(
      {.name = "trim",
       .summary = "Delete records before an offset",
       .refused = "set retention.ms or retention.bytes: barnabas config set "
                  "topic/NAME retention.ms=1000"});
  topic.children.push_back({.name = "compact",
                            .summary = "Compact a topic now",
                            .refused = "cleanup.policy=delete with "
                                       "retention.ms keeps a topic small"});
  topic.children.push_back({.name = "size",
                            .summary = "Bytes of a topic on each broker",
                            .refused = "use barnabas topic describe NAME -p "
                                       "(column SIZE)"});
  return topic;
}

}  // namespace barnabas::cli
