#include "storage/log/verify.h"

#include <gtest/gtest.h>

#include <set>

#include "tests/storage/log/recovery_fixture.h"

namespace barnabas::log {
namespace {

class VerifyTest : public RecoveryFixture {
 protected:
  Verification Verify() {
    absl::StatusOr<Verification> result = VerifyLog(&files_, "log");
    EXPECT_OK(result.status());
    return result.ok() ? *std::move(result) : Verification();
  }

  static std::string Text(const Verification& result) {
    std::string text;
    for (const Finding& finding : result.findings) {
      text += finding.file + "@" + std::to_string(finding.position) + " " +
              finding.what + "\n";
    }
    return text;
  }
};

class VerifySoundTest : public VerifyTest,
                        public testing::WithParamInterface<bool> {};

INSTANTIATE_TEST_SUITE_P(Closed, VerifySoundTest, testing::Bool());

TEST_P(VerifySoundTest, ASoundLogHasNoFindings) {
  Fill(20, /*close=*/GetParam());
  const Verification result = Verify();
  EXPECT_EQ(Text(result), "");
  EXPECT_TRUE(result.Sound());
  EXPECT_EQ(result.batches, static_cast<int64_t>(batches_.size()));
  EXPECT_EQ(result.log_end, batches_.back().next);
  EXPECT_EQ(result.segments, segments_);
  EXPECT_GT(result.index_entries, 0);
}

TEST_F(VerifyTest, AnEmptyDirectoryHasNoFindings) {
  ASSERT_OK(files_.CreateDirectory("log"));
  EXPECT_EQ(Text(Verify()), "");
}

// S4: one flipped bit anywhere is found.
TEST_F(VerifyTest, EveryFlippedBitOfTheLogIsDamage) {
  Fill(20, /*close=*/true);
  const std::string path = FileOf(Offset(0));
  const int64_t size = SizeOfFile(path);
  for (int64_t at = 0; at < size; at += 3) {
    files_.FlipBits(path, at, 0x04);
    const Verification result = Verify();
    EXPECT_FALSE(result.Sound()) << at;
    files_.FlipBits(path, at, 0x04);
  }
}

TEST_F(VerifyTest, EveryFlippedBitOfAnIndexIsFound) {
  Fill(20, /*close=*/true);
  for (const char* suffix : {"index", "timeindex"}) {
    std::string path = FileOf(Offset(0));
    path.replace(path.size() - 3, 3, suffix);
    const int64_t size = SizeOfFile(path);
    for (int64_t at = 0; at < size; ++at) {
      files_.FlipBits(path, at, 0x01);
      const Verification result = Verify();
      EXPECT_FALSE(result.findings.empty()) << path << " " << at;
      EXPECT_TRUE(result.Sound()) << "an index is made anew";
      files_.FlipBits(path, at, 0x01);
    }
  }
}

TEST_F(VerifyTest, TailsAreToldFromDamage) {
  Fill(20, /*close=*/false);
  Resize(LastSegment(), SizeOfFile(LastSegment()) - 5);
  const Verification result = Verify();
  ASSERT_EQ(result.findings.size(), 1) << Text(result);
  EXPECT_EQ(result.findings[0].kind, FindingKind::kTail);
  EXPECT_EQ(result.findings[0].file, LastSegment());
  EXPECT_TRUE(result.Sound());
}

TEST_F(VerifyTest, MissingPartsAreDamage) {
  Fill(20, /*close=*/true);
  ASSERT_OK(files_.RemoveFile(LastSegment()));
  EXPECT_FALSE(Verify().Sound());
}

TEST_F(VerifyTest, SmallFilesAreLookedAtToo) {
  Fill(20, /*close=*/true);
  files_.FlipBits("log/leader-epoch-checkpoint", 4, 1);
  std::string snapshot;
  for (const auto& [name, bytes] : Everything()) {
    if (name.ends_with(".snapshot")) snapshot = "log/" + name;
  }
  files_.FlipBits(snapshot, 12, 1);
  files_.FlipBits("log/durable-point", 20, 1);
  files_.FlipBits("log/durable-point", 512 + 20, 1);
  std::set<std::string> named;
  const Verification result = Verify();
  for (const Finding& finding : result.findings) named.insert(finding.file);
  EXPECT_EQ(named,
            (std::set<std::string>{"log/durable-point",
                                   "log/leader-epoch-checkpoint", snapshot}));
}

}  // namespace
}  // namespace barnabas::log
