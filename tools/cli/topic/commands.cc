#include "tools/cli/topic/commands.h"

namespace barnabas::cli {

Command TopicCommands() {
  Command topic{.name = "topic",
                .aliases = {"topics", "t"},
                .summary = "Create, look at, change and delete topics"};
  topic.children = {TopicCreate(), TopicList(),    TopicDescribe(),
                    TopicAlter(),  TopicDelete(),  TopicOffsets(),
                    TopicTrim(),   TopicCompact(), TopicSize()};
  return topic;
}

}  // namespace barnabas::cli
