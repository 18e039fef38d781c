// Bootstrap: the record at offset 0 of the metadata log.
//
// What: says which cluster this is and who votes first; `storage format`
//   writes it, the same on all first voters, so it is Raft's "before the
//   first" (README 26).
// Units: none. Empty case: a log without entries is NOT_FORMATTED.
// Thread: pure functions over a log.
// Errors: NOT_FORMATTED, CORRUPT_LOG (something else at offset 0),
//   UNSUPPORTED_FORMAT (another version), WRONG_IDENTITY (another
//   cluster's).
#ifndef BARNABAS_CONTROLLER_QUORUM_BOOTSTRAP_H_
#define BARNABAS_CONTROLLER_QUORUM_BOOTSTRAP_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "barnabas/internal/v1/cluster_record.pb.h"
#include "controller/quorum/durable_log.h"
#include "proto/types/ids.h"
#include "proto/types/uuid.h"
#include "storage/log/identity.h"

namespace barnabas::quorum {

// Version of the metadata log's records.
inline constexpr int32_t kMetadataFormatVersion = 1;
inline constexpr int32_t kVotersMax = 9;

// A first voter and where others reach it.
struct Voter {
  NodeId id;
  Uuid directory;
  std::string host;
  int32_t port = 0;

  bool operator==(const Voter&) const = default;
};

// INVALID_REQUEST for no voters, too many, doubles, a missing host or port.
absl::Status CheckVoters(const std::vector<Voter>& voters);

// The entry of offset 0; the same bytes for the same arguments.
std::string BootstrapEntry(const Uuid& cluster_id,
                           const std::vector<Voter>& voters);

// Reads and checks it; `path` is for messages.
absl::StatusOr<internal::v1::BootstrapRecord> ReadBootstrap(
    const DurableLog& log, const std::string& path);

// OK if the log is of the cluster that the directory belongs to.
absl::Status RequireOwn(const internal::v1::BootstrapRecord& bootstrap,
                        const log::Identity& identity);

}  // namespace barnabas::quorum

#endif  // BARNABAS_CONTROLLER_QUORUM_BOOTSTRAP_H_
