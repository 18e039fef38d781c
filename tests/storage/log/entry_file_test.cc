#include "storage/log/entry_file.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/support/fault_files.h"
#include "tests/support/matchers.h"

namespace barnabas::log {
namespace {

using support::HasErrorCode;

class EntryFileTest : public testing::Test {
 protected:
  EntryFileTest() : entries_(&files_, "f", 4) { entries_.Reset(); }

  static std::string Entry(int number) {
    std::string text = std::to_string(number);
    return std::string(4 - text.size(), '0') + text;
  }

  void Fill(int count) {
    for (int i = 0; i < count; ++i) entries_.Append(Entry(i));
  }

  // The last entry at or below `number`; -1 if none.
  static int Find(const EntryFile& entries, int number) {
    char out[4];
    const std::string wanted = Entry(number);
    const auto found = entries.FindLast(
        [&](const char* entry) { return std::string(entry, 4) <= wanted; },
        out);
    EXPECT_OK(found.status());
    return found.value_or(false) ? std::stoi(std::string(out, 4)) : -1;
  }

  support::FaultFiles files_;
  EntryFile entries_;
};

TEST_F(EntryFileTest, FindsTheSameInMemoryAndInTheFile) {
  for (int i = 0; i < 50; ++i) entries_.Append(Entry(10 + 3 * i));
  for (const bool sealed : {false, true}) {
    if (sealed) {
      ASSERT_OK(entries_.WritePending());
      entries_.OpenSealed();
    }
    EXPECT_EQ(entries_.count(), 50);
    for (int number = 0; number < 200; ++number) {
      const int expected =
          number < 10 ? -1 : std::min(10 + (number - 10) / 3 * 3, 157);
      EXPECT_EQ(Find(entries_, number), expected) << number;
    }
  }
}

TEST_F(EntryFileTest, NothingIsWrittenBeforeItIsAskedFor) {
  Fill(5);
  EXPECT_FALSE(files_.Exists("f"));
  ASSERT_OK(entries_.WritePending());
  ASSERT_OK_AND_ASSIGN(const auto file, files_.Open("f", env::OpenMode::kRead));
  EXPECT_THAT(file->Size(), support::IsOkAndHolds(20));
}

TEST_F(EntryFileTest, LoadsExactlyWhatWasPromised) {
  Fill(7);
  const EntryFile::Extent seven = entries_.extent();
  Fill(3);
  ASSERT_OK(entries_.WritePending());
  EntryFile loaded(&files_, "f", 4);
  ASSERT_OK(loaded.Load(seven));
  EXPECT_EQ(loaded.extent(), seven);
  EXPECT_EQ(Find(loaded, 9), 6);
  // What lies behind is cut before anything is added.
  loaded.Append(Entry(8));
  ASSERT_OK(loaded.WritePending());
  EntryFile again(&files_, "f", 4);
  ASSERT_OK(again.Load(std::nullopt));
  EXPECT_EQ(again.count(), 8);
  EXPECT_EQ(Find(again, 99), 8);
}

TEST_F(EntryFileTest, RefusesFilesThatAreNotAsPromised) {
  Fill(7);
  const EntryFile::Extent seven = entries_.extent();
  EntryFile loaded(&files_, "f", 4);
  EXPECT_FALSE(loaded.Load(seven).ok()) << "missing";
  ASSERT_OK(entries_.WritePending());
  ASSERT_OK(loaded.Load(seven));
  files_.FlipBits("f", 13, 1);
  EXPECT_THAT(loaded.Load(seven), HasErrorCode(ErrorCode::kCorruptLog));
  files_.FlipBits("f", 13, 1);
  ASSERT_OK_AND_ASSIGN(const auto file,
                       files_.Open("f", env::OpenMode::kReadWrite));
  ASSERT_OK(file->Truncate(27));
  EXPECT_THAT(loaded.Load(seven), HasErrorCode(ErrorCode::kCorruptLog));
}

TEST_F(EntryFileTest, TruncateReachesTheFileWithTheNextWrite) {
  Fill(10);
  ASSERT_OK(entries_.WritePending());
  entries_.Truncate(4);
  entries_.Append(Entry(77));
  ASSERT_OK(entries_.WritePending());
  EntryFile loaded(&files_, "f", 4);
  ASSERT_OK(loaded.Load(entries_.extent()));
  EXPECT_EQ(loaded.count(), 5);
  EXPECT_EQ(Find(loaded, 99), 77);
}

TEST_F(EntryFileTest, AFailedWriteIsMadeGoodByTheNext) {
  Fill(10);
  files_.plan()->Fail({support::FileAction::kWrite, "f", 0, 1, ENOSPC});
  EXPECT_THAT(entries_.WritePending(), HasErrorCode(ErrorCode::kDiskFull));
  EXPECT_EQ(Find(entries_, 9), 9) << "memory has it all";
  ASSERT_OK(entries_.WritePending());
  EntryFile loaded(&files_, "f", 4);
  ASSERT_OK(loaded.Load(entries_.extent()));
}

}  // namespace
}  // namespace barnabas::log
