#include "storage/log/partition_log.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

#include "storage/env/posix_file.h"
#include "tests/storage/log/log_fixture.h"
#include "tests/support/matchers.h"

namespace barnabas::log {
namespace {

using support::HasErrorCode;
using support::SimpleBatch;

// The same claims on a real disk and on the one in memory.
class PartitionLogTest : public testing::TestWithParam<bool> {
 protected:
  PartitionLogTest() {
    options_ = OptionsOn(
        GetParam() ? static_cast<env::FileSystem*>(&disk_) : &memory_, &clock_);
    if (GetParam()) {
      // Names of parameterised tests hold a '/'.
      std::string name =
          testing::UnitTest::GetInstance()->current_test_info()->name();
      std::replace(name.begin(), name.end(), '/', '.');
      options_.directory = testing::TempDir() + name;
      Clean();
    }
  }
  ~PartitionLogTest() override {
    if (GetParam()) Clean();
  }

  void Clean() {
    const auto names = disk_.List(options_.directory);
    if (!names.ok()) return;
    for (const std::string& name : *names) {
      disk_.RemoveFile(options_.directory + "/" + name).IgnoreError();
    }
    disk_.RemoveDirectory(options_.directory).IgnoreError();
  }

  std::unique_ptr<PartitionLog> Open() {
    absl::StatusOr<std::unique_ptr<PartitionLog>> log =
        PartitionLog::Open(options_);
    EXPECT_OK(log.status());
    return log.ok() ? *std::move(log) : nullptr;
  }

  env::PosixFileSystem disk_;
  support::FaultFiles memory_;
  support::FakeClock clock_;
  PartitionLog::Options options_;
};

INSTANTIATE_TEST_SUITE_P(Disks, PartitionLogTest, testing::Bool(),
                         [](const auto& param) {
                           return param.param ? "Posix" : "Memory";
                         });

TEST_P(PartitionLogTest, NewLogIsEmptyAtZero) {
  const auto log = Open();
  EXPECT_EQ(log->facts().log_start, Offset(0));
  EXPECT_EQ(log->facts().durable_end, Offset(0));
  EXPECT_EQ(log->facts().log_end, Offset(0));
  EXPECT_EQ(log->facts().segments, 1);
  std::string memory;
  ASSERT_OK_AND_ASSIGN(const ReadOutcome read,
                       ReadFrom(*log, Offset(0), 100, &memory));
  EXPECT_TRUE(read.bytes.empty());
  EXPECT_EQ(read.next_offset, Offset(0));
  EXPECT_EQ(log->StartFlush(), nullptr);
}

TEST_P(PartitionLogTest, LeaderAssignsOffsetsAndEpochAndReadsThemBack) {
  const auto log = Open();
  std::vector<StoredBatch> expected;
  Offset at(0);
  for (int i = 0; i < 40; ++i) {
    const std::string batch = SimpleBatch(1 + i % 4, 1000 + i);
    ASSERT_OK_AND_ASSIGN(const AppendOutcome outcome,
                         AppendTo(log.get(), batch, 3));
    EXPECT_EQ(outcome.base_offset, at);
    EXPECT_EQ(outcome.next_offset, at.Plus(1 + i % 4));
    EXPECT_FALSE(outcome.duplicate);
    expected.push_back(
        {at, outcome.next_offset, support::Stored(batch, at, LeaderEpoch(3))});
    at = outcome.next_offset;
  }
  EXPECT_EQ(log->facts().log_end, at);
  EXPECT_GT(log->facts().segments, 1);
  for (const int64_t bytes_max : {1, 200, 700, 100000}) {
    ASSERT_OK_AND_ASSIGN(const auto batches, ReadAll(*log, bytes_max));
    EXPECT_EQ(batches, expected);
  }
}

TEST_P(PartitionLogTest, HeaderMayStraddleSlices) {
  const auto log = Open();
  const std::string batch = SimpleBatch(3);
  std::vector<std::string_view> slices;
  for (size_t at = 0; at < batch.size(); at += 17) {
    slices.push_back(std::string_view(batch).substr(at, 17));
  }
  ASSERT_OK(log->AppendAsLeader(AppendInput{support::HeaderOf(batch), slices},
                                LeaderEpoch(1)));
  ASSERT_OK_AND_ASSIGN(const auto batches, ReadAll(*log));
  ASSERT_EQ(batches.size(), 1);
  EXPECT_EQ(batches[0].bytes,
            support::Stored(batch, Offset(0), LeaderEpoch(1)));
}

TEST_P(PartitionLogTest, FlushMovesTheDurableEndToWhereItBegan) {
  const auto log = Open();
  ASSERT_OK(AppendTo(log.get(), SimpleBatch(2)));
  const auto job = log->StartFlush();
  ASSERT_NE(job, nullptr);
  ASSERT_OK(AppendTo(log.get(), SimpleBatch(3)));
  EXPECT_EQ(log->StartFlush(), nullptr) << "one round at a time";
  const absl::Status status = job->Run();
  ASSERT_OK(status);
  EXPECT_EQ(log->facts().durable_end, Offset(0));
  log->FinishFlush(*job, status);
  EXPECT_EQ(log->facts().durable_end, Offset(2));
  EXPECT_GT(log->facts().unsynced_bytes, 0);
  ASSERT_OK(Flush(log.get()));
  EXPECT_EQ(log->facts().durable_end, Offset(5));
  EXPECT_EQ(log->facts().unsynced_bytes, 0);
}

TEST_P(PartitionLogTest, CleanCloseIsOpenedWithoutScanning) {
  std::vector<StoredBatch> expected;
  {
    const auto log = Open();
    for (int i = 0; i < 30; ++i) {
      ASSERT_OK(AppendTo(log.get(), SimpleBatch(2, 1000 + i), i / 10));
    }
    ASSERT_OK_AND_ASSIGN(expected, ReadAll(*log));
    ASSERT_OK(log->Close());
    EXPECT_THAT(AppendTo(log.get(), SimpleBatch(1), 3),
                HasErrorCode(ErrorCode::kStorageError));
  }
  options_.clean = true;
  const auto log = Open();
  EXPECT_TRUE(log->recovery().clean);
  EXPECT_EQ(log->recovery().scanned_bytes, 0);
  EXPECT_EQ(log->recovery().indexes_rebuilt, 0);
  EXPECT_EQ(log->facts().log_end, Offset(60));
  EXPECT_EQ(log->facts().durable_end, Offset(60));
  EXPECT_EQ(log->facts().last_epoch, LeaderEpoch(2));
  ASSERT_OK_AND_ASSIGN(const auto batches, ReadAll(*log));
  EXPECT_EQ(batches, expected);
}

TEST_P(PartitionLogTest, WhatWasNotClosedIsScannedAboveTheDurablePoint) {
  std::vector<StoredBatch> expected;
  {
    const auto log = Open();
    for (int i = 0; i < 30; ++i) {
      ASSERT_OK(AppendTo(log.get(), SimpleBatch(2, 1000 + i)));
      if (i % 7 != 0) continue;
      ASSERT_OK(Flush(log.get()));
    }
    ASSERT_OK_AND_ASSIGN(expected, ReadAll(*log));
  }
  const auto log = Open();
  EXPECT_FALSE(log->recovery().clean);
  EXPECT_GT(log->recovery().scanned_bytes, 0);
  EXPECT_LT(log->recovery().scanned_bytes, log->facts().size_bytes);
  EXPECT_EQ(log->recovery().cut_bytes, 0);
  EXPECT_EQ(log->facts().durable_end, Offset(60));
  ASSERT_OK_AND_ASSIGN(const auto batches, ReadAll(*log));
  EXPECT_EQ(batches, expected);
}

}  // namespace
}  // namespace barnabas::log
