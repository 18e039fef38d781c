// --log_* on the command line.
#include "storage/env/log_flags.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/flags/parse.h"
#include "absl/flags/reflection.h"
#include "tests/support/matchers.h"

namespace barnabas::env {
namespace {

using ::barnabas::support::HasErrorCode;

class LogFlagsTest : public ::testing::Test {
 protected:
  void Parse(std::vector<std::string> flags) {
    flags.insert(flags.begin(), "program");
    std::vector<char*> arguments;
    for (std::string& flag : flags) arguments.push_back(flag.data());
    absl::ParseCommandLine(static_cast<int>(arguments.size()),
                           arguments.data());
  }

  // Puts every flag back.
  absl::FlagSaver saver_;
};

TEST_F(LogFlagsTest, LeaveWhatTheNodeFileSays) {
  LogOptions options;
  options.verbosity = 3;
  options.directory = "/somewhere";
  ASSERT_OK_AND_ASSIGN(const LogOptions same, WithLogFlags(options));
  EXPECT_EQ(same.verbosity, 3);
  EXPECT_EQ(same.directory, "/somewhere");
  LogLevels levels;
  EXPECT_OK(ApplyModuleFlags(&levels));
}

TEST_F(LogFlagsTest, WinOverTheNodeFile) {
  Parse({"--log_verbosity=0", "--log_dir=/elsewhere", "--log_level=error"});
  LogOptions options;
  options.verbosity = 3;
  options.directory = "/somewhere";
  ASSERT_OK_AND_ASSIGN(const LogOptions changed, WithLogFlags(options));
  EXPECT_EQ(changed.verbosity, 0);
  EXPECT_EQ(changed.directory, "/elsewhere");
  EXPECT_EQ(changed.severity, LogSeverity::kError);
}

TEST_F(LogFlagsTest, RefuseNonsenseByName) {
  Parse({"--log_level=loud"});
  EXPECT_THAT(WithLogFlags({}), HasErrorCode(ErrorCode::kInvalidSetting));
  Parse({"--log_level=info", "--log_verbosity=10"});
  EXPECT_THAT(WithLogFlags({}), HasErrorCode(ErrorCode::kInvalidSetting));
}

TEST_F(LogFlagsTest, SetModules) {
  Parse({"--log_modules=partition_log=2,raft*=1"});
  LogLevels levels;
  ASSERT_OK(ApplyModuleFlags(&levels));
  EXPECT_EQ(levels.VerbosityOf("partition_log"), 2);
  EXPECT_EQ(levels.VerbosityOf("raft*"), 1);
  for (const char* bad : {"partition_log", "=2", "x=y", "x=99"}) {
    Parse({std::string("--log_modules=") + bad});
    EXPECT_THAT(ApplyModuleFlags(&levels),
                HasErrorCode(ErrorCode::kInvalidSetting))
        << bad;
  }
}

}  // namespace
}  // namespace barnabas::env
