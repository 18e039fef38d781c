// The noun "bench" of the command tree.
//
// Each function makes one command; see command.h. Units, empty cases: as help
//   says. Thread: at start. Errors: those of the client, and exit 1 for a
//   verdict that does not hold.
#ifndef BARNABAS_TOOLS_CLI_BENCH_COMMANDS_H_
#define BARNABAS_TOOLS_CLI_BENCH_COMMANDS_H_

#include "tools/cli/frame/command.h"

namespace barnabas::cli {

// All of them.
Command BenchCommands();

Command BenchCeiling();
Command BenchProduce();
Command BenchConsume();
Command BenchE2e();
Command BenchCrowd();
// The far end of a ceiling; help does not show it.
Command BenchCeilingServer();

}  // namespace barnabas::cli

#endif  // BARNABAS_TOOLS_CLI_BENCH_COMMANDS_H_
