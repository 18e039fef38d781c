#include "storage/log/segment_swap.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "storage/log/format.h"
#include "storage/log/log_files.h"
#include "storage/log/segment.h"
#include "tests/support/batches.h"
#include "tests/support/fault_files.h"
#include "tests/support/matchers.h"

namespace barnabas::log {
namespace {

using support::HasErrorCode;

constexpr Offset kBases[] = {Offset(10), Offset(14), Offset(18)};

class SegmentSwapTest : public testing::Test {
 protected:
  // Three segments, the first two of which one in the making replaces.
  void SetUp() override {
    for (const Offset base : kBases) Write(base, 2, "");
    Write(kBases[0], 4, kCleanedSuffix);
    ASSERT_OK(files_.SyncDirectory("."));
  }

  void Write(Offset base, int batches, std::string_view state) {
    ASSERT_OK_AND_ASSIGN(const auto segment,
                         CreateSegment(&files_, ".", base, 0, state));
    for (int i = 0; i < batches; ++i) {
      const std::string batch = support::Stored(
          support::SimpleBatch(2), segment->next(), LeaderEpoch(0));
      const std::string_view parts[] = {batch};
      ASSERT_OK(segment->Append(support::HeaderOf(batch), parts, 10, 4096));
    }
    ASSERT_OK_AND_ASSIGN(const auto files, segment->Seal());
    for (const auto& file : files) ASSERT_OK(file->Sync());
  }

  static std::vector<Offset> Segments(env::FileSystem* files) {
    return ListLogFiles(files, ".")->segments;
  }
  int64_t SizeOf(env::FileSystem* files, const std::string& name) {
    return files->Open(name, env::OpenMode::kRead).value()->Size().value();
  }

  support::FaultFiles files_;
};

TEST_F(SegmentSwapTest, TheNewOneStandsForTheOld) {
  const int64_t size = SizeOf(&files_, "00000000000000000010.log.cleaned");
  ASSERT_OK(SwapIn(&files_, ".", {kBases[0], kBases[1]}));
  EXPECT_EQ(Segments(&files_), (std::vector<Offset>{kBases[0], kBases[2]}));
  EXPECT_EQ(SizeOf(&files_, "00000000000000000010.log"), size);
  EXPECT_TRUE(files_.Exists("00000000000000000014.log.deleted"));
  EXPECT_TRUE(files_.Exists("00000000000000000014.index.deleted"));
  EXPECT_FALSE(files_.Exists("00000000000000000010.log.swap"));
  ASSERT_OK(RemoveSetAside(&files_, ".", kBases[0]));
  ASSERT_OK(RemoveSetAside(&files_, ".", kBases[1]));
  EXPECT_FALSE(files_.Exists("00000000000000000014.log.deleted"));
}

TEST_F(SegmentSwapTest, ACrashAtAnyMomentLeavesTheOldOnesOrTheNewOne) {
  const int64_t size = SizeOf(&files_, "00000000000000000010.log.cleaned");
  int old = 0;
  int swapped = 0;
  for (int64_t at = 0;; ++at) {
    support::FaultFiles* files = &files_;
    // From the same disk each time.
    const auto fresh = files->Crash(1);
    fresh->plan()->DieAfter(at);
    const absl::Status status =
        SwapIn(fresh.get(), ".", {kBases[0], kBases[1]});
    for (uint64_t seed = 0; seed < 20; ++seed) {
      auto after = fresh->Crash(seed);
      // Recovery may be interrupted as well.
      for (int64_t death = static_cast<int64_t>(seed);; death += 3) {
        after->plan()->DieAfter(death);
        if (FinishSwaps(after.get(), ".").ok()) break;
        after = after->Crash(seed + 100);
      }
      const auto end = after->Crash(seed);
      const auto segments = Segments(end.get());
      if (segments.size() == 3) {
        ++old;
        continue;
      }
      ++swapped;
      ASSERT_EQ(segments, (std::vector<Offset>{kBases[0], kBases[2]}));
      ASSERT_EQ(SizeOf(end.get(), "00000000000000000010.log"), size);
      ASSERT_TRUE(ListLogFiles(end.get(), ".")->swaps.empty());
    }
    if (status.ok()) break;
  }
  EXPECT_GT(old, 0);
  EXPECT_GT(swapped, 0);
}

TEST_F(SegmentSwapTest, ADamagedSwapIsRefusedAndNothingChanges) {
  files_.plan()->Fail(
      {support::FileAction::kRename, "00000000000000000014.log", 0, 1, EIO});
  EXPECT_THAT(SwapIn(&files_, ".", {kBases[0], kBases[1]}),
              HasErrorCode(ErrorCode::kStorageError));
  const auto before = files_.List(".").value();
  const int64_t batch = static_cast<int64_t>(support::SimpleBatch(2).size());
  // In the records, and in offsets, which no checksum covers.
  for (const int64_t at : {int64_t{70}, int64_t{7}, batch, batch + 7}) {
    SCOPED_TRACE(at);
    files_.FlipBits("00000000000000000010.log.swap", at, 1);
    EXPECT_THAT(FinishSwaps(&files_, "."),
                HasErrorCode(ErrorCode::kCorruptLog));
    EXPECT_EQ(files_.List(".").value(), before);
    files_.FlipBits("00000000000000000010.log.swap", at, 1);
  }
  EXPECT_OK(FinishSwaps(&files_, "."));
}

TEST_F(SegmentSwapTest, WhatIsInTheMakingGoes) {
  ASSERT_OK(RemoveCleaned(&files_, ".", kBases[0]));
  EXPECT_FALSE(files_.Exists("00000000000000000010.log.cleaned"));
  EXPECT_FALSE(files_.Exists("00000000000000000010.index.cleaned"));
  EXPECT_EQ(Segments(&files_).size(), 3u);
}

}  // namespace
}  // namespace barnabas::log
