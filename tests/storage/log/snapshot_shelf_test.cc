#include "storage/log/snapshot_shelf.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "storage/log/format.h"
#include "storage/log/log_files.h"
#include "tests/support/fault_files.h"
#include "tests/support/matchers.h"

namespace barnabas::log {
namespace {

class SnapshotShelfTest : public testing::Test {
 protected:
  void SetUp() override {
    for (const int64_t base : {0, 20}) {
      ASSERT_OK_AND_ASSIGN(auto segment,
                           CreateSegment(&files_, ".", Offset(base), 0));
      segments_.push_back(std::move(segment));
    }
  }

  std::vector<Offset> Found() {
    return ListLogFiles(&files_, ".").value().snapshots;
  }
  std::vector<int64_t> Present() {
    std::vector<int64_t> offsets;
    for (const Offset offset : Found()) {
      offsets.push_back(offset.value());
    }
    return offsets;
  }

  support::FaultFiles files_;
  SegmentList segments_;
  ProducerWindow window_;
};

TEST_F(SnapshotShelfTest, KeepsSegmentBasesAndTheTwoNewest) {
  SnapshotShelf shelf(&files_, ".", Found());
  for (const int64_t end : {5, 20, 25, 30, 35}) {
    EXPECT_NE(shelf.Take(window_, Offset(end), segments_), nullptr);
  }
  EXPECT_EQ(Present(), (std::vector<int64_t>{20, 30, 35}));
}

TEST_F(SnapshotShelfTest, IsDueByAppendedBytes) {
  SnapshotShelf shelf(&files_, ".", Found());
  shelf.NoteAppended(kSnapshotIntervalBytes - 1);
  EXPECT_FALSE(shelf.IsDue());
  shelf.NoteAppended(1);
  EXPECT_TRUE(shelf.IsDue());
  shelf.Take(window_, Offset(5), segments_);
  EXPECT_FALSE(shelf.IsDue());
}

TEST_F(SnapshotShelfTest, RemovesBelowAndAboveAlsoWhatItFound) {
  for (const int64_t end : {5, 20, 25}) {
    SnapshotShelf(&files_, ".", Found()).Take(window_, Offset(end), segments_);
  }
  SnapshotShelf shelf(&files_, ".", Found());
  ASSERT_OK(shelf.RemoveAbove(Offset(20)));
  EXPECT_EQ(Present(), std::vector<int64_t>{20});
  ASSERT_OK(shelf.RemoveBelow(Offset(20)));
  EXPECT_EQ(Present(), std::vector<int64_t>{20});
  ASSERT_OK(shelf.RemoveBelow(Offset(21)));
  EXPECT_TRUE(Present().empty());
}

TEST_F(SnapshotShelfTest, WithoutSpaceThereIsNone) {
  SnapshotShelf shelf(&files_, ".", Found());
  files_.plan()->Fail({support::FileAction::kWrite, ".snapshot"});
  EXPECT_EQ(shelf.Take(window_, Offset(5), segments_), nullptr);
}

}  // namespace
}  // namespace barnabas::log
