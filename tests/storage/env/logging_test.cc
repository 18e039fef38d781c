// Log filters, changed while the process runs.
#include "storage/env/logging.h"

#include <glog/logging.h>
#include <gtest/gtest.h>
#include <stdlib.h>

#include <string>

#include "storage/env/posix_file.h"
#include "tests/support/matchers.h"

namespace barnabas::env {
namespace {

using ::barnabas::support::HasErrorCode;

// Starts glog once for the process, into a folder that tests read.
class LoggingTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    std::string pattern = ::testing::TempDir() + "/logs-XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder_ = new std::string(pattern);
    LogOptions options;
    options.program = "logging_test";
    options.directory = pattern;
    ASSERT_OK(StartLogging(options));
  }

  void SetUp() override {
    levels_.SetSeverity(LogSeverity::kInfo);
    ASSERT_OK(levels_.SetVerbosity("", 0));
  }

  // Everything that was written so far, of all severities.
  static std::string Written() {
    google::FlushLogFiles(google::GLOG_INFO);
    PosixFileSystem files;
    std::string all;
    const auto names = files.List(*folder_);
    for (const std::string& name : *names) {
      auto file = files.Open(*folder_ + "/" + name, OpenMode::kRead);
      if (!file.ok()) continue;
      std::string text(static_cast<size_t>(*(*file)->Size()), '\0');
      EXPECT_OK((*file)->ReadAt(0, text.size(), text.data()));
      all += text;
    }
    return all;
  }

  static std::string* folder_;
  LogLevels levels_;
};

std::string* LoggingTest::folder_ = nullptr;

TEST_F(LoggingTest, WritesToItsFolder) {
  LOG(INFO) << "a first sentence";
  EXPECT_NE(Written().find("a first sentence"), std::string::npos);
}

TEST_F(LoggingTest, RefusesAFolderThatCannotBeWritten) {
  LogOptions options;
  options.program = "x";
  options.directory = "/no/such/folder";
  EXPECT_THAT(StartLogging(options),
              HasErrorCode(ErrorCode::kDirectoryUnusable));
}

TEST_F(LoggingTest, FiltersBySeverityButNeverErrors) {
  levels_.SetSeverity(LogSeverity::kError);
  LOG(INFO) << "quiet info";
  LOG(WARNING) << "quiet warning";
  LOG(ERROR) << "loud error";
  levels_.SetSeverity(LogSeverity::kWarning);
  LOG(WARNING) << "loud warning";
  const std::string written = Written();
  EXPECT_EQ(written.find("quiet info"), std::string::npos);
  EXPECT_EQ(written.find("quiet warning"), std::string::npos);
  EXPECT_NE(written.find("loud error"), std::string::npos);
  EXPECT_NE(written.find("loud warning"), std::string::npos);
}

TEST_F(LoggingTest, TellsMoreOfOneModuleOnly) {
  VLOG(2) << "too much";
  ASSERT_OK(levels_.SetVerbosity("logging_test", 2));
  VLOG(2) << "just right";
  ASSERT_OK(levels_.SetVerbosity("another_module", 9));
  VLOG(3) << "still too much";
  const std::string written = Written();
  EXPECT_EQ(written.find("too much"), std::string::npos);
  EXPECT_NE(written.find("just right"), std::string::npos);
  EXPECT_EQ(levels_.VerbosityOf("logging_test"), 2);
  EXPECT_EQ(levels_.VerbosityOf("unheard_of"), 0);
  const LogFilter filter = levels_.filter();
  EXPECT_EQ(filter.modules.size(), 2u);
  ASSERT_OK(levels_.SetVerbosity("logging_test", 0));
}

TEST_F(LoggingTest, RefusesWhatIsOutOfRange) {
  EXPECT_THAT(levels_.SetVerbosity("", -1),
              HasErrorCode(ErrorCode::kInvalidSetting));
  EXPECT_THAT(levels_.SetVerbosity("", LogLevels::kVerbosityMax + 1),
              HasErrorCode(ErrorCode::kInvalidSetting));
  EXPECT_THAT(levels_.SetVerbosity("a/b", 1),
              HasErrorCode(ErrorCode::kInvalidSetting));
  EXPECT_THAT(levels_.SetVerbosity(std::string(65, 'x'), 1),
              HasErrorCode(ErrorCode::kInvalidSetting));
}

TEST_F(LoggingTest, BoundsItsModules) {
  LogLevels levels;
  for (int i = 0; i < LogLevels::kModulesMax; ++i) {
    ASSERT_OK(levels.SetVerbosity("m" + std::to_string(i), 1));
  }
  EXPECT_THAT(levels.SetVerbosity("one_more", 1),
              HasErrorCode(ErrorCode::kLimitExceeded));
  EXPECT_OK(levels.SetVerbosity("m3", 2));
}

TEST_F(LoggingTest, ReadsSeverities) {
  EXPECT_THAT(ParseSeverity("warning"),
              support::IsOkAndHolds(LogSeverity::kWarning));
  EXPECT_THAT(ParseSeverity("LOUD"), HasErrorCode(ErrorCode::kInvalidSetting));
}

}  // namespace
}  // namespace barnabas::env
