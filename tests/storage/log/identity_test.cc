#include "storage/log/identity.h"

#include <gtest/gtest.h>

#include "storage/log/checkpoint_file.h"
#include "tests/support/fault_files.h"
#include "tests/support/matchers.h"

namespace barnabas::log {
namespace {

using support::FaultFiles;
using support::FileAction;
using support::HasErrorCode;
using support::IsOkAndHolds;

Identity Sample() {
  return Identity{kDirectoryFormatVersion, Uuid::FromRandom(1, 2), NodeId(101),
                  "broker", Uuid::FromRandom(3, 4)};
}

int64_t Changes(FaultFiles* files) {
  const support::FaultPlan& plan = *files->plan();
  return plan.CountOf(FileAction::kWrite) + plan.CountOf(FileAction::kRename) +
         plan.CountOf(FileAction::kRemove) +
         plan.CountOf(FileAction::kTruncate) +
         plan.CountOf(FileAction::kCreateDirectory);
}

TEST(IdentityTest, WhatIsWrittenIsRead) {
  FaultFiles files;
  EXPECT_THAT(ReadIdentity(&files, "d"),
              HasErrorCode(ErrorCode::kNotFormatted));
  ASSERT_OK(WriteIdentity(&files, "d", Sample()));
  EXPECT_THAT(ReadIdentity(&files, "d"), IsOkAndHolds(Sample()));
  EXPECT_OK(WriteIdentity(&files, "d", Sample())) << "again is fine";
}

TEST(IdentityTest, ReadingIsRefusedWhenAnythingIsFlipped) {
  FaultFiles files;
  ASSERT_OK(WriteIdentity(&files, "d", Sample()));
  for (int64_t at = 0; at < 40; ++at) {
    files.FlipBits("d/identity", at, 2);
    EXPECT_FALSE(ReadIdentity(&files, "d").ok()) << at;
    files.FlipBits("d/identity", at, 2);
  }
}

// S11: refused by name, and nothing changes.
TEST(IdentityTest, OtherFormatsAndOwnersAreRefusedUntouched) {
  FaultFiles files;
  ASSERT_OK(files.CreateDirectory("d"));
  ASSERT_OK(ReplaceFile(&files, "d", "identity",
                        SealText({{"format", "2"}, {"what", "ever"}})));
  const int64_t changes = Changes(&files);
  EXPECT_THAT(ReadIdentity(&files, "d"),
              HasErrorCode(ErrorCode::kUnsupportedFormat));
  EXPECT_THAT(WriteIdentity(&files, "d", Sample()),
              HasErrorCode(ErrorCode::kUnsupportedFormat));
  EXPECT_EQ(Changes(&files), changes);

  FaultFiles taken;
  ASSERT_OK(WriteIdentity(&taken, "d", Sample()));
  const int64_t before = Changes(&taken);
  Identity other = Sample();
  other.node_id = NodeId(102);
  EXPECT_THAT(WriteIdentity(&taken, "d", other),
              HasErrorCode(ErrorCode::kWrongIdentity));
  EXPECT_EQ(Changes(&taken), before);
}

TEST(IdentityTest, DirectoriesWithOtherThingsAreNotFormatted) {
  FaultFiles files;
  ASSERT_OK(files.CreateDirectory("d"));
  ASSERT_OK(files.Open("d/letter", env::OpenMode::kCreate).status());
  EXPECT_THAT(WriteIdentity(&files, "d", Sample()),
              HasErrorCode(ErrorCode::kDirectoryUnusable));
}

TEST(IdentityTest, AnInterruptedFormatIsDoneAgain) {
  for (int64_t at = 0; at < 8; ++at) {
    for (uint64_t seed = 0; seed < 10; ++seed) {
      FaultFiles files;
      ASSERT_OK(files.CreateDirectory("d"));
      ASSERT_OK(files.SyncDirectory("."));
      files.plan()->DieAfter(at);
      const bool done = WriteIdentity(&files, "d", Sample()).ok();
      const auto after = files.Crash(seed);
      ASSERT_OK(WriteIdentity(after.get(), "d", Sample())) << at;
      EXPECT_THAT(ReadIdentity(after.get(), "d"), IsOkAndHolds(Sample()));
      EXPECT_TRUE(!done || files.Exists("d/identity"));
    }
  }
}

TEST(IdentityTest, RequireComparesNodeRoleAndCluster) {
  const Identity found = Sample();
  EXPECT_OK(RequireIdentity(found, NodeId(101), "broker", std::nullopt));
  EXPECT_OK(RequireIdentity(found, NodeId(101), "broker", found.cluster_id));
  const auto wrong = HasErrorCode(ErrorCode::kWrongIdentity);
  EXPECT_THAT(RequireIdentity(found, NodeId(102), "broker", std::nullopt),
              wrong);
  EXPECT_THAT(RequireIdentity(found, NodeId(101), "controller", std::nullopt),
              wrong);
  EXPECT_THAT(
      RequireIdentity(found, NodeId(101), "broker", Uuid::FromRandom(9, 9)),
      wrong);
}

}  // namespace
}  // namespace barnabas::log
