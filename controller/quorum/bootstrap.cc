#include "controller/quorum/bootstrap.h"

#include <set>

#include "absl/strings/str_cat.h"
#include "metadata/image/features.h"
#include "proto/types/error.h"
#include "proto/types/status_macros.h"

namespace barnabas::quorum {
namespace {

absl::Status BadVoter(const std::string& what) {
  return MakeError(ErrorCode::kInvalidRequest,
                   absl::StrCat("the first voters are not valid: ", what),
                   "give each as ID@HOST:PORT:DIRECTORY_ID");
}

absl::Status Foreign(const std::string& what) {
  return MakeError(ErrorCode::kWrongIdentity, what,
                   "start the node this directory belongs to, or format a new "
                   "directory");
}

}  // namespace

absl::Status CheckVoters(const std::vector<Voter>& voters) {
  if (voters.empty()) return BadVoter("there are none");
  if (voters.size() > kVotersMax) {
    return BadVoter(absl::StrCat(voters.size(), " are more than ", kVotersMax));
  }
  std::set<int32_t> ids;
  std::set<Uuid> directories;
  for (const Voter& voter : voters) {
    const std::string who = absl::StrCat("voter ", voter.id.value());
    if (voter.id.value() < 0) return BadVoter(who + " has a negative id");
    if (!ids.insert(voter.id.value()).second) return BadVoter(who + " twice");
    if (voter.directory.IsNil()) return BadVoter(who + " has no directory id");
    if (!directories.insert(voter.directory).second) {
      return BadVoter(who + " shares its directory id with another");
    }
    if (voter.host.empty()) return BadVoter(who + " has no host");
    if (voter.port < 1 || voter.port > 65535) {
      return BadVoter(who + " has no port of 1 to 65535");
    }
  }
  return absl::OkStatus();
}

std::string BootstrapEntry(const Uuid& cluster_id,
                           const std::vector<Voter>& voters) {
  internal::v1::MetadataEntry entry;
  // No time: the bytes must be the same on all first voters.
  internal::v1::BootstrapRecord* record =
      entry.add_records()->mutable_bootstrap();
  record->set_cluster_id(cluster_id.ToString());
  record->set_format_version(kMetadataFormatVersion);
  for (const Voter& voter : voters) {
    internal::v1::Voter* each = record->add_voters();
    each->set_node_id(voter.id.value());
    each->set_directory_id(voter.directory.ToString());
    each->set_host(voter.host);
    each->set_port(voter.port);
  }
  // A new cluster stands at the newest levels.
  for (const image::FeatureRange& range : image::UnderstoodFeatures()) {
    internal::v1::FeatureLevelRecord* feature = record->add_features();
    feature->set_name(range.name);
    feature->set_level(range.max);
  }
  return entry.SerializeAsString();
}

absl::StatusOr<internal::v1::BootstrapRecord> ReadBootstrap(
    const DurableLog& log, const std::string& path) {
  if (log.end() == LogIndex(0)) {
    return MakeError(ErrorCode::kNotFormatted,
                     absl::StrCat("the metadata log in ", path, " is empty"),
                     "run `barnabas storage format` to its end");
  }
  ASSIGN_OR_RETURN(const std::vector<QuorumEntry> entries,
                   log.Read(LogIndex(0), LogIndex(1), kEntryBytesMax));
  internal::v1::MetadataEntry entry;
  if (entries.empty() || !entry.ParseFromString(entries[0].value) ||
      entry.records_size() != 1 || !entry.records(0).has_bootstrap()) {
    return MakeError(ErrorCode::kCorruptLog,
                     absl::StrCat("the metadata log in ", path,
                                  " does not begin with a bootstrap record"),
                     "keep the directory; format a new one to begin anew");
  }
  const internal::v1::BootstrapRecord& record = entry.records(0).bootstrap();
  if (record.format_version() != kMetadataFormatVersion) {
    return MakeError(
        ErrorCode::kUnsupportedFormat,
        absl::StrCat("the metadata log in ", path, " has format version ",
                     record.format_version(), ", this program knows ",
                     kMetadataFormatVersion),
        "start the version that wrote it");
  }
  return record;
}

absl::Status RequireOwn(const internal::v1::BootstrapRecord& bootstrap,
                        const log::Identity& identity) {
  if (bootstrap.cluster_id() != identity.cluster_id.ToString()) {
    return Foreign(absl::StrCat(
        "the metadata log is of cluster ", bootstrap.cluster_id(),
        ", the directory of cluster ", identity.cluster_id.ToString()));
  }
  return absl::OkStatus();
}

}  // namespace barnabas::quorum
