// The noun "topic" of the command tree.
//
// Each function makes one command; see command.h. Units, empty cases: as help
//   says. Thread: at start. Errors: those of client/admin, per item.
#ifndef BARNABAS_TOOLS_CLI_TOPIC_COMMANDS_H_
#define BARNABAS_TOOLS_CLI_TOPIC_COMMANDS_H_

#include "tools/cli/frame/command.h"

namespace barnabas::cli {

// All of them.
Command TopicCommands();

Command TopicCreate();
Command TopicList();
Command TopicDescribe();
Command TopicAlter();
Command TopicDelete();
Command TopicOffsets();
Command TopicTrim();
Command TopicCompact();
Command TopicSize();

}  // namespace barnabas::cli

#endif  // BARNABAS_TOOLS_CLI_TOPIC_COMMANDS_H_
