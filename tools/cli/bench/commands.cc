#include "tools/cli/bench/commands.h"

namespace barnabas::cli {

Command BenchCommands() {
  Command bench{.name = "bench",
                .summary = "Measure produce, consume, end to end, the machine"};
  bench.details =
      "Example: barnabas bench produce speed --create --partitions 6 "
      "--flush os\n  --acks leader --records 10000000 --ceiling";
  bench.children = {BenchProduce(), BenchConsume(), BenchE2e(),
                    BenchCrowd(),   BenchCeiling(), BenchCeilingServer()};
  bench.children.push_back(
      {.name = "commit",
       .summary = "Measure offset commits of groups",
       .refused = "groups are not there yet; use barnabas bench e2e"});
  return bench;
}

}  // namespace barnabas::cli
