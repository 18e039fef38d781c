// DevNodes: making, starting and ending the nodes of a local cluster.
//
// What: writes node files, formats directories that are not formatted, starts
//   the daemons and waits until they say that they are ready.
// Units: absl::Duration. Empty case: a node that runs is left as it is.
// Thread: one at a time.
// Errors: what the daemon wrote last, when it ended; REQUEST_TIMED_OUT (exit
//   7) when it did not become ready.
// Always true: a data directory that was formatted is never formatted again.
#ifndef BARNABAS_TOOLS_CLI_DEV_DEV_NODES_H_
#define BARNABAS_TOOLS_CLI_DEV_DEV_NODES_H_

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "tools/cli/dev/dev_state.h"
#include "tools/cli/frame/session.h"

namespace barnabas::cli {

// Folder, node file, and format where there is none.
absl::Status PrepareNode(const DevCluster& cluster, const DevNode& node);
// Starts the daemon unless it runs; a paused one goes on.
absl::Status StartNode(const Session& session, const DevCluster& cluster,
                       DevNode* node);
// Waits until it is ready, has ended, or `patience` is over.
absl::Status AwaitReady(Session& session, const DevCluster& cluster,
                        const DevNode& node, absl::Duration patience);
// Asks it to end and waits; ends it by force after `patience`, which is told.
absl::Status EndNode(Session& session, DevNode* node, absl::Duration patience);

}  // namespace barnabas::cli

#endif  // BARNABAS_TOOLS_CLI_DEV_DEV_NODES_H_
