#include "storage/log/batch_scan.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "tests/support/batches.h"
#include "tests/support/fault_files.h"
#include "tests/support/matchers.h"

namespace barnabas::log {
namespace {

using support::HasErrorCode;

class BatchScanTest : public testing::Test {
 protected:
  // Small batches, and one that is larger than a read.
  void SetUp() override {
    for (int i = 0; i < 50; ++i) batches_.push_back(support::SimpleBatch(3, i));
    batches_.push_back(
        support::BatchOf({{1, "large", std::string(2 << 20, 'x'), {}}}));
    batches_.push_back(support::SimpleBatch(1));
    file_ = files_.Open("f.log", env::OpenMode::kTruncate).value();
    for (const std::string& batch : batches_) {
      const std::string_view parts[] = {batch};
      ASSERT_OK(file_->WriteAt(size_, parts));
      size_ += static_cast<int64_t>(batch.size());
    }
  }

  support::FaultFiles files_;
  std::vector<std::string> batches_;
  std::shared_ptr<env::File> file_;
  int64_t size_ = 0;
};

TEST_F(BatchScanTest, GivesTheBytesOfEveryBatch) {
  BatchScan scan(file_, 0, size_);
  for (const std::string& expected : batches_) {
    ASSERT_OK_AND_ASSIGN(const auto batch, scan.Next());
    ASSERT_TRUE(batch.has_value());
    EXPECT_TRUE(batch->bytes == expected);
    EXPECT_EQ(batch->header, support::HeaderOf(expected));
  }
  EXPECT_EQ(scan.position(), size_);
  EXPECT_EQ(scan.Next().value(), std::nullopt);
}

TEST_F(BatchScanTest, AStretchIsNotLeft) {
  const int64_t first = static_cast<int64_t>(batches_[0].size());
  const int64_t second = static_cast<int64_t>(batches_[1].size());
  BatchScan scan(file_, first, first + second);
  ASSERT_OK_AND_ASSIGN(const auto batch, scan.Next());
  EXPECT_TRUE(batch->bytes == batches_[1]);
  EXPECT_EQ(scan.Next().value(), std::nullopt);
  BatchScan cut(file_, 0, first - 1);
  EXPECT_THAT(cut.Next(), HasErrorCode(ErrorCode::kCorruptRecord));
}

TEST_F(BatchScanTest, DamageIsNamedByItsPosition) {
  const int64_t at = static_cast<int64_t>(batches_[0].size());
  files_.FlipBits("f.log", at + 70, 4);
  BatchScan scan(file_, 0, size_);
  ASSERT_OK(scan.Next());
  const absl::Status status = scan.Next().status();
  EXPECT_THAT(status, HasErrorCode(ErrorCode::kCorruptRecord));
  EXPECT_NE(status.message().find("f.log at position " + std::to_string(at)),
            absl::string_view::npos)
      << status;
  EXPECT_EQ(scan.position(), at);
}

TEST_F(BatchScanTest, ErrorsOfTheDiskAreNotDamage) {
  files_.plan()->Fail({support::FileAction::kRead, "f.log", 0, 1, EIO});
  BatchScan scan(file_, 0, size_);
  EXPECT_THAT(scan.Next(), HasErrorCode(ErrorCode::kStorageError));
}

}  // namespace
}  // namespace barnabas::log
