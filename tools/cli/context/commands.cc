#include "tools/cli/context/commands.h"

namespace barnabas::cli {

Command ContextCommands() {
  Command context{.name = "context",
                  .aliases = {"contexts", "ctx"},
                  .summary = "Named clusters, and which one is meant"};
  context.children = {ContextList(),   ContextUse(),  ContextShow(),
                      ContextCreate(), ContextEdit(), ContextDelete(),
                      ContextTest()};
  return context;
}

}  // namespace barnabas::cli
