#include "tools/cli/broker/commands.h"

namespace barnabas::cli {

Command BrokerCommands() {
  constexpr char kLater[] =
      "stop a broker with SIGTERM and start it again; see barnabas broker list";
  Command broker{.name = "broker",
                 .aliases = {"brokers"},
                 .summary = "Look at brokers and change how much they tell"};
  broker.children = {BrokerList(), BrokerDescribe(), BrokerLogLevel(),
                     BrokerLogDirsCommand()};
  const auto later = [&](const char* name, const char* summary) {
    broker.children.push_back(
        {.name = name, .summary = summary, .refused = kLater});
  };
  later("drain", "Move leadership away before a restart");
  later("undrain", "Take leadership back after a drain");
  later("decommission", "Move everything away for good");
  later("recommission", "Take a decommission back");
  later("can-restart", "Whether a restart would hurt now");
  return broker;
}

}  // namespace barnabas::cli
