#include "tools/cli/frame/values.h"

#include <string>

#include "gtest/gtest.h"
#include "tools/cli/frame/exit_code.h"

namespace barnabas::cli {
namespace {

TEST(Values, ReadsDurations) {
  EXPECT_EQ(*ParseDuration("500ms"), absl::Milliseconds(500));
  EXPECT_EQ(*ParseDuration("10s"), absl::Seconds(10));
  EXPECT_EQ(*ParseDuration("1.5m"), absl::Seconds(90));
  EXPECT_EQ(*ParseDuration("7d"), absl::Hours(168));
  EXPECT_EQ(*ParseDuration("3"), absl::Seconds(3));
}

TEST(Values, ReadsSizes) {
  EXPECT_EQ(*ParseSize("100"), 100);
  EXPECT_EQ(*ParseSize("1k"), 1000);
  EXPECT_EQ(*ParseSize("64MiB"), 64 * 1024 * 1024);
  EXPECT_EQ(*ParseSize("1.5KiB"), 1536);
  EXPECT_EQ(*ParseSize("2GB"), 2'000'000'000);
}

TEST(Values, ReadsLists) {
  EXPECT_EQ(*ParseIntegerList("0,2,5-7"),
            (std::vector<int32_t>{0, 2, 5, 6, 7}));
}

TEST(Values, ReadsPairsAndEscapes) {
  EXPECT_EQ(ParseKeyValue("a=b=c")->second, "b=c");
  EXPECT_EQ(ParseKeyValue("a=")->second, "");
  EXPECT_EQ(*Unescape(R"(\t|\x7c\n)"), "\t||\n");
}

TEST(Values, ReadsRates) {
  double rate = -1;
  EXPECT_TRUE(SetRate(&rate)("5k/s").ok());
  EXPECT_EQ(rate, 5000);
  EXPECT_TRUE(SetRate(&rate)("max").ok());
  EXPECT_EQ(rate, 0);
  EXPECT_FALSE(SetRate(&rate)("fast").ok());
}

TEST(Values, RefusesOtherTextsAsUsage) {
  const absl::Status all[] = {
      ParseDuration("soon").status(),
      ParseDuration("-3s").status(),
      ParseDuration("").status(),
      ParseSize("big").status(),
      ParseSize("-1").status(),
      ParseSize("99999999TB").status(),
      ParseIntegerList("1,,2").status(),
      ParseIntegerList("7-5").status(),
      ParseIntegerList("0-999999999").status(),
      ParseKeyValue("novalue").status(),
      ParseKeyValue("=x").status(),
      Unescape("\\q").status(),
      Unescape("\\x1").status(),
      ParseInteger("ten", 0, 9).status(),
      ParseInteger("10", 0, 9).status(),
  };
  for (const absl::Status& status : all) {
    EXPECT_EQ(ExitCodeOf(status), 2) << status;
  }
}

}  // namespace
}  // namespace barnabas::cli
