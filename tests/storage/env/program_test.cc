// How a daemon reads its command line and says why it ends.
#include "storage/env/program.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>
#include <string>
#include <vector>

#include "absl/flags/reflection.h"
#include "tests/support/matchers.h"

namespace barnabas::env {
namespace {

using ::barnabas::support::HasErrorCode;

class ProgramTest : public ::testing::Test {
 protected:
  absl::StatusOr<ProgramArguments> Begin(std::vector<std::string> flags) {
    flags.insert(flags.begin(), "program");
    std::vector<char*> arguments;
    for (std::string& flag : flags) arguments.push_back(flag.data());
    return BeginProgram(static_cast<int>(arguments.size()), arguments.data(),
                        "A test.");
  }

  // The path of a file with this text.
  static std::string Write(const std::string& text) {
    const std::string path = ::testing::TempDir() + "/node.yaml";
    std::ofstream(path) << text;
    return path;
  }

  absl::FlagSaver saver_;
};

TEST_F(ProgramTest, TakesOverridesAgainAndAgain) {
  ASSERT_OK_AND_ASSIGN(
      const ProgramArguments arguments,
      Begin({"--set", "a.b=1", "--config=" + Write("id: 1"), "--set=c=d=e"}));
  EXPECT_EQ(arguments.config_text, "id: 1");
  EXPECT_EQ(arguments.overrides, (std::vector<std::string>{"a.b=1", "c=d=e"}));
}

TEST_F(ProgramTest, NeedsNoFlags) {
  ASSERT_OK_AND_ASSIGN(const ProgramArguments arguments, Begin({}));
  EXPECT_EQ(arguments.config, "");
  EXPECT_TRUE(arguments.overrides.empty());
}

TEST_F(ProgramTest, ReadsVariablesOfItsPrefixOnly) {
  setenv("BARNABAS_CFG_NODE__ID", "7", 1);
  setenv("BARNABAS_PORT", "tcp://10.0.0.1:9292", 1);
  ASSERT_OK_AND_ASSIGN(const ProgramArguments arguments, Begin({}));
  unsetenv("BARNABAS_CFG_NODE__ID");
  unsetenv("BARNABAS_PORT");
  ASSERT_EQ(arguments.variables.size(), 1u);
  EXPECT_EQ(arguments.variables[0].first, "BARNABAS_CFG_NODE__ID");
  EXPECT_EQ(arguments.variables[0].second, "7");
}

TEST_F(ProgramTest, RefusesArgumentsThatMakeNoSense) {
  EXPECT_THAT(Begin({"--set"}), HasErrorCode(ErrorCode::kInvalidSetting));
  EXPECT_THAT(Begin({"--set", "novalue"}),
              HasErrorCode(ErrorCode::kInvalidSetting));
  EXPECT_THAT(Begin({"stray"}), HasErrorCode(ErrorCode::kInvalidSetting));
}

TEST_F(ProgramTest, NamesANodeFileThatCannotBeRead) {
  const auto missing = Begin({"--config=/no/such/node.yaml"});
  ASSERT_THAT(missing, HasErrorCode(ErrorCode::kInvalidNodeFile));
  EXPECT_NE(missing.status().message().find("/no/such/node.yaml"),
            absl::string_view::npos);
  EXPECT_THAT(Begin({"--config=" + ::testing::TempDir()}),
              HasErrorCode(ErrorCode::kInvalidNodeFile));
  // Not cut in silence, which could change its meaning.
  EXPECT_THAT(Begin({"--config=" + Write(std::string((1 << 20) + 1, '#'))}),
              HasErrorCode(ErrorCode::kInvalidNodeFile));
}

TEST_F(ProgramTest, SaysOneSentenceAndChoosesTheExitCode) {
  ::testing::internal::CaptureStderr();
  EXPECT_EQ(EndProgram("barnabas-x", MakeError(ErrorCode::kInvalidNodeFile,
                                               "it is wrong", "mend it")),
            2);
  EXPECT_EQ(::testing::internal::GetCapturedStderr(),
            "barnabas-x: it is wrong; mend it\n");
  ::testing::internal::CaptureStderr();
  EXPECT_EQ(
      EndProgram("barnabas-x", MakeError(ErrorCode::kAddressInUse, "taken")),
      1);
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "barnabas-x: taken\n");
}

TEST(ProgramDeathTest, EndsOnAnUnknownFlag) {
  GTEST_FLAG_SET(death_test_style, "threadsafe");
  std::string program = "program";
  std::string flag = "--no_such_flag";
  char* arguments[] = {program.data(), flag.data()};
  EXPECT_EXIT(BeginProgram(2, arguments, "A test.").IgnoreError(),
              ::testing::ExitedWithCode(1), "no_such_flag");
}

}  // namespace
}  // namespace barnabas::env
