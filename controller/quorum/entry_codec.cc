#include "controller/quorum/entry_codec.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "barnabas/internal/v1/cluster_record.pb.h"
#include "controller/quorum/voter_codec.h"
#include "proto/types/error.h"
#include "proto/types/status_macros.h"

namespace barnabas::quorum {
namespace {

// First byte of a MetadataEntry with records: field 1, length-delimited.
constexpr char kRecordsTag = 0x0a;
// First byte of such a ClusterRecord: fields 1 and 14, length-delimited.
constexpr char kBootstrapTag = 0x0a;
constexpr char kVotersTag = 0x72;

// The first byte of the first record; 0 if there is none. Spares parsing of
// large entries that carry no voters.
char FirstRecordTag(std::string_view value) {
  if (value.size() < 3 || value[0] != kRecordsTag) return 0;
  size_t at = 1;
  while (at < value.size() && (value[at] & 0x80) != 0) ++at;
  return at + 1 < value.size() ? value[at + 1] : 0;
}

std::string NoOpValue() {
  internal::v1::MetadataEntry entry;
  entry.add_records()->mutable_no_op();
  return entry.SerializeAsString();
}

}  // namespace

std::string VotersValue(const raft::VoterSet& voters) {
  internal::v1::MetadataEntry entry;
  WriteVoters(voters, entry.add_records()->mutable_voters()->mutable_voters());
  return entry.SerializeAsString();
}

std::shared_ptr<const std::string> ValueOf(const raft::Entry& entry) {
  if (entry.payload != nullptr) return entry.payload;
  if (entry.voters != nullptr) {
    return std::make_shared<const std::string>(VotersValue(*entry.voters));
  }
  return std::make_shared<const std::string>(NoOpValue());
}

absl::StatusOr<std::shared_ptr<const raft::VoterSet>> VotersIn(
    LogIndex index, std::string_view value) {
  const char tag = FirstRecordTag(value);
  const bool bootstrap = index == LogIndex(0) && tag == kBootstrapTag;
  if (!bootstrap && tag != kVotersTag) return nullptr;
  internal::v1::MetadataEntry entry;
  if (!entry.ParseFromArray(value.data(), static_cast<int>(value.size()))) {
    return MakeError(ErrorCode::kCorruptLog,
                     absl::StrCat("metadata entry ", index.value(),
                                  " is not a message of this version"),
                     "start the version that wrote it");
  }
  const internal::v1::ClusterRecord& record = entry.records(0);
  if (bootstrap && record.bootstrap().voters().empty()) return nullptr;
  ASSIGN_OR_RETURN(raft::VoterSet voters,
                   ReadVoters(bootstrap ? record.bootstrap().voters()
                                        : record.voters().voters()));
  return std::make_shared<const raft::VoterSet>(std::move(voters));
}

absl::StatusOr<raft::Entry> EntryOf(QuorumEntry entry) {
  raft::Entry out;
  out.index = entry.offset;
  out.term = entry.term;
  ASSIGN_OR_RETURN(out.voters, VotersIn(entry.offset, entry.value));
  if (out.voters != nullptr) {
    out.kind = entry.offset == LogIndex(0) ? raft::EntryKind::kBootstrap
                                           : raft::EntryKind::kVoters;
  }
  out.payload = std::make_shared<const std::string>(std::move(entry.value));
  return out;
}

}  // namespace barnabas::quorum
