// Format: makes a data directory a node's own (`storage format`, `dev`).
//
// What: FormatController writes identity and bootstrap record, FormatBroker
//   the identity alone. Servers never format (README 27).
// Units: none. Empty case: the directory is made if absent; its parent must
//   exist.
// Thread: one caller; blocks on the disk.
// Errors: WRONG_IDENTITY (formatted as another node), NOTHING_TO_CHANGE
//   (formatted as this very node already), DIRECTORY_UNUSABLE (holds other
//   files), DIRECTORY_LOCKED (a node runs on it), INVALID_REQUEST (voters).
// Always true: an interrupted format is finished by the same call; what was
//   formatted once is never changed.
#ifndef BARNABAS_CONTROLLER_QUORUM_FORMAT_H_
#define BARNABAS_CONTROLLER_QUORUM_FORMAT_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "controller/quorum/bootstrap.h"
#include "proto/types/ids.h"
#include "proto/types/uuid.h"
#include "storage/env/clock.h"
#include "storage/env/file.h"
#include "storage/log/identity.h"

namespace barnabas::quorum {

struct FormatOptions {
  env::FileSystem* files = nullptr;
  const env::Clock* clock = nullptr;
  std::string directory;
  Uuid cluster_id;
  NodeId node_id;
  // Absent: that of this node among the voters, else a random one made of
  // `seed_high` and `seed_low`.
  std::optional<Uuid> directory_id;
  uint64_t seed_high = 0;
  uint64_t seed_low = 0;
};

// `voters` are all first voters, this node among them; a voter without a
// directory id is this node. Empty: a joining controller, whose log begins
// with a snapshot.
absl::StatusOr<log::Identity> FormatController(const FormatOptions& options,
                                               std::vector<Voter> voters);

absl::StatusOr<log::Identity> FormatBroker(const FormatOptions& options);

}  // namespace barnabas::quorum

#endif  // BARNABAS_CONTROLLER_QUORUM_FORMAT_H_
