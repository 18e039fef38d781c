#include "tools/cli/broker/commands.h"

namespace barnabas::cli {

Command BrokerCommands() {
  constexpr char kLater[] =
      "a broker that was decommissioned registers when it is started again";
  constexpr char kRestart[] =
      "barnabas cluster health, and barnabas topic describe --unavailable";
  Command broker{.name = "broker",
                 .aliases = {"brokers"},
                 .summary = "Look at brokers, drain them, let them go"};
  broker.children = {BrokerList(),          BrokerDescribe(),
                     BrokerDrain(),         BrokerUndrain(),
                     BrokerDecommission(),  BrokerLogLevel(),
                     BrokerLogDirsCommand()};
  broker.children.push_back({.name = "recommission",
                             .summary = "Take a decommission back",
                             .refused = kLater});
  broker.children.push_back({.name = "can-restart",
                             .summary = "Whether a restart would hurt now",
                             .refused = kRestart});
  return broker;
}

}  // namespace barnabas::cli
