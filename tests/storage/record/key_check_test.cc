#include "storage/record/key_check.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/support/batches.h"
#include "tests/support/matchers.h"

namespace barnabas::record {
namespace {

using support::HasErrorCode;
using support::TestRecord;
using ::testing::HasSubstr;

absl::Status Check(const std::string& batch, size_t slice = 1 << 20) {
  std::vector<std::string_view> slices;
  for (size_t at = 0; at < batch.size(); at += slice) {
    slices.push_back(std::string_view(batch).substr(at, slice));
  }
  return CheckKeys(support::HeaderOf(batch), slices);
}

TEST(KeyCheckTest, RecordsWithKeysPassUnderEveryCodecInAnySlices) {
  for (const Codec codec : {Codec::kNone, Codec::kGzip, Codec::kSnappy,
                            Codec::kLz4, Codec::kZstd}) {
    const std::string batch =
        support::BatchOf({{1, "a", "1", {}}, {2, "", std::nullopt, {}}}, codec);
    EXPECT_OK(Check(batch));
    EXPECT_OK(Check(batch, 7));
  }
}

TEST(KeyCheckTest, RecordsWithoutAreNamed) {
  std::vector<TestRecord> records = {{1, "a", "1", {}},
                                     {1, std::nullopt, "1", {}}};
  absl::Status status = Check(support::BatchOf(records, Codec::kZstd), 9);
  EXPECT_THAT(status, HasErrorCode(ErrorCode::kInvalidRecord));
  EXPECT_THAT(std::string(status.message()),
              HasSubstr("record 1 of the batch has no key"));
  records.resize(20, {1, std::nullopt, "1", {}});
  status = Check(support::BatchOf(records));
  EXPECT_THAT(
      std::string(status.message()),
      HasSubstr("records 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, ... of the batch"));
}

TEST(KeyCheckTest, ABatchWhoseInsideLiesIsDamage) {
  std::string batch = support::SimpleBatch(2);
  batch[kBatchHeaderBytes] = 127;
  EXPECT_THAT(Check(batch), HasErrorCode(ErrorCode::kCorruptRecord));
}

}  // namespace
}  // namespace barnabas::record
