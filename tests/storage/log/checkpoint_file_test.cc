#include "storage/log/checkpoint_file.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/support/fault_files.h"
#include "tests/support/matchers.h"

namespace barnabas::log {
namespace {

using support::FaultFiles;
using support::HasErrorCode;

std::string Contents(env::FileSystem* files, const std::string& path) {
  const auto read = ReadSmallFile(files, path);
  EXPECT_OK(read.status());
  return read.ok() ? read->value_or("(none)") : "(error)";
}

TEST(CheckpointFileTest, AbsentFileIsNone) {
  FaultFiles files;
  EXPECT_EQ(Contents(&files, "state"), "(none)");
}

TEST(CheckpointFileTest, ReplacedFileHoldsTheNewContents) {
  FaultFiles files;
  ASSERT_OK(ReplaceFile(&files, ".", "state", "one"));
  ASSERT_OK(ReplaceFile(&files, ".", "state", "a longer two"));
  EXPECT_EQ(Contents(&files, "state"), "a longer two");
  EXPECT_FALSE(files.Exists("state.tmp"));
}

// S9: after a power cut at any operation the file is the old or the new one.
TEST(CheckpointFileTest, PowerCutLeavesOldOrNew) {
  for (int64_t at = 0; at < 8; ++at) {
    for (uint64_t seed = 0; seed < 40; ++seed) {
      FaultFiles files;
      ASSERT_OK(ReplaceFile(&files, ".", "state", "old"));
      files.plan()->DieAfter(at);
      const bool done = ReplaceFile(&files, ".", "state", "new").ok();
      const auto after = files.Crash(seed);
      const std::string found = Contents(after.get(), "state");
      EXPECT_TRUE(found == "new" || (!done && found == "old"))
          << found << " after operation " << at;
      // A leftover temporary file is overwritten.
      ASSERT_OK(ReplaceFile(after.get(), ".", "state", "next"));
      EXPECT_EQ(Contents(after.get(), "state"), "next");
    }
  }
}

TEST(CheckpointFileTest, FullDiskLeavesTheOldContents) {
  FaultFiles files;
  ASSERT_OK(ReplaceFile(&files, ".", "state", "old"));
  files.plan()->SetCapacity(10);
  EXPECT_THAT(ReplaceFile(&files, ".", "state", std::string(100, 'x')),
              HasErrorCode(ErrorCode::kDiskFull));
  EXPECT_EQ(Contents(&files, "state"), "old");
}

TEST(CheckpointFileTest, SealedTextOpensToItsLines) {
  const KeyValues lines = {{"a", "1"}, {"b", "x=y"}, {"empty", ""}};
  ASSERT_OK_AND_ASSIGN(const KeyValues opened,
                       OpenText(SealText(lines), "file"));
  EXPECT_EQ(opened, lines);
  EXPECT_EQ(ValueOf(opened, "b"), "x=y");
  EXPECT_EQ(ValueOf(opened, "c"), std::nullopt);
}

TEST(CheckpointFileTest, EveryFlippedBitIsNoticed) {
  const std::string sealed = SealText({{"cluster", "abc"}, {"node", "7"}});
  for (size_t at = 0; at < sealed.size(); ++at) {
    for (int bit = 0; bit < 8; ++bit) {
      std::string damaged = sealed;
      damaged[at] = static_cast<char>(damaged[at] ^ (1 << bit));
      EXPECT_THAT(OpenText(damaged, "file"),
                  HasErrorCode(ErrorCode::kCorruptLog))
          << "byte " << at << " bit " << bit;
    }
  }
  EXPECT_THAT(OpenText("", "file"), HasErrorCode(ErrorCode::kCorruptLog));
}

}  // namespace
}  // namespace barnabas::log
