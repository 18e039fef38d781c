#include "storage/record/compression.h"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <thread>
#include <vector>

#include "tests/support/matchers.h"

namespace barnabas::record {
namespace {

using support::HasErrorCode;
using support::IsOkAndHolds;

constexpr int64_t kPlenty = int64_t{1} << 30;

class CompressionTest : public testing::TestWithParam<Codec> {
 protected:
  static std::string Compressed(std::string_view input) {
    std::string output;
    EXPECT_OK(Compress(GetParam(), std::nullopt, input, &output));
    return output;
  }
  static absl::StatusOr<std::string> Inflated(std::string_view input,
                                              int64_t bytes_max = kPlenty) {
    std::string output = "replaced";
    const absl::Status status =
        Decompress(GetParam(), input, bytes_max, &output);
    if (!status.ok()) return status;
    return output;
  }
  static bool IsNone() { return GetParam() == Codec::kNone; }
};

std::string RandomText(size_t size, std::mt19937_64* random) {
  std::string text(size, '\0');
  const uint64_t kinds = 1 + (*random)() % 256;
  for (char& c : text) c = static_cast<char>((*random)() % kinds);
  return text;
}

TEST_P(CompressionTest, GivesBackEverySize) {
  std::mt19937_64 random(31);
  for (size_t size : {0, 1, 2, 60, 4095, 4096, 4097, 32767, 32768, 32769, 65536,
                      65537, 200000, 3000000}) {
    const std::string text = RandomText(size, &random);
    EXPECT_THAT(Inflated(Compressed(text)), IsOkAndHolds(text)) << size;
  }
}

TEST_P(CompressionTest, AppendsToWhatIsThere) {
  std::string output = "head";
  ASSERT_OK(Compress(GetParam(), std::nullopt, "text", &output));
  EXPECT_EQ(output, "head" + Compressed("text"));
}

TEST_P(CompressionTest, TakesEveryLevelAndClampsTheRest) {
  const std::string text(10000, 'x');
  for (int level : {-1000000, -5, -1, 0, 1, 3, 9, 12, 19, 1000000}) {
    std::string output;
    ASSERT_OK(Compress(GetParam(), level, text, &output));
    EXPECT_THAT(Inflated(output), IsOkAndHolds(text)) << level;
  }
}

TEST_P(CompressionTest, TheBoundIsInclusive) {
  std::mt19937_64 random(32);
  for (size_t size : {1, 1000, 4096, 32768, 100000}) {
    const std::string text = RandomText(size, &random);
    const int64_t bound = static_cast<int64_t>(size);
    const std::string packed = Compressed(text);
    EXPECT_THAT(Inflated(packed, bound), IsOkAndHolds(text));
    EXPECT_THAT(Inflated(packed, bound - 1),
                HasErrorCode(ErrorCode::kCorruptRecord));
    EXPECT_THAT(Inflated(packed, 0), HasErrorCode(ErrorCode::kCorruptRecord));
  }
}

TEST_P(CompressionTest, ABombTakesNoMoreMemoryThanItsBound) {
  const std::string packed = Compressed(std::string(64 << 20, '\0'));
  std::string output;
  EXPECT_THAT(Decompress(GetParam(), packed, 1 << 20, &output),
              HasErrorCode(ErrorCode::kCorruptRecord));
  EXPECT_LE(output.capacity(), 2u << 20);
}

TEST_P(CompressionTest, CutOffInputIsCorrupt) {
  if (IsNone()) GTEST_SKIP() << "nothing to notice";
  std::mt19937_64 random(33);
  const std::string text = RandomText(300, &random);
  const std::string packed = Compressed(text);
  for (size_t size = 0; size < packed.size(); ++size) {
    const auto result = Inflated(std::string_view(packed).substr(0, size));
    // The bare header of a xerial stream is an empty stream.
    if (GetParam() == Codec::kSnappy && size == 16) continue;
    EXPECT_THAT(result, HasErrorCode(ErrorCode::kCorruptRecord)) << size;
  }
}

TEST_P(CompressionTest, GarbageIsAnErrorOrBytesWithinTheBound) {
  std::mt19937_64 random(34);
  for (int round = 0; round < 2000; ++round) {
    std::string packed = Compressed(RandomText(random() % 500, &random));
    for (int i = 0; i < 3 && !packed.empty(); ++i) {
      packed[random() % packed.size()] = static_cast<char>(random());
    }
    const auto result = Inflated(packed, 10000);
    if (result.ok()) {
      EXPECT_LE(result->size(), 10000u);
    } else {
      EXPECT_THAT(result, HasErrorCode(ErrorCode::kCorruptRecord));
    }
  }
  // A failure leaves the thread's contexts usable.
  EXPECT_THAT(Inflated(Compressed("still well")), IsOkAndHolds("still well"));
}

TEST_P(CompressionTest, JoinedStreamsAreReadAsOne) {
  if (IsNone()) GTEST_SKIP() << "nothing to notice";
  const std::string joined =
      Compressed("one ") + Compressed("") + Compressed("two");
  EXPECT_THAT(Inflated(joined), IsOkAndHolds("one two"));
}

TEST_P(CompressionTest, ThreadsDoNotDisturbEachOther) {
  std::vector<std::thread> threads;
  for (uint64_t seed = 1; seed <= 4; ++seed) {
    threads.emplace_back([seed] {
      std::mt19937_64 random(seed);
      for (int round = 0; round < 50; ++round) {
        const std::string text = RandomText(random() % 50000, &random);
        EXPECT_THAT(Inflated(Compressed(text)), IsOkAndHolds(text));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
}

INSTANTIATE_TEST_SUITE_P(AllCodecs, CompressionTest,
                         testing::Values(Codec::kNone, Codec::kGzip,
                                         Codec::kSnappy, Codec::kLz4,
                                         Codec::kZstd),
                         [](const auto& codec) {
                           return std::string(NameOf(codec.param));
                         });

TEST(CodecNameTest, NamesComeBack) {
  for (Codec codec : {Codec::kNone, Codec::kGzip, Codec::kSnappy, Codec::kLz4,
                      Codec::kZstd}) {
    EXPECT_EQ(CodecOf(NameOf(codec)), codec);
  }
  EXPECT_EQ(CodecOf("brotli"), std::nullopt);
  EXPECT_EQ(CodecOf(""), std::nullopt);
}

TEST(CodecNameTest, UnknownNumbersAreRefused) {
  std::string output;
  const Codec unknown = static_cast<Codec>(5);
  EXPECT_THAT(Compress(unknown, std::nullopt, "x", &output),
              HasErrorCode(ErrorCode::kUnsupportedCompression));
  EXPECT_THAT(Decompress(unknown, "x", 10, &output),
              HasErrorCode(ErrorCode::kUnsupportedCompression));
}

}  // namespace
}  // namespace barnabas::record
