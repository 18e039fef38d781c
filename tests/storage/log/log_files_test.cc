#include "storage/log/log_files.h"

#include <gtest/gtest.h>

#include "tests/support/fault_files.h"
#include "tests/support/matchers.h"

namespace barnabas::log {
namespace {

class LogFilesTest : public testing::Test {
 protected:
  void Touch(const std::string& name) {
    ASSERT_OK(files_.Open(name, env::OpenMode::kCreate).status());
  }

  support::FaultFiles files_;
};

TEST_F(LogFilesTest, SortsByKindAndLeavesStrangersAlone) {
  for (const char* name :
       {"00000000000000000010.log", "00000000000000000000.log",
        "00000000000000000010.index", "00000000000000000020.timeindex",
        "00000000000000000010.snapshot", "x.tmp",
        "00000000000000000005.log.swap", "00000000000000000005.index.swap",
        "00000000000000000006.log.cleaned", "00000000000000000003.log.cut",
        "00000000000000000007.cut", "y.deleted", "stranger",
        "leader-epoch-checkpoint", "1.log"}) {
    Touch(name);
  }
  ASSERT_OK_AND_ASSIGN(const LogFiles found, ListLogFiles(&files_, "."));
  EXPECT_EQ(found.segments, (std::vector{Offset(0), Offset(10)}));
  EXPECT_EQ(found.snapshots, std::vector{Offset(10)});
  EXPECT_EQ(found.orphans,
            std::vector<std::string>{"00000000000000000020.timeindex"});
  EXPECT_EQ(found.swaps, std::vector{Offset(5)});
  EXPECT_EQ(found.leftovers,
            (std::vector<std::string>{"00000000000000000005.index.swap",
                                      "00000000000000000006.log.cleaned",
                                      "x.tmp", "y.deleted"}));
  EXPECT_EQ(found.cuts.size(), 2);
}

TEST_F(LogFilesTest, RemovingASegmentTakesItsIndexesAlong) {
  Touch("00000000000000000010.log");
  Touch("00000000000000000010.timeindex");
  Touch("00000000000000000011.log");
  ASSERT_OK(RemoveSegmentFiles(&files_, ".", Offset(10)));
  ASSERT_OK_AND_ASSIGN(const auto names, files_.List("."));
  EXPECT_EQ(names, std::vector<std::string>{"00000000000000000011.log"});
}

}  // namespace
}  // namespace barnabas::log
