#include "storage/log/log_directory.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "storage/log/checkpoint_file.h"
#include "tests/storage/log/log_fixture.h"
#include "tests/support/matchers.h"

namespace barnabas::log {
namespace {

using support::FaultFiles;
using support::HasErrorCode;

TopicPartition Partition(uint64_t topic, int32_t index) {
  return {Uuid::FromRandom(topic, topic), PartitionIndex(index)};
}

class LogDirectoryTest : public testing::Test {
 protected:
  void SetUp() override { Format(&files_); }

  static void Format(env::FileSystem* files) {
    ASSERT_OK(
        WriteIdentity(files, "d",
                      Identity{kDirectoryFormatVersion, Uuid::FromRandom(1, 1),
                               NodeId(100), "broker", Uuid::FromRandom(2, 2)}));
    ASSERT_OK(files->SyncDirectory("."));
  }

  absl::StatusOr<std::unique_ptr<LogDirectory>> Open(env::FileSystem* files,
                                                     int32_t node = 100) {
    LogDirectory::Options options;
    options.files = files;
    options.clock = &clock_;
    options.path = "d";
    options.node_id = NodeId(node);
    options.role = "broker";
    return LogDirectory::Open(options);
  }
  absl::StatusOr<std::unique_ptr<LogDirectory>> Open() { return Open(&files_); }

  FaultFiles files_;
  support::FakeClock clock_;
};

TEST_F(LogDirectoryTest, ANewOneIsEmptyAndUnclean) {
  ASSERT_OK_AND_ASSIGN(const auto directory, Open());
  EXPECT_TRUE(directory->Present().empty());
  EXPECT_TRUE(directory->Unknown().empty());
  EXPECT_EQ(directory->clean_stop_epoch(), std::nullopt);
  EXPECT_EQ(directory->identity().node_id, NodeId(100));
  EXPECT_OK(directory->Space());
}

TEST_F(LogDirectoryTest, ASecondProcessIsRefused) {
  ASSERT_OK_AND_ASSIGN(auto directory, Open());
  EXPECT_THAT(Open(), HasErrorCode(ErrorCode::kDirectoryLocked));
  directory.reset();
  EXPECT_OK(Open());
}

// S11: whose it is not, it is not touched.
TEST_F(LogDirectoryTest, OthersDirectoriesStayUntouched) {
  ASSERT_OK_AND_ASSIGN(const auto before, files_.List("d"));
  EXPECT_THAT(Open(&files_, 101), HasErrorCode(ErrorCode::kWrongIdentity));
  ASSERT_OK(files_.CreateDirectory("e"));
  EXPECT_THAT(files_.List("d"), support::IsOkAndHolds(before));
  FaultFiles empty;
  EXPECT_THAT(Open(&empty), HasErrorCode(ErrorCode::kNotFormatted));
  EXPECT_THAT(empty.List("."), support::IsOkAndHolds(testing::IsEmpty()));
}

TEST_F(LogDirectoryTest, LogsComeBackByPartition) {
  {
    ASSERT_OK_AND_ASSIGN(const auto directory, Open());
    ASSERT_OK_AND_ASSIGN(
        const auto log,
        directory->OpenLog(Partition(1, 3), "orders", SmallConfig()));
    ASSERT_OK(AppendTo(log.get(), support::SimpleBatch(4)).status());
    ASSERT_OK(log->Close());
    ASSERT_OK(directory->MarkCleanStop(BrokerEpoch(77)));
  }
  ASSERT_OK_AND_ASSIGN(const auto directory, Open());
  EXPECT_EQ(directory->clean_stop_epoch(), BrokerEpoch(77));
  EXPECT_EQ(directory->Present(), std::vector{Partition(1, 3)});
  ASSERT_OK_AND_ASSIGN(
      const auto log,
      directory->OpenLog(Partition(1, 3), "orders", SmallConfig()));
  EXPECT_TRUE(log->recovery().clean);
  EXPECT_EQ(log->facts().log_end, Offset(4));
  ASSERT_OK_AND_ASSIGN(
      const auto metadata,
      ReadSmallFile(&files_,
                    "d/" + Partition(1, 3).ToString() + "/partition.metadata"));
  EXPECT_EQ(metadata,
            "version: 0\ntopic_id: " + Partition(1, 3).topic.ToString() +
                "\ntopic_name: orders\n");
}

// S10: the marker is gone, durably, before anything is written.
TEST_F(LogDirectoryTest, TheCleanMarkerGoesWithTheStart) {
  {
    ASSERT_OK_AND_ASSIGN(const auto directory, Open());
    ASSERT_OK(directory->MarkCleanStop(BrokerEpoch(5)));
  }
  {
    ASSERT_OK_AND_ASSIGN(const auto directory, Open());
    EXPECT_EQ(directory->clean_stop_epoch(), BrokerEpoch(5));
    for (uint64_t seed = 0; seed < 20; ++seed) {
      const auto after = files_.Crash(seed);
      ASSERT_OK_AND_ASSIGN(const auto again, Open(after.get()));
      EXPECT_EQ(again->clean_stop_epoch(), std::nullopt);
    }
  }
  ASSERT_OK_AND_ASSIGN(const auto directory, Open());
  EXPECT_EQ(directory->clean_stop_epoch(), std::nullopt);
}

TEST_F(LogDirectoryTest, ADamagedMarkerMeansUnclean) {
  {
    ASSERT_OK_AND_ASSIGN(const auto directory, Open());
    ASSERT_OK(directory->MarkCleanStop(BrokerEpoch(5)));
  }
  files_.FlipBits("d/clean-stop", 14, 1);
  ASSERT_OK_AND_ASSIGN(const auto directory, Open());
  EXPECT_EQ(directory->clean_stop_epoch(), std::nullopt);
}

// C6: what nobody asked for is moved, never deleted.
TEST_F(LogDirectoryTest, SetAsideKeepsEverything) {
  ASSERT_OK_AND_ASSIGN(const auto directory, Open());
  std::vector<std::string> paths;
  for (int round = 0; round < 2; ++round) {
    ASSERT_OK_AND_ASSIGN(
        const auto log,
        directory->OpenLog(Partition(1, 0), "t", SmallConfig()));
    ASSERT_OK(log->Close());
    ASSERT_OK_AND_ASSIGN(paths.emplace_back(),
                         directory->SetAside(Partition(1, 0)));
    EXPECT_TRUE(directory->Present().empty());
  }
  EXPECT_NE(paths[0], paths[1]);
  for (const std::string& path : paths) {
    EXPECT_TRUE(files_.Exists(path + "/00000000000000000000.log")) << path;
  }
  EXPECT_THAT(directory->SetAside(Partition(1, 0)),
              HasErrorCode(ErrorCode::kUnknownPartition));
}

TEST_F(LogDirectoryTest, UnknownNamesAreListedAndLeftAlone) {
  ASSERT_OK(files_.CreateDirectory("d/letters"));
  ASSERT_OK(files_.CreateDirectory("d/" + Partition(1, 0).ToString() + "x"));
  for (int round = 0; round < 2; ++round) {
    ASSERT_OK_AND_ASSIGN(const auto directory, Open());
    EXPECT_EQ(directory->Unknown().size(), 2);
    EXPECT_TRUE(directory->Present().empty());
  }
}

// S2: deleted is deleted, wholly or not at all, after a crash anywhere.
TEST_F(LogDirectoryTest, DeletionIsAllOrNothing) {
  for (int64_t at = 0; at < 20; ++at) {
    for (uint64_t seed = 0; seed < 5; ++seed) {
      FaultFiles files;
      Format(&files);
      bool done = false;
      {
        ASSERT_OK_AND_ASSIGN(const auto directory, Open(&files));
        ASSERT_OK_AND_ASSIGN(
            const auto log,
            directory->OpenLog(Partition(1, 0), "t", SmallConfig()));
        ASSERT_OK(AppendTo(log.get(), support::SimpleBatch(4)).status());
        ASSERT_OK(log->Close());
        files.plan()->DieAfter(at);
        done = directory->Delete(Partition(1, 0)).ok();
      }
      const auto after = files.Crash(seed);
      ASSERT_OK_AND_ASSIGN(const auto directory, Open(after.get()));
      EXPECT_FALSE(after->Exists("d/deleted"));
      const bool there = !directory->Present().empty();
      EXPECT_FALSE(done && there) << at;
      if (!there) continue;
      ASSERT_OK_AND_ASSIGN(
          const auto log,
          directory->OpenLog(Partition(1, 0), "t", SmallConfig()));
      EXPECT_EQ(log->facts().log_end, Offset(4)) << at;
    }
  }
}

TEST_F(LogDirectoryTest, AnotherTopicsMetadataIsRefused) {
  const std::string path = "d/" + Partition(1, 0).ToString();
  ASSERT_OK(files_.CreateDirectory(path));
  ASSERT_OK(ReplaceFile(
      &files_, path, "partition.metadata",
      "version: 0\ntopic_id: " + Partition(2, 0).topic.ToString() + "\n"));
  ASSERT_OK_AND_ASSIGN(const auto directory, Open());
  EXPECT_THAT(directory->OpenLog(Partition(1, 0), "t", SmallConfig()),
              HasErrorCode(ErrorCode::kWrongIdentity));
  EXPECT_THAT(directory->OpenLog(Partition(3, 0), "a\nb", SmallConfig()),
              HasErrorCode(ErrorCode::kInvalidTopicName));
}

TEST_F(LogDirectoryTest, LogsAreOpenedSideBySide) {
  ASSERT_OK_AND_ASSIGN(const auto directory, Open());
  std::vector<std::thread> threads;
  std::vector<std::unique_ptr<PartitionLog>> logs(8);
  for (int32_t i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      auto log = directory->OpenLog(Partition(1, i), "t", SmallConfig());
      EXPECT_OK(log.status());
      if (log.ok()) logs[static_cast<size_t>(i)] = *std::move(log);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(directory->Present().size(), 8);
}

}  // namespace
}  // namespace barnabas::log
