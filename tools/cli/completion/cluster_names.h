// ClusterNames: names for completion, from the cluster that is meant.
//
// What: asks for topics, brokers and settings, within half a second in all;
//   contexts come from their file, methods and topic settings from what is
//   linked in.
// Units: none. Empty case: no cluster, no names.
// Thread: one at a time. Errors: none are told: a Tab must not talk.
#ifndef BARNABAS_TOOLS_CLI_COMPLETION_CLUSTER_NAMES_H_
#define BARNABAS_TOOLS_CLI_COMPLETION_CLUSTER_NAMES_H_

#include <memory>

#include "tools/cli/completion/completer.h"
#include "tools/cli/frame/global_flags.h"
#include "tools/cli/frame/session.h"

namespace barnabas::cli {

// `world` and `flags` outlive it; flags are read at the first question.
std::unique_ptr<NameSource> NamesFromCluster(const World* world,
                                             GlobalFlags* flags,
                                             const Command* root);

}  // namespace barnabas::cli

#endif  // BARNABAS_TOOLS_CLI_COMPLETION_CLUSTER_NAMES_H_
