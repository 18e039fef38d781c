// Term and vote on disk.
#include "controller/quorum/hard_state_file.h"

#include <gtest/gtest.h>

#include <string>

#include "storage/log/checkpoint_file.h"
#include "tests/support/fault_files.h"
#include "tests/support/matchers.h"

namespace barnabas::quorum {
namespace {

using ::barnabas::support::FaultFiles;
using ::barnabas::support::HasErrorCode;

constexpr char kPlace[] = "/c";

class HardStateFileTest : public ::testing::Test {
 protected:
  void SetUp() override { ASSERT_OK(files_.CreateDirectory(kPlace)); }

  FaultFiles files_;
};

TEST_F(HardStateFileTest, IsTermZeroWhenAbsent) {
  ASSERT_OK_AND_ASSIGN(const HardState state, ReadHardState(&files_, kPlace));
  EXPECT_EQ(state, HardState());
}

TEST_F(HardStateFileTest, KeepsTermAndVote) {
  const HardState voted{Term(7), VoterKey{NodeId(3), Uuid::FromRandom(1, 2)}};
  ASSERT_OK(WriteHardState(&files_, kPlace, voted));
  ASSERT_OK_AND_ASSIGN(HardState state, ReadHardState(&files_, kPlace));
  EXPECT_EQ(state, voted);
  const HardState unvoted{Term(8), std::nullopt};
  ASSERT_OK(WriteHardState(&files_, kPlace, unvoted));
  ASSERT_OK_AND_ASSIGN(state, ReadHardState(&files_, kPlace));
  EXPECT_EQ(state, unvoted);
}

TEST_F(HardStateFileTest, SurvivesACrashOnceWritten) {
  const HardState first{Term(1), std::nullopt};
  const HardState second{Term(2), std::nullopt};
  for (int64_t steps = 0; steps < 20; ++steps) {
    FaultFiles files;
    ASSERT_OK(files.CreateDirectory(kPlace));
    ASSERT_OK(files.SyncDirectory("/"));
    ASSERT_OK(WriteHardState(&files, kPlace, first));
    files.plan()->DieAfter(steps);
    const bool written = WriteHardState(&files, kPlace, second).ok();
    const auto disk = files.Crash(steps);
    ASSERT_OK_AND_ASSIGN(const HardState state,
                         ReadHardState(disk.get(), kPlace));
    EXPECT_TRUE(state == second || (!written && state == first)) << steps;
  }
}

TEST_F(HardStateFileTest, RefusesEveryFlippedBit) {
  const HardState voted{Term(7), VoterKey{NodeId(3), Uuid::FromRandom(1, 2)}};
  ASSERT_OK(WriteHardState(&files_, kPlace, voted));
  const std::string path = std::string(kPlace) + "/quorum-state";
  ASSERT_OK_AND_ASSIGN(const auto file,
                       files_.Open(path, env::OpenMode::kRead));
  ASSERT_OK_AND_ASSIGN(const int64_t size, file->Size());
  for (int64_t at = 0; at < size; ++at) {
    files_.FlipBits(path, at, 0x01);
    EXPECT_FALSE(ReadHardState(&files_, kPlace).ok()) << "byte " << at;
    files_.FlipBits(path, at, 0x01);
  }
  EXPECT_OK(ReadHardState(&files_, kPlace));
}

TEST_F(HardStateFileTest, RefusesAnotherVersion) {
  ASSERT_OK(log::ReplaceFile(&files_, kPlace, "quorum-state",
                             log::SealText({{"version", "2"}, {"term", "1"}})));
  EXPECT_THAT(ReadHardState(&files_, kPlace),
              HasErrorCode(ErrorCode::kUnsupportedFormat));
}

}  // namespace
}  // namespace barnabas::quorum
