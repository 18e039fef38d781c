#include "storage/log/cut_file.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include "storage/log/checkpoint_file.h"
#include "tests/support/fault_files.h"
#include "tests/support/matchers.h"

namespace barnabas::log {
namespace {

class CutFileTest : public testing::Test {
 protected:
  std::unique_ptr<env::File> Write(const std::string& name,
                                   std::string_view bytes) {
    auto file = files_.Open(name, env::OpenMode::kTruncate);
    EXPECT_OK(file.status());
    const std::string_view parts[] = {bytes};
    EXPECT_OK((*file)->WriteAt(0, parts));
    return *std::move(file);
  }

  support::FaultFiles files_;
};

TEST_F(CutFileTest, KeepsExactlyTheTail) {
  const auto file = Write("f", "goodbad tail");
  ASSERT_OK_AND_ASSIGN(const std::string path,
                       KeepTail(&files_, ".", Offset(7), *file, 4, 12));
  EXPECT_EQ(path, "./00000000000000000007.cut");
  EXPECT_THAT(ReadSmallFile(&files_, path), support::IsOkAndHolds("bad tail"));
  EXPECT_EQ(files_.plan()->CountOf(support::FileAction::kSync), 1);
}

TEST_F(CutFileTest, KeepsAWholeSegmentUnderAnotherName) {
  Write("00000000000000000007.log", "bytes");
  Write("00000000000000000007.index", "x");
  ASSERT_OK_AND_ASSIGN(const std::string path,
                       KeepSegment(&files_, ".", Offset(7)));
  EXPECT_THAT(ReadSmallFile(&files_, path), support::IsOkAndHolds("bytes"));
  ASSERT_OK_AND_ASSIGN(const auto names, files_.List("."));
  EXPECT_EQ(names, std::vector<std::string>{"00000000000000000007.log.cut"});
}

TEST_F(CutFileTest, TheOldestGoFirst) {
  std::vector<std::string> names;
  for (int i = 0; i < 20; ++i) {
    names.push_back(std::string(1, static_cast<char>('a' + i)) + ".cut");
    Write(names.back(), "x");
  }
  ASSERT_OK(BoundCutFiles(&files_, ".", names));
  ASSERT_OK_AND_ASSIGN(const auto left, files_.List("."));
  EXPECT_EQ(left.size(), 16);
  EXPECT_EQ(left.front(), "e.cut");
}

}  // namespace
}  // namespace barnabas::log
