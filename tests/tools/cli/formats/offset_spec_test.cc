#include "tools/cli/formats/offset_spec.h"

#include <string>

#include "gtest/gtest.h"
#include "tools/cli/frame/exit_code.h"

namespace barnabas::cli {
namespace {

using Kind = OffsetPoint::Kind;

constexpr int64_t kNowMs = 1714564800000;  // 2024-05-01T12:00:00Z

absl::StatusOr<OffsetSpec> Parsed(const std::string& text) {
  OffsetSpec spec;
  const absl::Status status = AddOffsetSpec(text, absl::FromUnixMillis(kNowMs),
                                            absl::UTCTimeZone(), &spec);
  if (!status.ok()) return status;
  return spec;
}

void ExpectFrom(const std::string& text, Kind kind, int64_t value) {
  const absl::StatusOr<OffsetSpec> spec = Parsed(text);
  ASSERT_TRUE(spec.ok()) << text << ": " << spec.status();
  ASSERT_TRUE(spec->from.has_value()) << text;
  EXPECT_EQ(spec->from->kind, kind) << text;
  EXPECT_EQ(spec->from->value, value) << text;
}

TEST(OffsetSpec, KnowsBothDialects) {
  ExpectFrom("start", Kind::kStart, 0);
  ExpectFrom("beginning", Kind::kStart, 0);
  ExpectFrom("end", Kind::kEnd, 0);
  ExpectFrom("42", Kind::kOffset, 42);
  ExpectFrom("-10", Kind::kBeforeEnd, 10);
  ExpectFrom("+7", Kind::kAfterStart, 7);
  ExpectFrom("s@1714564800123", Kind::kTime, 1714564800123);
}

TEST(OffsetSpec, KnowsTimes) {
  ExpectFrom("@1714564800123", Kind::kTime, 1714564800123);
  ExpectFrom("@1714564800", Kind::kTime, 1714564800000);
  ExpectFrom("@2024-05-01", Kind::kTime, 1714521600000);
  ExpectFrom("@2024-05-01T12:00:00Z", Kind::kTime, kNowMs);
  ExpectFrom("@2024-05-01T12:00:00.5+01:00", Kind::kTime,
             kNowMs - 3600'000 + 500);
  ExpectFrom("@2024-05-01 12:30", Kind::kTime, kNowMs + 1800'000);
  ExpectFrom("@-1h", Kind::kTime, kNowMs - 3600'000);
  ExpectFrom("@-PT1H30M", Kind::kTime, kNowMs - 5400'000);
  ExpectFrom("@-P1D", Kind::kTime, kNowMs - 86400'000);
  ExpectFrom("@now", Kind::kTime, kNowMs);
}

TEST(OffsetSpec, KnowsRanges) {
  absl::StatusOr<OffsetSpec> spec = Parsed("3:6");
  ASSERT_TRUE(spec.ok()) << spec.status();
  EXPECT_EQ(spec->from, (OffsetPoint{Kind::kOffset, 3}));
  EXPECT_EQ(spec->until, (OffsetPoint{Kind::kOffset, 6}));
  spec = Parsed(":end");
  ASSERT_TRUE(spec.ok()) << spec.status();
  EXPECT_EQ(spec->from, (OffsetPoint{Kind::kStart, 0}));
  EXPECT_EQ(spec->until, (OffsetPoint{Kind::kEnd, 0}));
}

TEST(OffsetSpec, AddsBeginAndEndOfTwoFlags) {
  OffsetSpec spec;
  const absl::Time now = absl::FromUnixMillis(kNowMs);
  ASSERT_TRUE(
      AddOffsetSpec("s@1700000000000", now, absl::UTCTimeZone(), &spec).ok());
  ASSERT_TRUE(
      AddOffsetSpec("e@1700000001000", now, absl::UTCTimeZone(), &spec).ok());
  EXPECT_EQ(spec.from, (OffsetPoint{Kind::kTime, 1700000000000}));
  EXPECT_EQ(spec.until, (OffsetPoint{Kind::kTime, 1700000001000}));
}

TEST(OffsetSpec, RefusesOtherTexts) {
  for (const char* text : {"", "stort", "1.5", "--3", "@", "@yesterday", "s@",
                           "9:x", "99999999999999999999", "-", "+"}) {
    const absl::StatusOr<OffsetSpec> spec = Parsed(text);
    ASSERT_FALSE(spec.ok()) << text;
    EXPECT_EQ(ExitCodeOf(spec.status()), 2) << text;
  }
}

TEST(OffsetSpec, RefusesStoredByName) {
  const absl::StatusOr<OffsetSpec> spec = Parsed("stored");
  ASSERT_FALSE(spec.ok());
  EXPECT_TRUE(absl::IsUnimplemented(spec.status()));
  EXPECT_EQ(ExitCodeOf(spec.status()), 2);
}

}  // namespace
}  // namespace barnabas::cli
