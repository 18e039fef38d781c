#include "tests/support/fault_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "tests/support/matchers.h"

namespace barnabas::support {
namespace {

using env::OpenMode;
using ::testing::ElementsAre;
using ::testing::IsSubsetOf;

constexpr uint64_t kSeeds = 200;

std::string Contents(env::FileSystem* files, const std::string& path) {
  auto file = files->Open(path, OpenMode::kRead);
  if (!file.ok()) return "(absent)";
  std::string bytes(static_cast<size_t>((*file)->Size().value()), '?');
  EXPECT_THAT((*file)->ReadAt(0, bytes.size(), bytes.data()),
              IsOkAndHolds(bytes.size()));
  return bytes;
}

class FaultFilesTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK(files_.CreateDirectory("/d"));
    ASSERT_OK(files_.SyncDirectory("/"));
  }

  std::unique_ptr<env::File> MustOpen(const std::string& path,
                                      OpenMode mode = OpenMode::kCreate) {
    auto file = files_.Open(path, mode);
    EXPECT_OK(file);
    return std::move(file).value();
  }

  // A file whose name and bytes are durable.
  std::unique_ptr<env::File> Durable(const std::string& path,
                                     const std::string& bytes) {
    auto file = MustOpen(path);
    EXPECT_OK(file->WriteAt(0, {bytes}));
    EXPECT_OK(file->Sync());
    EXPECT_OK(files_.SyncDirectory("/d"));
    return file;
  }

  // What `path` may hold after a power cut now.
  std::set<std::string> Outcomes(const std::string& path) {
    std::set<std::string> outcomes;
    for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
      outcomes.insert(Contents(files_.Crash(seed).get(), path));
    }
    return outcomes;
  }

  FaultFiles files_;
};

TEST_F(FaultFilesTest, BehavesLikeAFileSystem) {
  const auto file = MustOpen("/d/f");
  ASSERT_OK(file->WriteAt(0, {"abc", "def"}));
  ASSERT_OK(file->WriteAt(8, {"x"}));
  EXPECT_EQ(Contents(&files_, "/d/f"), std::string("abcdef\0\0x", 9));
  ASSERT_OK(file->Truncate(2));
  EXPECT_EQ(Contents(&files_, "d//f"), "ab");
  EXPECT_THAT(files_.List("/d"), IsOkAndHolds(ElementsAre("f")));
  EXPECT_TRUE(files_.IsDirectory("/d"));
  EXPECT_FALSE(files_.IsDirectory("/d/f"));
  EXPECT_TRUE(files_.Exists("/d/f"));
  ASSERT_OK(files_.Rename("/d/f", "/d/g"));
  ASSERT_OK(file->WriteAt(2, {"!"}));
  EXPECT_EQ(Contents(&files_, "/d/g"), "ab!");
  EXPECT_THAT(files_.RemoveDirectory("/d"),
              HasErrorCode(ErrorCode::kStorageError));
  ASSERT_OK(files_.RemoveFile("/d/g"));
  ASSERT_OK(file->WriteAt(0, {"still open"}));
  ASSERT_OK(files_.RemoveDirectory("/d"));
  EXPECT_FALSE(files_.Exists("/d"));
}

TEST_F(FaultFilesTest, RefusesAsPosixDoes) {
  Durable("/d/f", "x");
  EXPECT_TRUE(absl::IsNotFound(
      files_.Open("/d/absent", OpenMode::kReadWrite).status()));
  EXPECT_TRUE(
      absl::IsNotFound(files_.Open("/no/f", OpenMode::kCreate).status()));
  EXPECT_THAT(files_.Open("/d/f", OpenMode::kCreateNew),
              HasErrorCode(ErrorCode::kStorageError));
  EXPECT_THAT(files_.Open("/d/f/g", OpenMode::kCreate),
              HasErrorCode(ErrorCode::kDirectoryUnusable));
  EXPECT_THAT(MustOpen("/d/f", OpenMode::kRead)->WriteAt(0, {"x"}),
              HasErrorCode(ErrorCode::kStorageError));
  EXPECT_EQ(Contents(&files_, "/d/f"), "x");
  MustOpen("/d/f", OpenMode::kTruncate);
  EXPECT_EQ(Contents(&files_, "/d/f"), "");
  EXPECT_TRUE(absl::IsNotFound(files_.RemoveFile("/d/absent")));
  EXPECT_THAT(files_.CreateDirectory("/d/f"),
              HasErrorCode(ErrorCode::kDirectoryUnusable));
}

TEST_F(FaultFilesTest, SyncedBytesUnderSyncedNamesSurvive) {
  Durable("/d/f", "precious");
  EXPECT_THAT(Outcomes("/d/f"), ElementsAre("precious"));
}

TEST_F(FaultFilesTest, UnsyncedBytesMaySurviveInPartOrNot) {
  const auto file = Durable("/d/f", "old.");
  ASSERT_OK(file->WriteAt(4, {"abcd"}));
  ASSERT_OK(file->WriteAt(8, {"efgh"}));
  const std::set<std::string> outcomes = Outcomes("/d/f");
  const std::string hole("old.\0\0\0\0efgh", 12);
  EXPECT_TRUE(outcomes.count("old."));
  EXPECT_TRUE(outcomes.count("old.abcdefgh"));
  EXPECT_TRUE(outcomes.count("old.ab")) << "torn";
  EXPECT_TRUE(outcomes.count(hole)) << "reordered";
  for (const std::string& outcome : outcomes) {
    EXPECT_TRUE(outcome.starts_with("old.")) << outcome;
    EXPECT_TRUE(outcome == hole ||
                std::string("old.abcdefgh").starts_with(outcome))
        << outcome;
  }
}

TEST_F(FaultFilesTest, LargeWritesTearAtSectors) {
  const auto file = Durable("/d/f", std::string(4096, 'o'));
  ASSERT_OK(file->WriteAt(0, {std::string(4096, 'n')}));
  bool mixed = false;
  for (const std::string& outcome : Outcomes("/d/f")) {
    ASSERT_EQ(outcome.size(), 4096u);
    // An old sector before a new one: no prefix does that.
    mixed |= outcome.find("on") != std::string::npos;
  }
  EXPECT_TRUE(mixed);
}

TEST_F(FaultFilesTest, UnsyncedTruncationMayBeUndone) {
  const auto file = Durable("/d/f", "abcdef");
  ASSERT_OK(file->Truncate(2));
  EXPECT_THAT(Outcomes("/d/f"), ElementsAre("ab", "abcdef"));
  ASSERT_OK(file->Sync());
  EXPECT_THAT(Outcomes("/d/f"), ElementsAre("ab"));
}

TEST_F(FaultFilesTest, ANameNeedsItsDirectorySynced) {
  const auto file = MustOpen("/d/f");
  ASSERT_OK(file->WriteAt(0, {"x"}));
  ASSERT_OK(file->Sync());
  EXPECT_THAT(Outcomes("/d/f"), ElementsAre("(absent)", "x"));
  ASSERT_OK(files_.SyncDirectory("/d"));
  EXPECT_THAT(Outcomes("/d/f"), ElementsAre("x"));
}

TEST_F(FaultFilesTest, ASyncedNameOfUnsyncedBytesMayBeEmpty) {
  const auto file = MustOpen("/d/f");
  ASSERT_OK(file->WriteAt(0, {"x"}));
  ASSERT_OK(files_.SyncDirectory("/d"));
  EXPECT_THAT(Outcomes("/d/f"), ElementsAre("", "x"));
}

TEST_F(FaultFilesTest, ARenameHappensOrDoesNot) {
  Durable("/d/f", "old");
  Durable("/d/f.tmp", "new");
  ASSERT_OK(files_.Rename("/d/f.tmp", "/d/f"));
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const auto after = files_.Crash(seed);
    const bool happened = !after->Exists("/d/f.tmp");
    EXPECT_EQ(Contents(after.get(), "/d/f"), happened ? "new" : "old");
  }
  EXPECT_THAT(Outcomes("/d/f"), ElementsAre("new", "old"));
  ASSERT_OK(files_.SyncDirectory("/d"));
  EXPECT_THAT(Outcomes("/d/f"), ElementsAre("new"));
  EXPECT_THAT(Outcomes("/d/f.tmp"), ElementsAre("(absent)"));
}

TEST_F(FaultFilesTest, AMovedDirectoryIsInOnePlace) {
  ASSERT_OK(files_.CreateDirectory("/d/from"));
  ASSERT_OK(files_.CreateDirectory("/to"));
  ASSERT_OK(files_.SyncDirectory("/"));
  Durable("/d/from/f", "x");
  ASSERT_OK(files_.SyncDirectory("/d/from"));
  ASSERT_OK(files_.Rename("/d/from", "/to/there"));
  EXPECT_EQ(Contents(&files_, "/to/there/f"), "x");
  std::set<bool> moved;
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const auto after = files_.Crash(seed);
    EXPECT_NE(after->Exists("/d/from/f"), after->Exists("/to/there/f"));
    moved.insert(after->Exists("/to/there/f"));
  }
  EXPECT_EQ(moved.size(), 2u);
  // What the rename stands on becomes durable with it.
  ASSERT_OK(files_.SyncDirectory("/to"));
  EXPECT_THAT(Outcomes("/to/there/f"), ElementsAre("x"));
  EXPECT_THAT(Outcomes("/d/from/f"), ElementsAre("(absent)"));
}

TEST_F(FaultFilesTest, NamesOfOneDirectorySurviveInOrder) {
  Durable("/d/a", "a");
  ASSERT_OK(files_.RemoveFile("/d/a"));
  Durable("/d/unrelated", "u");
  MustOpen("/d/b");
  MustOpen("/d/c");
  for (uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const auto after = files_.Crash(seed);
    EXPECT_FALSE(after->Exists("/d/a"));
    EXPECT_GE(after->Exists("/d/b"), after->Exists("/d/c"));
  }
}

TEST_F(FaultFilesTest, ACrashedDiskIsDurableAndLeavesTheOldOneAlone) {
  const auto file = Durable("/d/f", "old");
  ASSERT_OK(file->WriteAt(3, {"new"}));
  const auto once = files_.Crash(7);
  const std::string survived = Contents(once.get(), "/d/f");
  for (uint64_t seed = 1; seed <= 20; ++seed) {
    EXPECT_EQ(Contents(once->Crash(seed).get(), "/d/f"), survived);
  }
  EXPECT_EQ(Contents(files_.Crash(7).get(), "/d/f"), survived);
  EXPECT_EQ(Contents(&files_, "/d/f"), "oldnew");
}

TEST_F(FaultFilesTest, AFailedSyncLosesItsBytesForGood) {
  const auto file = Durable("/d/f", "old.");
  ASSERT_OK(file->WriteAt(4, {"lost"}));
  files_.plan()->Fail({.action = FileAction::kSync, .path_part = "f"});
  EXPECT_THAT(file->Sync(), HasErrorCode(ErrorCode::kStorageError));
  EXPECT_EQ(Contents(&files_, "/d/f"), "old.lost");
  ASSERT_OK(file->WriteAt(8, {"kept"}));
  ASSERT_OK(file->Sync()) << "the lie of a retried sync";
  EXPECT_THAT(Outcomes("/d/f"),
              ElementsAre(std::string("old.\0\0\0\0kept", 12), "old.lostkept"));
}

TEST_F(FaultFilesTest, RulesCountAndMatch) {
  const auto a = MustOpen("/d/a");
  const auto b = MustOpen("/d/b");
  files_.plan()->Fail({.action = FileAction::kSync,
                       .path_part = "/a",
                       .after = 1,
                       .times = FaultPlan::kForEver});
  EXPECT_OK(a->Sync());
  EXPECT_OK(b->Sync());
  for (int i = 0; i < 3; ++i) {
    EXPECT_THAT(a->Sync(), HasErrorCode(ErrorCode::kStorageError));
    EXPECT_OK(b->Sync());
  }
  files_.plan()->Clear();
  EXPECT_OK(a->Sync());
  char byte;
  files_.plan()->Fail({.action = FileAction::kRead, .times = 2});
  EXPECT_THAT(a->ReadAt(0, 1, &byte), HasErrorCode(ErrorCode::kStorageError));
  EXPECT_THAT(b->ReadAt(0, 1, &byte), HasErrorCode(ErrorCode::kStorageError));
  EXPECT_OK(b->ReadAt(0, 1, &byte));
}

TEST_F(FaultFilesTest, AFailedWriteHasWrittenAPart) {
  const auto file = MustOpen("/d/f");
  files_.plan()->Fail({.action = FileAction::kWrite});
  EXPECT_THAT(file->WriteAt(0, {"abcd"}),
              HasErrorCode(ErrorCode::kStorageError));
  EXPECT_EQ(Contents(&files_, "/d/f"), "ab");
}

TEST_F(FaultFilesTest, AFullDiskTakesWhatFitsUntilSpaceIsBack) {
  const auto other = MustOpen("/d/other");
  ASSERT_OK(other->WriteAt(0, {"123456"}));
  const auto file = MustOpen("/d/f");
  files_.plan()->SetCapacity(10);
  EXPECT_THAT(file->WriteAt(0, {"abcd", "efgh"}),
              HasErrorCode(ErrorCode::kDiskFull));
  EXPECT_EQ(Contents(&files_, "/d/f"), "abcd");
  EXPECT_OK(file->WriteAt(0, {"ABCD"})) << "no growth, no space needed";
  EXPECT_THAT(file->Allocate(5), HasErrorCode(ErrorCode::kDiskFull));
  ASSERT_OK_AND_ASSIGN(const auto space, files_.SpaceOf("/d"));
  EXPECT_EQ(space.total_bytes, 10);
  EXPECT_EQ(space.free_bytes, 0);
  ASSERT_OK(files_.RemoveFile("/d/other"));
  ASSERT_OK(file->Allocate(10));
  EXPECT_THAT(file->Size(), IsOkAndHolds(4));
  EXPECT_THAT(MustOpen("/d/g")->WriteAt(0, {"x"}),
              HasErrorCode(ErrorCode::kDiskFull));
  ASSERT_OK(file->WriteAt(4, {"efghij"}));
}

TEST_F(FaultFilesTest, ADyingMachineDoesNothingMore) {
  const auto file = Durable("/d/f", "");
  files_.plan()->DieAfter(2);
  EXPECT_OK(file->WriteAt(0, {"aaaa"}));
  EXPECT_OK(file->Sync());
  EXPECT_THAT(file->WriteAt(4, {"bbbb"}),
              HasErrorCode(ErrorCode::kStorageError));
  EXPECT_TRUE(files_.plan()->dead());
  EXPECT_FALSE(file->WriteAt(8, {"cccc"}).ok());
  EXPECT_FALSE(file->Sync().ok());
  EXPECT_FALSE(files_.Open("/d/f", OpenMode::kRead).ok());
  EXPECT_THAT(Outcomes("/d/f"), IsSubsetOf({"aaaa", "aaaab", "aaaabb"}));
}

TEST_F(FaultFilesTest, FlippedBitsAreOnTheDisk) {
  Durable("/d/f", "abc");
  files_.FlipBits("/d/f", 1, 0x20);
  EXPECT_EQ(Contents(&files_, "/d/f"), "aBc");
  EXPECT_THAT(Outcomes("/d/f"), ElementsAre("aBc"));
}

TEST_F(FaultFilesTest, OperationsAreListedAndCounted) {
  const auto file = MustOpen("/d/f");
  ASSERT_OK(file->WriteAt(5, {"abc"}));
  ASSERT_OK(file->Sync());
  ASSERT_OK(file->Sync());
  EXPECT_EQ(files_.plan()->CountOf(FileAction::kSync), 2);
  const FileOperation& write = files_.plan()->operations().rbegin()[2];
  EXPECT_EQ(write.action, FileAction::kWrite);
  EXPECT_EQ(write.path, "/d/f");
  EXPECT_EQ(write.position, 5);
  EXPECT_EQ(write.bytes, 3);
}

TEST_F(FaultFilesTest, LocksGoWithTheirHolderAndWithACrash) {
  auto lock = files_.Lock("/d/lock");
  ASSERT_OK(lock);
  EXPECT_THAT(files_.Lock("/d/lock"),
              HasErrorCode(ErrorCode::kDirectoryLocked));
  ASSERT_OK(files_.SyncDirectory("/d"));
  EXPECT_OK(files_.Crash(1)->Lock("/d/lock"));
  lock->reset();
  EXPECT_OK(files_.Lock("/d/lock"));
}

}  // namespace
}  // namespace barnabas::support
