// The bytes of a snapshot's file, and what becomes of changed ones.
#include "controller/quorum/snapshot_codec.h"

#include <gtest/gtest.h>

#include <string>

#include "absl/strings/escaping.h"
#include "tests/support/matchers.h"

namespace barnabas::quorum {
namespace {

using ::barnabas::support::HasErrorCode;

const Uuid kCluster = Uuid::FromRandom(3, 3);

Snapshot Sample() {
  Snapshot snapshot;
  snapshot.id = raft::SnapshotId{Term(2), LogIndex(300)};
  snapshot.voters = raft::VoterSet(
      {raft::Voter{{NodeId(1), Uuid::FromRandom(1, 1)}, "one", 9293}});
  snapshot.payload = "state";
  return snapshot;
}

TEST(SnapshotCodec, OpensWhatItSealed) {
  ASSERT_OK_AND_ASSIGN(
      const Snapshot again,
      OpenSnapshot(SealSnapshot(Sample(), kCluster), kCluster, "file"));
  EXPECT_EQ(again.id, Sample().id);
  EXPECT_EQ(again.voters, Sample().voters);
  EXPECT_EQ(again.payload, "state");
}

TEST(SnapshotCodec, HasTheBytesOfItsPicture) {
  const std::string bytes = SealSnapshot(Sample(), kCluster);
  EXPECT_EQ(bytes.substr(0, 8), "BNBSSNAP");
  EXPECT_EQ(absl::BytesToHexString(bytes.substr(8, 4)), "01000000");
  const size_t header = static_cast<uint8_t>(bytes[16]);
  EXPECT_EQ(absl::BytesToHexString(bytes.substr(17, 3)), "000000");
  EXPECT_EQ(bytes.substr(20 + header), "state");
  // As it was written first: old files must stay readable.
  EXPECT_EQ(absl::BytesToHexString(bytes.substr(12, 4)), "51b0e0cb");
}

TEST(SnapshotCodec, RefusesEveryFlippedBit) {
  const std::string bytes = SealSnapshot(Sample(), kCluster);
  for (size_t i = 0; i < bytes.size(); ++i) {
    std::string damaged = bytes;
    damaged[i] ^= 0x10;
    EXPECT_FALSE(OpenSnapshot(damaged, kCluster, "file").ok()) << i;
  }
}

TEST(SnapshotCodec, RefusesEveryShorterFile) {
  const std::string bytes = SealSnapshot(Sample(), kCluster);
  for (size_t size = 0; size < bytes.size(); ++size) {
    EXPECT_THAT(OpenSnapshot(bytes.substr(0, size), kCluster, "file"),
                HasErrorCode(ErrorCode::kCorruptLog))
        << size;
  }
}

TEST(SnapshotCodec, RefusesAnotherClusters) {
  EXPECT_THAT(OpenSnapshot(SealSnapshot(Sample(), kCluster),
                           Uuid::FromRandom(4, 4), "file"),
              HasErrorCode(ErrorCode::kWrongIdentity));
}

}  // namespace
}  // namespace barnabas::quorum
