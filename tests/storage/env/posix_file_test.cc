#include "storage/env/posix_file.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <string>
#include <vector>

#include "tests/support/matchers.h"

namespace barnabas::env {
namespace {

using support::HasErrorCode;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class PosixFileTest : public testing::Test {
 protected:
  void SetUp() override {
    const std::string pattern = testing::TempDir() + "/files.XXXXXX";
    std::vector<char> path(pattern.begin(), pattern.end());
    path.push_back('\0');
    ASSERT_NE(mkdtemp(path.data()), nullptr);
    directory_ = path.data();
  }

  std::string At(const std::string& name) { return directory_ + "/" + name; }

  std::unique_ptr<File> MustOpen(const std::string& name, OpenMode mode) {
    auto file = files_.Open(At(name), mode);
    EXPECT_OK(file);
    return std::move(file).value();
  }

  std::string Contents(const File& file) {
    std::string bytes(static_cast<size_t>(file.Size().value()) + 10, '?');
    const auto got = file.ReadAt(0, bytes.size(), bytes.data());
    EXPECT_OK(got);
    bytes.resize(got.value());
    return bytes;
  }

  PosixFileSystem files_;
  std::string directory_;
};

TEST_F(PosixFileTest, WritesPartsOneAfterTheOther) {
  const auto file = MustOpen("f", OpenMode::kCreate);
  ASSERT_OK(file->WriteAt(0, {"", "ab", "", "", "cde", ""}));
  ASSERT_OK(file->WriteAt(4, {"EF"}));
  ASSERT_OK(file->WriteAt(8, {"hole"}));
  ASSERT_OK(file->WriteAt(3, {}));
  ASSERT_OK(file->WriteAt(3, {"", ""}));
  EXPECT_EQ(Contents(*file), std::string("abcdEF\0\0hole", 12));
  EXPECT_OK(file->Sync());
  EXPECT_EQ(file->path(), At("f"));
}

TEST_F(PosixFileTest, TakesMorePartsThanOneCallMay) {
  std::vector<std::string> owned;
  std::string expected;
  for (int i = 0; i < 5000; ++i) {
    owned.push_back(i % 7 == 0 ? "" : std::to_string(i));
    expected += owned.back();
  }
  // Longer than one call in empty parts alone.
  owned.insert(owned.begin() + 100, 3000, "");
  const std::vector<std::string_view> parts(owned.begin(), owned.end());
  const auto file = MustOpen("f", OpenMode::kCreate);
  ASSERT_OK(file->WriteAt(0, parts));
  EXPECT_EQ(Contents(*file), expected);
}

TEST_F(PosixFileTest, ReadsUpToTheEndOnly) {
  const auto file = MustOpen("f", OpenMode::kCreate);
  ASSERT_OK(file->WriteAt(0, {"0123456789"}));
  char buffer[16];
  EXPECT_THAT(file->ReadAt(2, 4, buffer), support::IsOkAndHolds(4u));
  EXPECT_EQ(std::string_view(buffer, 4), "2345");
  EXPECT_THAT(file->ReadAt(7, 16, buffer), support::IsOkAndHolds(3u));
  EXPECT_THAT(file->ReadAt(10, 16, buffer), support::IsOkAndHolds(0u));
  EXPECT_THAT(file->ReadAt(100, 16, buffer), support::IsOkAndHolds(0u));
  EXPECT_THAT(file->ReadAt(0, 0, buffer), support::IsOkAndHolds(0u));
}

TEST_F(PosixFileTest, OpenModesDoWhatTheySay) {
  EXPECT_TRUE(absl::IsNotFound(files_.Open(At("f"), OpenMode::kRead).status()));
  EXPECT_TRUE(
      absl::IsNotFound(files_.Open(At("f"), OpenMode::kReadWrite).status()));
  ASSERT_OK(MustOpen("f", OpenMode::kCreateNew)->WriteAt(0, {"abc"}));
  EXPECT_THAT(files_.Open(At("f"), OpenMode::kCreateNew),
              HasErrorCode(ErrorCode::kStorageError));
  EXPECT_EQ(Contents(*MustOpen("f", OpenMode::kCreate)), "abc");
  const auto reader = MustOpen("f", OpenMode::kRead);
  EXPECT_THAT(reader->WriteAt(0, {"x"}),
              HasErrorCode(ErrorCode::kStorageError));
  EXPECT_EQ(Contents(*MustOpen("f", OpenMode::kTruncate)), "");
}

TEST_F(PosixFileTest, TruncateCutsAndExtends) {
  const auto file = MustOpen("f", OpenMode::kCreate);
  ASSERT_OK(file->WriteAt(0, {"abcdef"}));
  ASSERT_OK(file->Truncate(3));
  EXPECT_EQ(Contents(*file), "abc");
  ASSERT_OK(file->Truncate(5));
  EXPECT_EQ(Contents(*file), std::string("abc\0\0", 5));
  EXPECT_THAT(file->Truncate(-1), HasErrorCode(ErrorCode::kStorageError));
}

TEST_F(PosixFileTest, AllocateKeepsTheSize) {
  const auto file = MustOpen("f", OpenMode::kCreate);
  ASSERT_OK(file->WriteAt(0, {"abc"}));
  ASSERT_OK(file->Allocate(1 << 20));
  ASSERT_OK(file->Allocate(0));
  EXPECT_THAT(file->Size(), support::IsOkAndHolds(3));
}

TEST_F(PosixFileTest, DirectoriesAreMadeListedAndRemoved) {
  ASSERT_OK(files_.CreateDirectory(At("d")));
  ASSERT_OK(files_.CreateDirectory(At("d")));
  EXPECT_TRUE(files_.IsDirectory(At("d")));
  MustOpen("d/b", OpenMode::kCreate);
  MustOpen("d/a", OpenMode::kCreate);
  ASSERT_OK(files_.CreateDirectory(At("d/c")));
  EXPECT_THAT(files_.List(At("d")),
              support::IsOkAndHolds(ElementsAre("a", "b", "c")));
  EXPECT_OK(files_.SyncDirectory(At("d")));
  EXPECT_TRUE(files_.Exists(At("d/a")));
  EXPECT_FALSE(files_.IsDirectory(At("d/a")));
  EXPECT_THAT(files_.RemoveDirectory(At("d")),
              HasErrorCode(ErrorCode::kStorageError));
  ASSERT_OK(files_.Rename(At("d/a"), At("d/b")));
  EXPECT_THAT(files_.List(At("d")),
              support::IsOkAndHolds(ElementsAre("b", "c")));
  ASSERT_OK(files_.RemoveFile(At("d/b")));
  ASSERT_OK(files_.RemoveDirectory(At("d/c")));
  ASSERT_OK(files_.RemoveDirectory(At("d")));
  EXPECT_FALSE(files_.Exists(At("d")));
}

TEST_F(PosixFileTest, AbsentThingsAreNotFound) {
  const std::string absent = At("absent");
  EXPECT_TRUE(absl::IsNotFound(files_.RemoveFile(absent)));
  EXPECT_TRUE(absl::IsNotFound(files_.RemoveDirectory(absent)));
  EXPECT_TRUE(absl::IsNotFound(files_.Rename(absent, At("x"))));
  EXPECT_TRUE(absl::IsNotFound(files_.SyncDirectory(absent)));
  EXPECT_TRUE(absl::IsNotFound(files_.List(absent).status()));
  EXPECT_TRUE(absl::IsNotFound(files_.SpaceOf(absent).status()));
  EXPECT_TRUE(absl::IsNotFound(files_.CreateDirectory(absent + "/d")));
}

TEST_F(PosixFileTest, AFileInTheWayMakesADirectoryUnusable) {
  MustOpen("f", OpenMode::kCreate);
  EXPECT_THAT(files_.CreateDirectory(At("f")),
              HasErrorCode(ErrorCode::kDirectoryUnusable));
  EXPECT_THAT(files_.Open(At("f/g"), OpenMode::kCreate),
              HasErrorCode(ErrorCode::kDirectoryUnusable));
  EXPECT_THAT(files_.List(At("f")),
              HasErrorCode(ErrorCode::kDirectoryUnusable));
}

TEST_F(PosixFileTest, AFullDiskIsDiskFull) {
  ASSERT_OK_AND_ASSIGN(const auto full,
                       files_.Open("/dev/full", OpenMode::kReadWrite));
  const absl::Status status = full->WriteAt(0, {"x"});
  EXPECT_THAT(status, HasErrorCode(ErrorCode::kDiskFull));
  EXPECT_THAT(std::string(status.message()), HasSubstr("write /dev/full"));
  EXPECT_THAT(std::string(status.message()), HasSubstr("ENOSPC"));
}

TEST_F(PosixFileTest, ErrnoValuesAreSortedAsTheContractSays) {
  EXPECT_THAT(PosixError(EDQUOT, "write", "p"),
              HasErrorCode(ErrorCode::kDiskFull));
  for (int error : {EACCES, EPERM, EROFS, ENOTDIR}) {
    EXPECT_THAT(PosixError(error, "open", "p"),
                HasErrorCode(ErrorCode::kDirectoryUnusable));
  }
  for (int error : {EMFILE, ENFILE}) {
    EXPECT_THAT(PosixError(error, "open", "p"),
                HasErrorCode(ErrorCode::kLimitExceeded));
  }
  for (int error : {EIO, EBADF, EFBIG, ENOTEMPTY}) {
    EXPECT_THAT(PosixError(error, "open", "p"),
                HasErrorCode(ErrorCode::kStorageError));
  }
}

TEST_F(PosixFileTest, AShortWriteIsContinuedUntilTheRealError) {
  const auto file = MustOpen("f", OpenMode::kCreate);
  rlimit before;
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  rlimit small = before;
  small.rlim_cur = 1000;
  signal(SIGXFSZ, SIG_IGN);
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &small), 0);
  const std::string part(300, 'x');
  const absl::Status status = file->WriteAt(0, {part, part, part, part});
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
  signal(SIGXFSZ, SIG_DFL);
  EXPECT_THAT(status, HasErrorCode(ErrorCode::kStorageError));
  EXPECT_THAT(file->Size(), support::IsOkAndHolds(1000));
}

TEST_F(PosixFileTest, SignalsDoNotDisturb) {
  struct sigaction action = {};
  struct sigaction before;
  action.sa_handler = [](int) {};
  ASSERT_EQ(sigaction(SIGALRM, &action, &before), 0);
  const itimerval often = {{0, 200}, {0, 200}};
  ASSERT_EQ(setitimer(ITIMER_REAL, &often, nullptr), 0);
  const auto file = MustOpen("f", OpenMode::kCreate);
  const std::string block(1 << 20, 'x');
  for (int i = 0; i < 40; ++i) {
    EXPECT_OK(file->WriteAt(int64_t{i} << 20, {block}));
    EXPECT_OK(file->Sync());
  }
  std::string back(40 << 20, '?');
  EXPECT_THAT(file->ReadAt(0, back.size(), back.data()),
              support::IsOkAndHolds(back.size()));
  const itimerval never = {};
  ASSERT_EQ(setitimer(ITIMER_REAL, &never, nullptr), 0);
  ASSERT_EQ(sigaction(SIGALRM, &before, nullptr), 0);
  EXPECT_EQ(back.find_first_not_of('x'), std::string::npos);
}

TEST_F(PosixFileTest, ALockIsHeldOnceAndNamesItsHolder) {
  {
    ASSERT_OK_AND_ASSIGN(const auto lock, files_.Lock(At("lock")));
    const absl::Status second = files_.Lock(At("lock")).status();
    EXPECT_THAT(second, HasErrorCode(ErrorCode::kDirectoryLocked));
    EXPECT_THAT(std::string(second.message()),
                HasSubstr("process " + std::to_string(getpid())));
  }
  EXPECT_OK(files_.Lock(At("lock")));
  EXPECT_TRUE(files_.Exists(At("lock")));
}

TEST_F(PosixFileTest, AKilledHolderLeavesNoLockBehind) {
  int pipe_ends[2];
  ASSERT_EQ(pipe(pipe_ends), 0);
  const pid_t child = fork();
  if (child == 0) {
    const auto lock = PosixFileSystem().Lock(At("lock"));
    const char answer = lock.ok() ? 'y' : 'n';
    if (write(pipe_ends[1], &answer, 1) != 1) _exit(1);
    while (true) pause();
  }
  char answer = '?';
  ASSERT_EQ(read(pipe_ends[0], &answer, 1), 1);
  EXPECT_EQ(answer, 'y');
  const absl::Status refused = files_.Lock(At("lock")).status();
  EXPECT_THAT(refused, HasErrorCode(ErrorCode::kDirectoryLocked));
  EXPECT_THAT(std::string(refused.message()),
              HasSubstr("process " + std::to_string(child)));
  ASSERT_EQ(kill(child, SIGKILL), 0);
  ASSERT_EQ(waitpid(child, nullptr, 0), child);
  EXPECT_OK(files_.Lock(At("lock")));
  close(pipe_ends[0]);
  close(pipe_ends[1]);
}

TEST_F(PosixFileTest, SpaceIsPositiveAndFreeAtMostTotal) {
  ASSERT_OK_AND_ASSIGN(const auto space, files_.SpaceOf(directory_));
  EXPECT_GT(space.total_bytes, 0);
  EXPECT_GE(space.free_bytes, 0);
  EXPECT_LE(space.free_bytes, space.total_bytes);
}

}  // namespace
}  // namespace barnabas::env
