#include "storage/log/segment.h"

#include <gtest/gtest.h>

#include <memory>
#include <random>
#include <string>
#include <vector>

#include "tests/support/batches.h"
#include "tests/support/fault_files.h"
#include "tests/support/matchers.h"

namespace barnabas::log {
namespace {

using support::HasErrorCode;
using support::HeaderOf;
using support::IsOkAndHolds;

constexpr int64_t kInterval = 300;
constexpr char kIndexPath[] = "./00000000000000000100.index";
constexpr char kLogPath[] = "./00000000000000000100.log";

class SegmentTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK_AND_ASSIGN(segment_, CreateSegment(&files_, ".", Offset(100), 0));
  }

  void Append(int count) {
    const std::string batch =
        support::Stored(support::SimpleBatch(count, 1000 + segment_->size()),
                        segment_->next(), LeaderEpoch(1));
    places_.push_back({segment_->next(), segment_->size()});
    const std::string_view all = batch;
    const std::string_view parts[] = {all.substr(0, 30), all.substr(30)};
    ASSERT_OK(segment_->Append(HeaderOf(batch), parts, kInterval, 1 << 20));
  }

  void AppendMany(int count) {
    std::mt19937_64 random(1);
    for (int i = 0; i < count; ++i) Append(1 + static_cast<int>(random() % 6));
  }

  // S5: every look-up equals a linear scan.
  void ExpectLinear(const Segment& segment) {
    size_t at = 0;
    for (Offset offset(100); offset < segment.next(); offset = offset.Next()) {
      while (at + 1 < places_.size() && places_[at + 1].first <= offset) ++at;
      EXPECT_THAT(segment.Locate(offset), IsOkAndHolds(places_[at].second))
          << offset;
    }
    EXPECT_THAT(segment.Locate(segment.next()), IsOkAndHolds(segment.size()));
  }

  support::FaultFiles files_;
  std::shared_ptr<Segment> segment_;
  // Base offset and position of each batch.
  std::vector<std::pair<Offset, int64_t>> places_;
};

TEST_F(SegmentTest, ANewOneIsEmpty) {
  EXPECT_EQ(segment_->size(), 0);
  EXPECT_EQ(segment_->next(), Offset(100));
  EXPECT_THAT(segment_->Locate(Offset(100)), IsOkAndHolds(0));
}

TEST_F(SegmentTest, LooksUpWhileActiveAndSealed) {
  AppendMany(60);
  ExpectLinear(*segment_);
  ASSERT_OK(segment_->Seal().status());
  ExpectLinear(*segment_);
}

// S5: missing, truncated, zeroed, flipped, stale, longer than the log.
TEST_F(SegmentTest, DamagedIndexesNeverMislead) {
  AppendMany(60);
  ASSERT_OK(segment_->Seal().status());
  ASSERT_OK_AND_ASSIGN(const auto index,
                       files_.Open(kIndexPath, env::OpenMode::kReadWrite));
  ASSERT_OK_AND_ASSIGN(const int64_t size, index->Size());
  for (int64_t at = 0; at < size; ++at) {
    for (const uint8_t mask : {0x01, 0x10, 0x80}) {
      files_.FlipBits(kIndexPath, at, mask);
      ASSERT_NO_FATAL_FAILURE(ExpectLinear(*segment_));
      files_.FlipBits(kIndexPath, at, mask);
    }
  }
  const std::string longer(64, '\x7f');
  const std::string_view parts[] = {longer};
  ASSERT_OK(index->WriteAt(size, parts));
  ExpectLinear(*segment_);
  const std::string zeros(static_cast<size_t>(size), '\0');
  const std::string_view zero_parts[] = {zeros};
  ASSERT_OK(index->WriteAt(0, zero_parts));
  ExpectLinear(*segment_);
  ASSERT_OK(index->Truncate(3));
  ExpectLinear(*segment_);
  ASSERT_OK(files_.RemoveFile(kIndexPath));
  ExpectLinear(*segment_);
}

// S12: a write that fails half-way leaves no half batch.
TEST_F(SegmentTest, RollBackCutsAHalfWrittenBatch) {
  AppendMany(5);
  const int64_t size = segment_->size();
  files_.plan()->Fail({support::FileAction::kWrite, ".log", 0, 1, ENOSPC});
  const std::string batch = support::Stored(support::SimpleBatch(3),
                                            segment_->next(), LeaderEpoch(1));
  const std::string_view parts[] = {batch};
  EXPECT_THAT(segment_->Append(HeaderOf(batch), parts, kInterval, 1 << 20),
              HasErrorCode(ErrorCode::kDiskFull));
  EXPECT_THAT(segment_->file()->Size(), testing::Not(IsOkAndHolds(size)));
  ASSERT_OK(segment_->RollBack());
  EXPECT_THAT(segment_->file()->Size(), IsOkAndHolds(size));
  EXPECT_EQ(segment_->size(), size);
  AppendMany(3);
  ExpectLinear(*segment_);
}

TEST_F(SegmentTest, OpenBelowIsAsIfNothingHadFollowed) {
  AppendMany(60);
  ASSERT_OK(segment_->index().WritePending());
  for (const size_t keep : {0, 1, 7, 30, 59}) {
    const Segment::Extent extent{Offset(100), places_[keep].second,
                                 places_[keep].first};
    ASSERT_OK_AND_ASSIGN(const auto below,
                         OpenSegmentBelow(&files_, ".", extent, kInterval, 0));
    EXPECT_EQ(below->size(), extent.size);
    EXPECT_EQ(below->next(), extent.next);
    ASSERT_OK_AND_ASSIGN(const auto walked,
                         OpenSegment(&files_, ".", Offset(100), 0));
    walked->index().Reset();
    ASSERT_OK(walked->AdoptUntil(extent.size, kInterval));
    EXPECT_EQ(below->index().mark(), walked->index().mark()) << keep;
  }
}

TEST_F(SegmentTest, SealGivesReservedBlocksBack) {
  AppendMany(3);
  EXPECT_GT(files_.plan()->CountOf(support::FileAction::kAllocate), 0);
  ASSERT_OK(segment_->Seal().status());
  ASSERT_OK_AND_ASSIGN(const auto file,
                       files_.Open(kLogPath, env::OpenMode::kRead));
  EXPECT_THAT(file->Size(), IsOkAndHolds(segment_->size()));
}

TEST_F(SegmentTest, AgeIsThatOfTheFirstBatch) {
  EXPECT_EQ(segment_->age().first_batch_ms, std::nullopt);
  Append(1);
  const auto first = segment_->age().first_batch_ms;
  EXPECT_TRUE(first.has_value());
  Append(1);
  EXPECT_EQ(segment_->age().first_batch_ms, first);
}

}  // namespace
}  // namespace barnabas::log
