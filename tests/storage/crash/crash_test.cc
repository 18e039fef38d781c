// Power cuts, faults and flipped bits: what a node's directory is after each
// of them (S1 to S11, P8, I5, C6 by name). crash_images runs more of the same.

#include <glog/logging.h>
#include <gtest/gtest.h>

#include <cstdio>
#include <optional>
#include <string>

#include "tests/storage/crash/campaign.h"
#include "tests/storage/crash/cuts.h"
#include "tests/storage/crash/tally.h"

namespace barnabas::crash {
namespace {

// All parts count together, so that the last test can see that none is idle.
class CrashTest : public testing::Test {
 protected:
  // Each cut and each failed log would be told.
  void SetUp() override { FLAGS_minloglevel = google::GLOG_FATAL; }

  static void Run(std::string_view name) {
    for (const Part& part : Parts()) {
      if (part.name != name) continue;
      // Less than the museum needs: this is not the optimised program.
      const Scale scale{.seeds = 4, .flip_stride = 61, .index_bits = 5};
      const std::optional<Failure> failure = part.run(scale, &tally_);
      EXPECT_FALSE(failure.has_value()) << failure->ToString();
      return;
    }
    FAIL() << "there is no part " << name;
  }

  static Tally tally_;
};

Tally CrashTest::tally_;

TEST_F(CrashTest, PowerCutsLoseNothingDurable) { Run("power cuts"); }
TEST_F(CrashTest, ARestartKeepsWhatWasCutAway) { Run("restarts"); }
TEST_F(CrashTest, AFailedSyncIsFinal) { Run("failed syncs"); }
TEST_F(CrashTest, AFullDiskRefusesAndRecovers) { Run("full disks"); }
TEST_F(CrashTest, AFlippedBitIsNeverServed) { Run("flipped bits"); }
TEST_F(CrashTest, RecoveryMayBeCutAnywhere) { Run("cuts while recovering"); }
TEST_F(CrashTest, AFailedOperationBreaksNoPromise) { Run("failed operations"); }

TEST_F(CrashTest, EveryKindOfImageAndEveryInvariantWasTried) {
  std::printf("%s", tally_.Table().c_str());
  for (int kind = 0; kind < kImageKinds; ++kind) {
    EXPECT_GT(tally_.images(static_cast<ImageKind>(kind)), 0)
        << NameOf(static_cast<ImageKind>(kind));
  }
  for (const char* const name : {"S1", "S2", "S3", "S4", "S5", "S6", "S7", "S8",
                                 "S9", "S10", "S11", "P8", "I5", "C6"}) {
    EXPECT_GT(tally_.checks(name), 0) << name;
  }
}

}  // namespace
}  // namespace barnabas::crash
