#include "controller/quorum/snapshot_codec.h"

#include <cstdint>
#include <utility>

#include "absl/strings/str_cat.h"
#include "barnabas/internal/v1/raft.pb.h"
#include "controller/quorum/voter_codec.h"
#include "proto/types/error.h"
#include "proto/types/status_macros.h"
#include "storage/record/crc32c.h"

namespace barnabas::quorum {
namespace {

constexpr std::string_view kMagic = "BNBSSNAP";
constexpr uint32_t kVersion = 1;
constexpr size_t kSealBytes = 16;
constexpr size_t kFixedBytes = 20;

void AppendNumber(uint32_t number, std::string* out) {
  for (int shift = 0; shift < 32; shift += 8) {
    out->push_back(static_cast<char>(number >> shift));
  }
}

uint32_t NumberAt(std::string_view bytes, size_t position) {
  uint32_t number = 0;
  for (size_t i = 0; i < 4; ++i) {
    number |= static_cast<uint32_t>(static_cast<uint8_t>(bytes[position + i]))
              << (8 * i);
  }
  return number;
}

absl::Status Damaged(const std::string& where, const std::string& what) {
  return MakeError(ErrorCode::kCorruptLog, absl::StrCat(where, ": ", what),
                   "the controller goes on with an older snapshot, or fetches "
                   "it again");
}

}  // namespace

std::string SealSnapshot(const Snapshot& snapshot, const Uuid& cluster_id) {
  internal::v1::SnapshotHeader header;
  header.set_cluster_id(cluster_id.ToString());
  header.mutable_id()->set_term(snapshot.id.term.value());
  header.mutable_id()->set_index(snapshot.id.index.value());
  WriteVoters(snapshot.voters, header.mutable_voters());
  const std::string head = header.SerializeAsString();
  std::string rest;
  AppendNumber(static_cast<uint32_t>(head.size()), &rest);
  rest += head;
  rest += snapshot.payload;
  std::string out(kMagic);
  AppendNumber(kVersion, &out);
  AppendNumber(record::Crc32c(rest), &out);
  return out + rest;
}

absl::StatusOr<Snapshot> OpenSnapshot(std::string_view bytes,
                                      const Uuid& cluster_id,
                                      const std::string& where) {
  if (bytes.size() < kFixedBytes || bytes.substr(0, 8) != kMagic) {
    return Damaged(where, "is no snapshot of the metadata");
  }
  if (NumberAt(bytes, 8) != kVersion) {
    return MakeError(ErrorCode::kUnsupportedFormat,
                     absl::StrCat(where, " has version ", NumberAt(bytes, 8),
                                  ", this program knows ", kVersion),
                     "start the version that wrote it");
  }
  if (NumberAt(bytes, 12) != record::Crc32c(bytes.substr(kSealBytes))) {
    return Damaged(where, "its checksum does not fit");
  }
  const size_t head_size = NumberAt(bytes, kSealBytes);
  internal::v1::SnapshotHeader header;
  if (head_size > bytes.size() - kFixedBytes ||
      !header.ParseFromArray(bytes.data() + kFixedBytes,
                             static_cast<int>(head_size))) {
    return Damaged(where, "its header cannot be read");
  }
  if (header.cluster_id() != cluster_id.ToString()) {
    return MakeError(ErrorCode::kWrongIdentity,
                     absl::StrCat(where, " is of cluster ", header.cluster_id(),
                                  ", not ", cluster_id.ToString()),
                     "keep the directories of clusters apart");
  }
  Snapshot snapshot;
  snapshot.id =
      raft::SnapshotId{Term(header.id().term()), LogIndex(header.id().index())};
  ASSIGN_OR_RETURN(snapshot.voters, ReadVoters(header.voters()));
  const std::string_view payload = bytes.substr(kFixedBytes + head_size);
  snapshot.payload.assign(payload.data(), payload.size());
  return snapshot;
}

}  // namespace barnabas::quorum
