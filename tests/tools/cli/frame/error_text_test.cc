#include "tools/cli/frame/error_text.h"

#include <string>

#include "gtest/gtest.h"
#include "proto/types/error.h"
#include "tools/cli/output/tree.h"

namespace barnabas::cli {
namespace {

absl::Status Example() {
  return MakeError(ErrorCode::kInvalidReplicationFactor,
                   "topic \"orders\" not created: replication factor 5 > 3 "
                   "live brokers",
                   "barnabas broker list");
}

TEST(ErrorText, HasFourLines) {
  EXPECT_EQ(ErrorText(Example(), "abc", false),
            "error: topic \"orders\" not created: replication factor 5 > 3 "
            "live brokers\n"
            "reason: INVALID_REPLICATION_FACTOR\n"
            "try: barnabas broker list\n"
            "request id: abc\n");
}

TEST(ErrorText, LeavesOutWhatIsNotKnown) {
  EXPECT_EQ(ErrorText(MakeError(ErrorCode::kInternal, "oops"), "", false),
            "error: oops\nreason: INTERNAL\n");
  EXPECT_EQ(ErrorText(absl::OkStatus(), "abc", false), "");
}

TEST(ErrorText, StaysOneLineWhateverTheMessageHolds) {
  EXPECT_EQ(
      ErrorText(MakeError(ErrorCode::kInternal, "a\nb\033[31m"), "", false),
      "error: a\\nb\\x1b[31m\nreason: INTERNAL\n");
}

TEST(ErrorText, SaysHowToReachAClusterThatIsNotThere) {
  const std::string text =
      ErrorText(absl::UnavailableError("refused"), "", false);
  EXPECT_NE(text.find("try: barnabas dev start"), std::string::npos) << text;
}

TEST(ErrorText, JsonIsOneGoogleRpcStatus) {
  const std::string json = ErrorJson(Example(), "abc");
  EXPECT_EQ(json.find('\n'), json.size() - 1);
  const absl::StatusOr<Tree> tree = ParseJson(json);
  ASSERT_TRUE(tree.ok()) << tree.status();
  EXPECT_EQ(tree->Find("code")->text, "3");
  const Tree& details = *tree->Find("details");
  ASSERT_EQ(details.items.size(), 2u);
  EXPECT_EQ(details.items[0].Find("reason")->text,
            "INVALID_REPLICATION_FACTOR");
  EXPECT_EQ(details.items[0].Find("domain")->text, "barnabas");
  EXPECT_EQ(details.items[0].Find("metadata")->Find("requestId")->text, "abc");
  EXPECT_EQ(details.items[1].Find("hint")->text, "barnabas broker list");
}

}  // namespace
}  // namespace barnabas::cli
